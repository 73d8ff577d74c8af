import ArgumentParser
import LLMPerf

/// How much is sent, and when.
struct LoadOptions: ParsableArguments {
  @Option(
    name: [.customShort("n"), .long],
    help: ArgumentHelp(
      "Requests to send. Default: one pass over the data set, or one request for --prompt.", valueName: "n"))
  var number: Int?

  @Option(help: ArgumentHelp("Requests in flight, closed loop. (default: 1)", valueName: "n"))
  var parallel: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Requests per second, Poisson arrivals, open loop; excludes --parallel. -1: all at once.", valueName: "r"))
  var rate: Double?

  @Option(
    help: ArgumentHelp(
      "Most requests in flight in open loop; those that wait for a place count as late.", valueName: "n"))
  var maxInFlight: Int?

  @Option(help: ArgumentHelp("Stop sending after this many seconds.", valueName: "s"))
  var duration: Double?

  @Option(
    help: ArgumentHelp("Requests at the start that are sent and recorded, and count in no number.", valueName: "n"))
  var warmup = 0

  @Option(help: ArgumentHelp("Seed of every random draw. Default: a new one, printed in the report.", valueName: "n"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("Event loops, each with a thread. Default: by processors and load.", valueName: "n"))
  var loops: Int?

  /// The longest time that options take: beyond what any run lasts, and within what can be counted in nanoseconds.
  static let mostSeconds = 366.0 * 24 * 3600

  /// Throws a usage error for values that make no sense.
  func check() throws {
    try require(number.map { $0 > 0 } ?? true, "--number \(number ?? 0): give 1 or more")
    try require(parallel.map { $0 > 0 } ?? true, "--parallel \(parallel ?? 0): give 1 or more")
    try require(
      parallel == nil || rate == nil,
      "--rate and --parallel exclude each other: arrivals at a rate ignore how many requests are in flight; "
        + "--max-in-flight N puts a cap on them")
    if let rate {
      try require(
        rate == -1 || rate > 0 && rate.isFinite,
        "--rate \(rate): give requests per second above 0, or -1 for all at once")
    }
    try require(
      maxInFlight == nil || rate != nil, "--max-in-flight is for open loop: give --rate, or set --parallel instead")
    try require(maxInFlight.map { $0 > 0 } ?? true, "--max-in-flight \(maxInFlight ?? 0): give 1 or more")
    try require(
      duration.map { $0 > 0 && $0 <= Self.mostSeconds } ?? true,
      "--duration \(duration ?? 0): give seconds above 0, a year's at most")
    try require(warmup >= 0, "--warmup \(warmup): give 0 or more")
    if let number {
      try require(warmup < number, "--warmup \(warmup) leaves nothing to measure of --number \(number)")
    }
    try require(loops.map { 1...64 ~= $0 } ?? true, "--loops \(loops ?? 0): give 1 to 64")
  }

  /// When requests leave.
  var pattern: LoadPattern {
    switch rate {
    case nil: .closedLoop(parallel: parallel ?? 1)
    case -1: .openLoop(.atOnce, maxInFlight: maxInFlight)
    case let rate?: .openLoop(.poisson(rate: rate), maxInFlight: maxInFlight)
    }
  }
}
