import CLLMPerfWire
package import LLMPerf
import LLMPerfLock
import LLMPerfWire

/// Logs a run to Weights & Biases. The run is written down in a folder as the service's own client writes it, and a thread
/// uploads it from there. Once everything has arrived the folder goes; when the service is out of reach or refuses, it
/// stays, for `wandb sync`. Never throws: losing W&B does not end a run.
package final class WandBSink: UploadingSink {
  private let options: WandBOptions
  private let console: ConsoleRecorder
  private let pace: WandBPace
  private let inFlight: () -> Int
  private let closing: (RunResult) -> RunClosing
  private let note: @Sendable (String) -> Void
  private let onStop: @Sendable () -> Void

  private var log: WandBLog?
  private var history: WandBHistory?
  private var run: WandBRun?
  private var startTime = 0.0
  private var sampler = ClientSampler()
  private var nextSample = 2.0
  private var nextSummary = 5.0
  private var hasNews = false
  private let upload = WandBUpload()
  private var thread: UploadThread?

  /// A sink for one run.
  ///
  /// - Parameters:
  ///   - console: What the tool prints, to be shown with the run.
  ///   - inFlight: The number of requests in flight, now.
  ///   - closing: The exit status and the files of the finished run.
  ///   - note: Takes a line for the user. Called from several threads.
  ///   - onStop: Somebody pressed Stop on the run's page: end as on an interrupt. Called from a thread of the sink's.
  package init(
    _ options: WandBOptions, console: ConsoleRecorder = ConsoleRecorder(), pace: WandBPace = WandBPace(),
    inFlight: @escaping () -> Int = { 0 }, closing: @escaping (RunResult) -> RunClosing,
    note: @escaping @Sendable (String) -> Void, onStop: @escaping @Sendable () -> Void = {}
  ) {
    self.options = options
    self.console = console
    self.pace = pace
    self.inFlight = inFlight
    self.closing = closing
    self.note = note
    self.onStop = onStop
  }

  package func begin(_ run: RunDescription) {
    startTime = run.wallClockStart
    history = WandBHistory(run)
    let made = WandBRun(id: Self.makeID(), options: options, run)
    self.run = made
    // The folder is of a run of its own. Were it of the one that is uploaded meanwhile, `wandb sync` would put all of it
    // behind the rows that had arrived when the upload broke off.
    var kept = made
    kept.id = Self.makeID()
    do throws(FileFailure) {
      log = try WandBLog(kept, version: run.version, options: options)
    } catch {
      return note("W&B: the run is not logged, for its folder cannot be made: \(error)")
    }
    if options.mode == .online { startUploading(made, version: run.version) }
  }

  package func receive(_ records: [RequestRecord]) {
    guard log != nil else { return }
    let now = inFlight()
    for record in records {
      guard let (step, items) = history?.row(for: record, inFlight: now) else { continue }
      write(.history(step: step, items))
      hasNews = true
    }
  }

  package func tick(at now: RunInstant) {
    guard log != nil else { return }
    writeConsole()
    if now.seconds >= nextSample {
      nextSample = now.seconds + 10
      writeSample(at: startTime + now.seconds)
    }
    if now.seconds >= nextSummary, hasNews, let history {
      nextSummary = now.seconds + 15
      hasNews = false
      write(.summary(history.classicItems + [runtimeItem(now.seconds)]))
    }
    flush()
  }

  package func end(_ result: RunResult) {
    guard log != nil || thread != nil, let run, let history else { return }
    let closing = closing(result)
    let seconds = max(0, WallTime.now - startTime)
    writeConsole()
    writeSample(at: startTime + seconds)
    let numbers = WandBHistory.items(result.plainNumbers)
    let words: WandBRecord.Items = [("verdict", JSON.string(result.verdict.level.rawValue).description)]
    let summary = history.classicItems + numbers + words + [runtimeItem(seconds)]
    write(.summary(summary))
    let own = [
      ExportedFile(name: "config.yaml", contentType: "application/yaml", bytes: run.configFile),
      ExportedFile(name: "wandb-metadata.json", contentType: "application/json", bytes: run.metadataFile),
    ]
    let last = "{" + summary.map { "\(JSON.string($0.key)):\($0.json)" }.joined(separator: ",") + "}"
    let summaryFile = ExportedFile(
      name: "wandb-summary.json", contentType: "application/json", bytes: Array(last.utf8))
    finish(closing, files: own + [summaryFile] + closing.files, runtime: Int(seconds))
  }

  /// Writes the last records, and lets the upload go to its end.
  private func finish(_ closing: RunClosing, files: [ExportedFile], runtime: Int) {
    log?.keep(closing.files)
    write(.exit(code: closing.exitCode, runtime: runtime))
    flush()
    upload.state.withLock {
      $0.ending = WandBUpload.Ending(exitCode: closing.exitCode, files: files, at: lw_monotonic())
    }
    upload.waker.signal()
  }

  /// Waits for the upload, and says where the run is.
  package func close() {
    guard let thread, upload.state.withLock({ $0.ending != nil }) else {
      if let folder = log?.folder { note("W&B: the run is in \(folder); upload it with: \(sync(folder))") }
      return
    }
    thread.join {
      let place = log.map { "; interrupt twice to leave it in \($0.folder)" } ?? ""
      note("W&B: uploading what is left\(place)")
    }
    switch upload.state.withLock({ $0.outcome }) {
    case .complete(let url) where log == nil: note("W&B: the run is at \(url), as far as it could be written down")
    case .complete(let url):
      log?.remove()
      note("W&B: the run is complete at \(url)")
    case .failed(let reason, let url):
      guard let folder = log?.folder else { return }
      let state = url.map { "the run at \($0) is not complete" } ?? "the run was not uploaded"
      note("W&B: \(state) (\(reason)); all of it is in \(folder); upload that with: \(sync(folder))")
    case .running: break
    }
  }

  /// The command that uploads `folder` to where the options said.
  private func sync(_ folder: String) -> String {
    let base = options.base.origin + options.base.basePath
    return (base == WandBOptions.cloud ? "" : "WANDB_BASE_URL=\(base) ") + "wandb sync \(folder)"
  }

  private func startUploading(_ run: WandBRun, version: String) {
    guard let path = log?.path else { return }
    let (options, pace, upload, note, onStop) = (options, pace, upload, note, onStop)
    do {
      thread = try UploadThread("wandb") {
        WandBUploader(
          run, options: options, version: version, pace: pace, path: path, shared: upload, note: note, onStop: onStop
        ).work()
        if case .failed(let reason, _) = upload.state.withLock({ $0.outcome }),
          upload.state.withLock({ $0.ending == nil })
        {
          note("W&B: \(reason). The test goes on; its data is kept in a folder for later")
        }
      }
    } catch {
      note("W&B: the run is only written down, for there is no thread for the upload: \(error)")
    }
    flush()
  }

  private func writeConsole() {
    for line in console.take() {
      write(.output(text: options.masked(line.text), isError: line.isError, at: line.at))
    }
  }

  private func writeSample(at time: Double) {
    let sample = sampler.sample()
    let values: [(String, Double?)] = [
      ("cpu", sample.machineShare.map { $0 * 100 }), ("proc.cpu", sample.processShare * 100),
      ("proc.memory.rssMB", Double(sample.residentBytes) / 1_048_576),
    ]
    let items = values.compactMap { key, value in value.map { (key, NumberText.rounded($0, digits: 2)) } }
    write(.stats(at: time, items))
  }

  private func runtimeItem(_ seconds: Double) -> (key: String, json: String) {
    ("_wandb", #"{"runtime":\#(Int(seconds))}"#)
  }

  private func write(_ record: WandBRecord) {
    log?.append(record)
    if log?.isFull == true { flush() }
  }

  /// Makes what was written readable for the uploader.
  private func flush() {
    do throws(FileFailure) {
      guard let readable = try log?.flush() else { return }
      let isNew = upload.state.withLock { state in
        defer { state.readable = readable }
        return state.readable != readable
      }
      if isNew { upload.waker.signal() }
    } catch {
      log = nil
      note("W&B: the run is no longer logged: \(error)")
    }
  }

  private static func makeID() -> String {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    return String((0..<8).compactMap { _ in alphabet.randomElement() })
  }
}
