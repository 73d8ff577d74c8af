import ArgumentParser
import LLMPerf
import LLMPerfTokenizers
import LLMPerfWire

struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Count the tokens of a text.",
    discussion: """
      Prints the number of tokens; --ids and --pieces print the tokens themselves. Bytes that are not UTF-8 count as \
      U+FFFD. docs/tokenizers.md tells which files are read.
      """)

  @Option(
    help: ArgumentHelp(
      "Model folder or tokenizer file (tokenizer.json, tokenizer.model, *.tiktoken, …).", valueName: "path"))
  var tokenizerPath: String

  @Flag(help: "Print the ids of the tokens.")
  var ids = false

  @Flag(help: "Print each token's id and text, one a line.")
  var pieces = false

  @Flag(help: "Count with the tokens that the model puts around a text, by the rules of transformers 4.")
  var specialTokens = false

  @Flag(help: "Print how fast the text was read, on standard error.")
  var time = false

  @Argument(help: ArgumentHelp("The text's file; '-' or nothing is standard input.", valueName: "file"))
  var file = "-"

  func run() throws {
    try require(!(ids && pieces), "--ids and --pieces exclude each other: pieces come with their ids")
    let start = MonotonicClock()
    let tokenizer = try Tokenizer(optionPath: tokenizerPath)
    let loaded = start.now
    let text = try Files.read(file == "-" ? "/dev/stdin" : file, option: "the text")
    let clock = MonotonicClock()
    let encoder = tokenizer.makeEncoder()
    let tokens: [UInt32]
    do {
      tokens = try text.withUnsafeBufferPointer { try encoder.encode(utf8: $0, addSpecialTokens: specialTokens) }
    } catch {
      throw RunError("\(file): \(error)")
    }
    let taken = clock.now.seconds
    try StandardStreams.output.write(render(tokens, tokenizer))
    if time {
      let rate = taken > 0 ? Double(text.count) / taken / 1e6 : 0
      StandardStreams.error.write(
        "\(tokenizer.summary)\nloaded in \(NumberText.time(loaded.seconds)), \(text.count) bytes in "
          + "\(NumberText.time(taken)): \(NumberText.fixed(rate, digits: 1)) MB/s\n")
    }
  }

  private func render(_ tokens: [UInt32], _ tokenizer: Tokenizer) -> String {
    if ids { return tokens.map(String.init).joined(separator: " ") + "\n" }
    guard pieces else { return "\(tokens.count)\n" }
    return tokens.map { id in
      "\(id)\t\(JSON.string(tokenizer.piece(of: id) ?? ""))\n"
    }.joined()
  }
}
