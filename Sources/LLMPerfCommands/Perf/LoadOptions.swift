import ArgumentParser
import LLMPerf

/// How much is sent, and when.
struct LoadOptions: ParsableArguments {
  @Option(
    name: [.customShort("n"), .long],
    help: ArgumentHelp(
      "Requests to send. Default: one pass over the data set, or one request for --prompt.", valueName: "n"))
  var number: Int?

  @Option(
    help: ArgumentHelp(
      "Closed loop: so many requests are always in flight, a new one when one ends. (default: 1)", valueName: "n"))
  var parallel: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Open loop: requests sent per second, at random times (Poisson), whatever the service does; excludes --parallel. -1: all at once.",
      valueName: "r"))
  var rate: Double?

  @Option(
    help: ArgumentHelp(
      "With --rate: the most requests in flight; those that wait for a place count as late.", valueName: "n"))
  var maxInFlight: Int?

  @Option(help: ArgumentHelp("Stop sending after this many seconds.", valueName: "s"))
  var duration: Double?

  @Option(
    help: ArgumentHelp(
      "Seconds that requests in flight may go on when sending has ended before they ran out; then they are cut, which is no failure. After Ctrl-C 10 at most. Default: 30, or --read-timeout where that is less.",
      valueName: "s"))
  var grace: Double?

  @Option(
    help: ArgumentHelp("Requests at the start that are sent and recorded but left out of every number.", valueName: "n")
  )
  var warmup = 0

  @Option(help: ArgumentHelp("Seed of every random draw. Default: a new one, printed in the report.", valueName: "n"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("Event loops, each with a thread. Default: by processors and load.", valueName: "n"))
  var loops: Int?

  /// The longest time that options take: beyond what any run lasts, and within what can be counted in nanoseconds.
  static let mostSeconds = 366.0 * 24 * 3600
  /// The shortest time that options take where none is no sense.
  static let fewestSeconds = 0.001
  /// How long requests in flight may go on after the end of sending, in seconds: as long as most answers take.
  static let usualGrace = 30.0
  /// More requests than any run sends, more in flight than any machine has ports for, and rates within which due times can be
  /// counted in nanoseconds.
  private static let mostRequests = 1_000_000_000_000
  private static let mostInFlight = 10_000_000
  private static let rates = 1e-6...1e7

  /// Throws a usage error for values that make no sense.
  func check() throws {
    try requireWhole(number, "--number", 1...Self.mostRequests)
    try requireWhole(parallel, "--parallel", 1...Self.mostInFlight)
    try require(
      parallel == nil || rate == nil,
      "--rate and --parallel exclude each other: arrivals at a rate ignore how many requests are in flight; "
        + "--max-in-flight N puts a cap on them")
    if let rate {
      try require(
        rate == -1 || Self.rates ~= rate,
        "--rate \(rate): give 0.000001 to 10000000 requests per second, or -1 for all at once")
    }
    try require(
      maxInFlight == nil || rate != nil, "--max-in-flight is for open loop: give --rate, or set --parallel instead")
    try requireWhole(maxInFlight, "--max-in-flight", 1...Self.mostInFlight)
    try requireSeconds(duration, "--duration", from: Self.fewestSeconds)
    try requireSeconds(grace, "--grace", from: 0)
    try requireWhole(warmup, "--warmup", 0...Self.mostRequests)
    if let number {
      try require(warmup < number, "--warmup \(warmup) leaves nothing to measure of --number \(number)")
    }
    try requireWhole(loops, "--loops", 1...64)
  }

  /// When requests leave.
  var load: Load {
    guard let rate, let arrivals = ArrivalProcesses.make(rate: rate) else {
      return .closedLoop(parallel: parallel ?? 1)
    }
    return .openLoop(arrivals, maxInFlight: maxInFlight)
  }
}

extension LoadOptions {
  /// The options for all but the parser, in the order of the help.
  static let declared: [PerfOption] = [
    PerfOption("number") { .optional($0.load.number) },
    PerfOption("parallel") { .optional($0.load.load.parallel) },
    PerfOption("rate") { .double($0.load.rate) },
    PerfOption("max-in-flight") { .optional($0.load.maxInFlight) },
    PerfOption("duration") { .double($0.load.duration) },
    PerfOption("grace") { .double($0.load.grace) },
    PerfOption("warmup") { .int($0.load.warmup) },
    PerfOption("seed") { $0.load.seed.map { .number(String($0)) } ?? .null },
    PerfOption("loops") { .optional($0.load.loops) },
  ]
}
