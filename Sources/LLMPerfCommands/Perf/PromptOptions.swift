import ArgumentParser
import LLMPerf

/// What is asked.
struct PromptOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "One prompt for every request; @file takes a file's text, @- standard input, @@ a leading @.", valueName: "text")
  )
  var prompt: String?

  @Option(
    help: ArgumentHelp(
      "Data set: \(LLMPerfTool.plugins.datasetNames.joined(separator: ", ")), or a Python plugin file.",
      valueName: "name"))
  var dataset = "line_by_line"

  @Option(help: ArgumentHelp("File of the data set; - is standard input.", valueName: "file"))
  var datasetPath: String?

  @Option(
    help: ArgumentHelp(
      "Encoding of the data set and of @files: \(TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")). "
        + "(default: utf-8)",
      valueName: "name"),
    transform: parseEncoding)
  var encoding: TextEncoding?

  @Option(help: ArgumentHelp("Use prompts shorter than this, in characters.", valueName: "n"))
  var maxPromptLength: Int?

  @Option(help: ArgumentHelp("Use prompts longer than this, in characters.", valueName: "n"))
  var minPromptLength = 0

  /// Throws a usage error for values that make no sense; `template` is that of `--query-template`.
  func check(template: String?) throws {
    try require(
      encoding == nil || datasetPath != nil || [prompt, template].contains { $0?.hasPrefix("@") ?? false },
      "--encoding is for texts in files: give --dataset-path FILE, --prompt @FILE or --query-template @FILE")
    if let maxPromptLength {
      try require(
        maxPromptLength > 1 && maxPromptLength - 1 > minPromptLength,
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

  /// Throws a usage error when standard input, which can be read once, is named by several options.
  static func checkStandardInput(_ options: [(name: String, value: String?)]) throws {
    let readers = options.filter { $0.value == "-" || $0.value == "@-" }.map(\.name)
    try require(
      readers.count < 2, "\(readers.joined(separator: " and ")): standard input can be read by one of them only")
  }

  private static func parseEncoding(_ name: String) throws -> TextEncoding {
    guard let encoding = TextEncoding(name) else {
      throw UsageError("give one of \(TextEncoding.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return encoding
  }

  /// Whether a data set may do without a file: those of users may.
  private static func needsNoFile(_ dataset: String) -> Bool {
    !["line_by_line", "openqa", "longalpaca"].contains(dataset)
  }
}

extension PromptOptions {
  /// The options for all but the parser, in the order of the help.
  static let declared: [PerfOption] = [
    PerfOption("prompt") { .optional($0.prompts.prompt) },
    PerfOption("dataset") { $0.prompts.prompt == nil ? .string($0.prompts.dataset) : .null },
    PerfOption("dataset-path") { .optional($0.prompts.datasetPath) },
    PerfOption("encoding") { .optional($0.prompts.encoding?.rawValue) },
    PerfOption("max-prompt-length") { .optional($0.prompts.maxPromptLength) },
    PerfOption("min-prompt-length") { .int($0.prompts.minPromptLength) },
  ]
}
