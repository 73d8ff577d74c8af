import CLLMPerfWire
import Glibc
import LLMPerf
import LLMPerfLock
import LLMPerfWire

/// When the uploader sends, and when it gives up.
package struct WandBPace: Sendable {
  /// Between two requests. The first goes as soon as there is something to send.
  package var interval: Duration = .seconds(5)
  /// After so long a silence a sign of life is sent.
  package var heartbeat: Duration = .seconds(30)
  /// One exchange; and the first one, before the service has shown that it is there.
  package var timeout: Duration = .seconds(30)
  package var firstTimeout: Duration = .seconds(10)
  /// After the run's end, the time left to send what is missing; the same when the service answered and never well; and
  /// when it never answered.
  package var finishLimit: Duration = .seconds(120)
  package var finishLimitWithoutSuccess: Duration = .seconds(30)
  package var finishLimitWithoutContact: Duration = .seconds(3)
  /// Between two tries.
  package var firstRetry: Duration = .seconds(2)
  package var longestRetry: Duration = .seconds(60)

  package init() {}

  var limits: Persistence.Limits {
    Persistence.Limits(
      finish: finishLimit, finishWithoutSuccess: finishLimitWithoutSuccess,
      finishWithoutContact: finishLimitWithoutContact,
      retries: RetryPolicy(first: firstRetry, longest: longestRetry))
  }
}

/// What the sink and the uploading thread tell each other.
final class WandBUpload: Sendable {
  /// The end of a run.
  struct Ending: Sendable {
    var exitCode: Int
    var files: [ExportedFile]
    /// The system's monotonic clock.
    var at: Int64
  }

  /// What became of the upload.
  enum Outcome: Sendable {
    case running
    case complete(url: String)
    /// The reason, in one line, and where the part that arrived is.
    case failed(String, url: String?)
  }

  struct State {
    /// How far the run's file may be read.
    var readable = 0
    var ending: Ending?
    var outcome = Outcome.running
  }

  let state = Lock(State())
  let waker = Waker()
}

/// Uploads a run while it is written down: reads the run's file behind the sink, so that nothing has to be kept in memory
/// however slow the service is. Lives on a thread of its own.
final class WandBUploader {
  private let run: WandBRun
  private let options: WandBOptions
  private let pace: WandBPace
  private let path: String
  private let shared: WandBUpload
  private let service: WandBService
  private let persist: Persistence
  private let note: @Sendable (String) -> Void
  private let onStop: @Sendable () -> Void

  private var stream: WandBStream
  private var reader = WandBLogFormat.Reader()
  /// How far the run's file has been read.
  private var position = 0
  /// Where the run is, once it has been made.
  private var url: String?
  private var wasStopped = false
  private var hasSentLines = false
  private var lastSent: Int64 = 0
  private var notBefore: Int64 = 0

  init(
    _ run: WandBRun, options: WandBOptions, version: String, pace: WandBPace, path: String, shared: WandBUpload,
    note: @escaping @Sendable (String) -> Void, onStop: @escaping @Sendable () -> Void
  ) {
    self.run = run
    self.options = options
    self.pace = pace
    self.path = path
    self.shared = shared
    self.note = note
    self.onStop = onStop
    service = WandBService(options, version: version, timeout: pace.timeout, firstTimeout: pace.firstTimeout)
    persist = Persistence(
      "W&B", limits: pace.limits, waker: shared.waker,
      endedAt: { shared.state.withLock { $0.ending?.at } }, note: note)
    stream = WandBStream(startTime: run.startTime)
  }

  /// Uploads until the run has ended and everything is there, or no further try makes sense.
  func work() {
    let outcome: WandBUpload.Outcome
    do throws(Abandoned) {
      outcome = .complete(url: try upload())
    } catch {
      outcome = .failed(error.reason, url: url)
    }
    shared.state.withLock { $0.outcome = outcome }
  }

