import LLMPerf
import LLMPerfSQLite
import LLMPerfWire

/// Measures what this machine and this client can do: the same client that runs a test, against a server that does
/// nothing but answer.
///
/// Two short loads. One as fast as it goes, with the run's payload, concurrency, parsing and database: the ceiling. It is
/// a lower bound, since the server takes its part of the same processors. And one at the run's pace, in answers of two
/// events, so that the server's truth holds both times that matter: when the first event left, and the gap to the next.
struct Calibrator: Sendable {
  var shape: CalibrationShape
  /// Starts the server of a `sim:` address.
  var startServer: @Sendable (_ address: String) throws -> any NullServer = { try ChildSimulator($0) }
  /// Removes that database when the process is left at once.
  var interruption: Interruption?
  /// Takes the database that is written meanwhile, and what memory has no room for.
  var directory = "/tmp"

  /// How long requests are sent in each of the two loads.
  private static let loadTime = Duration.milliseconds(350)

  /// The calibration of this shape, from `cache` or measured now.
  func calibration(cache: CalibrationCache?) throws -> Calibration {
    if let known = cache?.calibration(for: shape) { return known }
    let calibration = try measure()
    cache?.store(calibration, for: shape)
    return calibration
  }

  /// What `summary` is to be held against: the calibration from before the run, or, where the run came near its ceiling and
  /// its answers were not as assumed, one with answers like the run's.
  func calibration(_ before: Calibration?, judging summary: RunSummary) -> Calibration? {
    guard let share = before?.ceilingShare(of: summary), share > VerdictRules.suspectCeilingShare,
      let shape = shape.asSeen(in: summary)
    else { return before }
    var like = self
    like.shape = shape
    guard let seen = try? like.calibration(cache: .standard()) else { return before }
    return seen
  }

  /// Measures now.
  func measure() throws -> Calibration {
    try DescriptorLimit.check(connections: shape.parallel)
    var calibration = Calibration()
    let ceiling = try load(ceilingAddress, keepsDatabase: true).sample
    guard ceiling.requests > 0 else { throw RunError("the calibration's own server answered none of the requests") }
    ceiling.addCeiling(to: &calibration)
    if shape.events > 0 {
      let paced = try load(pacedAddress, keepsDatabase: false)
      paced.sample.addDelays(against: paced.truth, to: &calibration)
    }
    return calibration
  }

  var ceilingAddress: String {
    "sim:?null&output-tokens=\(max(1, shape.events))&event-bytes=\(shape.eventBytes)&events-per-write=16"
  }

  /// The first event waits as long as the second: of a stream with such gaps, each event is one of these.
  var pacedAddress: String {
    let gap = "\(shape.gap.wholeNanoseconds / 1000)us"
    return "sim:?output-tokens=2&ttft=\(gap)&itl=\(gap)&event-bytes=\(shape.eventBytes)"
  }

  private func load(_ simulator: String, keepsDatabase: Bool) throws -> (sample: CalibrationSample, truth: TruthTable) {
    let server = try startServer(simulator)
    defer { server.stop() }
    let sample = try CalibrationLoad(
      shape: shape, address: server.address, directory: directory, interruption: interruption
    ).run(for: Self.loadTime, keepsDatabase: keepsDatabase)
    return (sample, try server.truth())
  }
}
