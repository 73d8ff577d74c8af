public import ArgumentParser
import LLMPerf
public import LLMPerfSQLite

extension SavedBodies: ExpressibleByArgument {}

/// Where the results go.
struct OutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Name of the run and of its database, NAME.db. Default: {model}_{time}. An existing database is an error.",
      valueName: "name"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "What the database keeps of requests and answers: bodies in full, the answers' text, or times and counts alone.",
      valueName: "what"))
  var save = SavedBodies.full

  @Option(help: ArgumentHelp("Write the report as JSON to this file; '-' is standard output.", valueName: "file"))
  var outputJson: String?

  @Option(
    help: ArgumentHelp(
      "Print a progress line every n requests; 0: none. Default: 10, and none on a terminal, which shows the progress itself.",
      valueName: "n"))
  var logEveryNQuery: Int?

  /// How often a progress line is printed where nothing else shows the progress.
  static let usualLogInterval = 10

  @Flag(help: "Print no progress.")
  var quiet = false

  @Flag(help: "Print every request and response to standard error, secrets masked.")
  var debug = false

  /// Throws a usage error for values that make no sense.
  func check() throws {
    if let logEveryNQuery { try require(logEveryNQuery >= 0, "--log-every-n-query \(logEveryNQuery): give 0 or more") }
    if let name { try require(!name.isEmpty, "--name is empty: give the run's name") }
  }
}

extension OutputOptions {
  /// The options for all but the parser, in the order of the help.
  static let declared: [PerfOption] = [
    PerfOption("name") { .optional($0.output.name) },
    PerfOption("save") { .string($0.output.save.rawValue) },
    PerfOption("output-json") { .optional($0.output.outputJson) },
    PerfOption("log-every-n-query") { .int($0.output.logEveryNQuery ?? usualLogInterval) },
    .flag("quiet") { $0.output.quiet },
    .flag("debug") { $0.output.debug },
  ]
}
