import ArgumentParser
import LLMPerf

/// What is asked.
struct PromptOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("One prompt for every request; @file takes a file's content, @@ a leading @.", valueName: "text")
  )
  var prompt: String?

  @Option(
    help: ArgumentHelp(
      "Data set: \(LLMPerfTool.plugins.datasets.map(\.name).joined(separator: ", ")), or a Python plugin file.",
      valueName: "name"))
  var dataset = "line_by_line"

  @Option(help: ArgumentHelp("File of the data set.", valueName: "file"))
  var datasetPath: String?

  @Option(help: ArgumentHelp("Use prompts shorter than this, in characters.", valueName: "n"))
  var maxPromptLength: Int?

  @Option(help: ArgumentHelp("Use prompts longer than this, in characters.", valueName: "n"))
  var minPromptLength = 0

  /// Throws a usage error for values that make no sense.
  func check() throws {
    if let maxPromptLength {
      try require(
        maxPromptLength > minPromptLength + 1,
        "--max-prompt-length \(maxPromptLength) with --min-prompt-length \(minPromptLength) lets no prompt through: "
          + "a prompt passes when it is longer than the one and shorter than the other")
    }
    try require(minPromptLength >= 0, "--min-prompt-length \(minPromptLength): give 0 or more")
    try require(
      prompt == nil || datasetPath == nil,
      "--prompt and --dataset-path exclude each other: the one prompt would be all that is sent")
    try require(
      prompt != nil || datasetPath != nil || Self.needsNoFile(dataset),
      "nothing to ask: give --prompt TEXT, or --dataset-path FILE for the data set \(dataset)")
  }

  /// Whether a data set may do without a file: those of users may.
  private static func needsNoFile(_ dataset: String) -> Bool {
    !["line_by_line", "openqa", "longalpaca"].contains(dataset)
  }
}
