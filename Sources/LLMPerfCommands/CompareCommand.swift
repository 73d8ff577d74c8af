import ArgumentParser
import LLMPerf
import LLMPerfExport

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Hold runs against each other.",
    discussion: """
      The first run is the baseline. Each metric that has a value per request is put to a rank test; equal runs are \
      called different anywhere with a probability of at most --level.
      """)

  /// What a comparison can be printed as.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, html
  }

  @Option(help: ArgumentHelp("Form of the comparison.", valueName: "format"))
  var format = Format.text

  @Option(help: ArgumentHelp("The probability of calling equal runs different.", valueName: "p"))
  var level = 0.05

  @Option(name: [.short, .long], help: ArgumentHelp("Write to this file; '-' is standard output.", valueName: "file"))
  var output = "-"

  @Argument(help: ArgumentHelp("The runs' databases.", valueName: "run.db"))
  var databases: [String]

  func run() throws {
    try require(0 < level && level < 1, "--level \(level): give a probability between 0 and 1")
    for path in databases { try Files.checkDatabase(path) }
    let runs = try databases.map { path in
      let saved = try SavedRun(path: path)
      return ComparableRun(saved.result, rows: try saved.rows())
    }
    let comparison = try RunComparison(runs, level: level)
    let bytes =
      switch format {
      case .text: Array(ComparisonTextReport.render(comparison).utf8)
      case .json: ComparisonJSONReport.render(comparison)
      case .html: try HTMLComparison.render(comparison, version: LLMPerfTool.version)
      }
    try Files.write(bytes, to: output, option: "--output")
  }
}
