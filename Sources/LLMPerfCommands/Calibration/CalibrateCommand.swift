import ArgumentParser
import LLMPerf

struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Measure what this machine and this client can do, and what the client adds to the times it reports.",
    discussion: """
      Takes about a second. A simulated service without any delay shows the most that could be measured here; one at the \
      given pace, whose own stamps are compared with the client's, shows what the client adds to time to first token and \
      to the gaps between events. 'llmuses perf' does the same before a run, and remembers it in \
      ${XDG_CACHE_HOME:-~/.cache}/llmuses/calibration.json.
      """)

  @Option(help: ArgumentHelp("Requests in flight.", valueName: "n"))
  var parallel: Int?

  @Option(help: ArgumentHelp("Requests per second, instead of --parallel.", valueName: "n"))
  var rate: Double?

  @Option(help: ArgumentHelp("Events with output in each answer; 0: answers in one body.", valueName: "n"))
  var events = CalibrationShape.usualEvents

  @Option(help: ArgumentHelp("Size of an event in bytes.", valueName: "n"))
  var eventBytes = CalibrationShape.usualEventBytes

  @Option(help: ArgumentHelp("Time between two events of an answer in milliseconds.", valueName: "ms"))
  var itl = CalibrationShape.usualGap.inSeconds * 1000

  @Option(help: ArgumentHelp("Event loops, each with a thread. Default: by the number of processors.", valueName: "n"))
  var loops: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    var shape = try shape()
    shape.loops = loops ?? PerfRun.defaultLoops
    // Before any thread exists: they all inherit the mask.
    Interruption.block()
    let calibration = try Calibrator(shape: shape, interruption: try Interruption()).measure()
    CalibrationCache.standard()?.store(calibration, for: shape)
    try StandardStreams.output.write(json ? jsonText(shape, calibration) : Self.text(shape, calibration))
  }

  private func shape() throws -> CalibrationShape {
    if parallel != nil, rate != nil {
      throw UsageError("--parallel and --rate exclude each other: give what the run will have")
    }
    if let parallel {
      try require(1...CalibrationShape.mostParallel ~= parallel, "--parallel \(parallel): give 1 to 20000")
    }
    if let rate { try require(rate > 0 && rate.isFinite, "--rate \(rate): give more than 0") }
    if let loops { try require(1...64 ~= loops, "--loops \(loops): give 1 to 64") }
    try require(0...100_000 ~= events, "--events \(events): give 0 to 100000")
    try require(0...1_048_576 ~= eventBytes, "--event-bytes \(eventBytes): give 0 to 1048576")
    try require(itl >= 0.1 && itl <= 10_000, "--itl \(itl): give 0.1 to 10000 milliseconds")
    let gap = Duration.nanoseconds(Int64(itl * 1e6))
    if let rate { return CalibrationShape(rate: rate, events: events, eventBytes: eventBytes, gap: gap) }
    return CalibrationShape(parallel: parallel ?? 1, events: events, eventBytes: eventBytes, gap: gap)
  }

  private func jsonText(_ shape: CalibrationShape, _ calibration: Calibration) -> String {
    let shape: JSON = [
      "parallel": .int(shape.parallel), "events": .int(shape.events), "event_bytes": .int(shape.eventBytes),
      "itl_seconds": .double(shape.gap.inSeconds), "loops": .int(shape.loops),
    ]
    let all: JSON = ["shape": shape, "calibration": calibration.json]
    return String(decoding: all.utf8(indented: true), as: UTF8.self) + "\n"
  }

  static func text(_ shape: CalibrationShape, _ calibration: Calibration) -> String {
    var lines = [
      shape.events > 0
        ? "\(shape.parallel) in flight, \(shape.events) events of about \(shape.eventBytes) bytes in each answer"
        : "\(shape.parallel) in flight, answers in one body"
    ]
    func line(_ name: String, _ value: String) {
      lines.append("  " + name + String(repeating: " ", count: max(1, 22 - name.count)) + value)
    }
    if let events = calibration.eventCeiling { line("ceiling", "\(NumberText.fixed(events, digits: 0)) events/s") }
    if let requests = calibration.requestCeiling {
      line(calibration.eventCeiling == nil ? "ceiling" : "", "\(NumberText.fixed(requests, digits: 0)) requests/s")
    }
    func pair(_ name: String, _ p50: Double?, _ p99: Double?) {
      guard let p50, let p99 else { return }
      line(name, "p50 \(NumberText.fixed(p50 * 1000, digits: 3)) ms, p99 \(NumberText.fixed(p99 * 1000, digits: 3)) ms")
    }
    pair("added to TTFT", calibration.addedTimeToFirstTokenP50, calibration.addedTimeToFirstTokenP99)
    pair("added to gaps", calibration.addedGapP50, calibration.addedGapP99)
    if let count = calibration.addedCount, count < Calibration.fewestForP99 {
      line("", "from \(count) answers, too few for p99: it is the largest")
    }
    lines.append("A run should stay below half of the ceiling; the server took its part of the same processors.")
    return lines.joined(separator: "\n") + "\n"
  }
}