  private func upload() throws(Abandoned) -> String {
    let location = try persist { () throws(ServiceFailure) in try service.create(run) }
    let url = pageURL(location)
    self.url = url
    note("W&B: \(url)")
    lastSent = lw_monotonic()
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Abandoned(reason: FileFailure(path).description) }
    defer { close(file) }
    while true {
      let (isAtEnd, ending) = try readAhead(file)
      if !stream.isEmpty, ending != nil || stream.isFull || lw_monotonic() >= nextSend {
        try send(stream.payload(), to: location)
        stream.confirm()
        hasSentLines = true
      } else if isAtEnd, stream.isEmpty, let ending {
        let uploaded = try upload(ending.files, to: location)
        try send(WandBStream.ending(uploaded: uploaded, exitCode: ending.exitCode), to: location)
        return url
      } else if stream.isEmpty, lw_monotonic() - lastSent >= pace.heartbeat.wholeNanoseconds {
        try send(Array("{}".utf8), to: location)
      } else {
        let next = stream.isEmpty ? lastSent + pace.heartbeat.wholeNanoseconds : nextSend
        // With nothing to send the waker tells of the next record; with something only the clock and the end matter.
        persist.pause(until: next, endingOnly: !stream.isEmpty)
      }
    }
  }

  /// When lines may go: the first ones at once.
  private var nextSend: Int64 { max(hasSentLines ? lastSent + pace.interval.wholeNanoseconds : 0, notBefore) }

  /// Reads what has been written since; returns whether that is all there is, and the run's end if it has come.
  private func readAhead(_ file: Int32) throws(Abandoned) -> (isAtEnd: Bool, WandBUpload.Ending?) {
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    let (readable, ending) = shared.state.withLock { ($0.readable, $0.ending) }
    while !stream.isFull, position < readable {
      let wanted = min(buffer.count, readable - position)
      let count = buffer.withUnsafeMutableBytes { pread(file, $0.baseAddress, wanted, off_t(position)) }
      guard count > 0, let records = reader.feed(buffer[..<count]) else {
        throw Abandoned(reason: "\(path) could not be read back")
      }
      position += count
      for record in records { _ = stream.take(record) }
    }
    return (position >= readable, ending)
  }

  private func send(_ payload: [UInt8], to location: WandBService.Location) throws(Abandoned) {
    let answer = try persist { () throws(ServiceFailure) in try service.stream(payload, to: location) }
    lastSent = lw_monotonic()
    if let wait = answer.quotaWait { notBefore = lastSent + wait.wholeNanoseconds }
    if answer.isStopped, !wasStopped {
      wasStopped = true
      note("W&B: the run was stopped on its page")
      onStop()
    }
  }

  /// Uploads the run's files; one that cannot be put is left out with a warning. Returns the names of the others.
  private func upload(_ files: [ExportedFile], to location: WandBService.Location) throws(Abandoned) -> [String] {
    guard !files.isEmpty else { return [] }
    let names = files.map(\.name)
    let (addresses, headers) = try persist { () throws(ServiceFailure) in
      try service.uploadAddresses(for: names, of: location)
    }
    var uploaded: [String] = []
    for file in files {
      guard let url = addresses[file.name] else { continue }
      do throws(Abandoned) {
        try persist { () throws(ServiceFailure) in try service.put(file, at: url, headers: headers) }
        uploaded.append(file.name)
      } catch {
        note("W&B: \(file.name) was not uploaded: \(error.reason)")
      }
    }
    return uploaded
  }

  private func pageURL(_ location: WandBService.Location) -> String {
    let parts = [location.entity, location.project, "runs", location.run].map { PercentEncoding.encode($0) }
    let isCloud = ["api.wandb.ai", "api.forge.coreweave.com"].contains(options.base.host)
    let root = isCloud ? "https://wandb.ai" : options.base.origin + options.base.basePath
    return "\(root)/\(parts.joined(separator: "/"))"
  }
}
