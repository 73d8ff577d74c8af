import ArgumentParser
import LLMPerf
import LLMPerfSimulator
import LLMPerfWire

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run a simulated LLM service.",
    usage: "llmuses simulate [<options>]",
    discussion: (SimulatorHelp.introduction + SimulatorHelp.settings).joined(separator: "\n"))

  // The settings come from the simulator's own table, which a `sim:` address reads too.
  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var settings: [String] = []

  func run() throws {
    if settings.contains(where: { ["--help", "-h", "help"].contains($0) }) {
      return try StandardStreams.output.write(SimulatorHelp.text)
    }
    if settings.contains("--version") { return try StandardStreams.output.write(LLMPerfTool.version + "\n") }
    let configuration = try Self.configuration(settings)
    // A simulator that watches its parent ends with it: an interrupt of the terminal reaches both, and what the parent
    // has in flight should still end.
    if !configuration.watchesParent { Interruption.block() }
    try DescriptorLimit.check(connections: 0)
    let stop = Waker()
    if !configuration.watchesParent {
      try Interruption().answer { stop.signal() }
    }
    let report = try Simulator.run(configuration, until: stop) { line in
      // Who does not read the address knows it.
      try? StandardStreams.output.write(line + "\n")
    }
    if !configuration.watchesParent { StandardStreams.error.write(report.text) }
  }

  /// Reads `--name VALUE`, `--name=VALUE` and `--flag`.
  private static func configuration(_ arguments: [String]) throws -> SimulatorConfiguration {
    var configuration = SimulatorConfiguration()
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--") else {
        throw UsageError("simulate takes options only, and '\(argument)' is none; see 'llmuses simulate --help'")
      }
      let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      let takesValue = SimulatorConfiguration.options.first { $0.name == name }?.placeholder != nil
      if parts.count == 2 {
        try configuration.set(name, to: String(parts[1]))
      } else if takesValue {
        guard let value = rest.popFirst() else { throw UsageError("--\(name) has no value behind it") }
        try configuration.set(name, to: value)
      } else {
        try configuration.set(name, to: "")
      }
    }
    return configuration
  }
}

/// The help of `simulate`, made from the simulator's table.
enum SimulatorHelp {
  private static let width = 80
  private static let indent = 26

  static var text: String {
    var lines = ["OVERVIEW: Run a simulated LLM service.", ""] + introduction
    lines += ["", "USAGE: llmuses simulate [<options>]"] + settings
    lines += ["", "OPTIONS:"] + row("--version", "Show the version.") + row("-h, --help", "Show help information.")
    return lines.joined(separator: "\n") + "\n"
  }

  /// What it is.
  static var introduction: [String] { WrappedText.lines(overview, columns: width) }

  /// Its settings by group.
  static var settings: [String] {
    SimulatorOption.Group.allCases.flatMap { group in
      ["", group.rawValue.uppercased() + ":"]
        + SimulatorConfiguration.options.filter { $0.group == group }.flatMap(describe)
    }
  }

  private static let overview = """
    It speaks OpenAI chat, completions, responses and embeddings, Anthropic Messages, DashScope, Zhipu and rerank, \
    streamed and whole. It ends with Ctrl-C, and then says how late its own writes were. The same settings, but for \
    those of listening, stand in an address of 'llmuses perf': --url 'sim:?ttft=200ms&itl=20ms'.
    """

  private static func describe(_ option: SimulatorOption) -> [String] {
    row(
      "--\(option.name)" + (option.placeholder.map { " <\($0.lowercased())>" } ?? ""),
      option.help + (option.defaultText.map { " (default: \($0))" } ?? ""))
  }

  private static func row(_ name: String, _ help: String) -> [String] {
    let head = "  " + name
    let paragraph = WrappedText.lines(help, columns: width - indent).map { String(repeating: " ", count: indent) + $0 }
    guard head.count < indent - 1, let first = paragraph.first else { return [head] + paragraph }
    return [head + first.dropFirst(head.count)] + paragraph.dropFirst()
  }
}
