import ArgumentParser
import LLMPerf
import LLMPerfWire

/// The service: what and where it is, and how to talk to it.
struct ServiceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Model name sent to the service.", valueName: "name"))
  var model: String

  @Option(
    help: ArgumentHelp(
      "Service address; without a scheme, http:// is assumed, and without a path the protocol's own is used. 'sim:' starts the built-in simulator, with settings after a question mark: 'sim:?ttft=200ms&itl=20ms'.",
      valueName: "address"))
  var url = "localhost"

  @Option(
    help: ArgumentHelp(
      "Protocol: \(LLMPerfTool.plugins.apis.map(\.name).joined(separator: ", ")), or a Python plugin file. (default: openai)",
      valueName: "name"))
  var api: String?

  @Option(
    help: ArgumentHelp(
      "Key sent as the protocol wants it. Default: the protocol's environment variable (OPENAI_API_KEY, ANTHROPIC_API_KEY, DASHSCOPE_API_KEY, ZHIPUAI_API_KEY or ZAI_API_KEY).",
      valueName: "key"))
  var apiKey: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Extra headers for each request, as NAME=VALUE. Values may contain '='.", valueName: "K=V"))
  var headers: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Request body: JSON text, @file, or @- for standard input; sent as it is. %m stands for the model and %p for the prompt, inside any string. Default: the protocol's own. openai: \(OpenAIAPI.usualTemplate); anthropic limits answers to \(AnthropicAPI.defaultLimit) tokens (max_tokens), which its protocol wants in every request.",
      valueName: "json"))
  var queryTemplate: String?

  @Option(help: ArgumentHelp("Seconds to wait for a connection before a request fails.", valueName: "s"))
  var connectTimeout = 120.0

  @Option(
    help: ArgumentHelp(
      "Seconds of silence, before or in an answer, after which a request fails; interim responses (1xx) are silence.",
      valueName: "s"))
  var readTimeout = 120.0

  @Flag(help: "Do not check the service's certificate.")
  var insecure = false

  @Option(help: ArgumentHelp("Trust the certificates of this PEM file.", valueName: "file"))
  var cacert: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Local addresses to connect from, in turn: each brings its own ports.", valueName: "ip"))
  var sourceAddresses: [String] = []

  @Flag(help: "Open the connections of --parallel before the run starts.")
  var preconnect = false

  @Flag(help: "Do not measure beforehand what this machine itself can do.")
  var noCalibrate = false

  @Flag(help: "Send no single request ahead of the load to see that the service answers.")
  var noProbe = false

  /// Throws a usage error for values that make no sense.
  func check() throws {
    try requireSeconds(connectTimeout, "--connect-timeout", from: LoadOptions.fewestSeconds)
    try requireSeconds(readTimeout, "--read-timeout", from: LoadOptions.fewestSeconds)
    try require(!model.isEmpty, "--model is empty: give the name that the service knows the model by")
    try require(
      !model.unicodeScalars.contains { $0.value < 0x20 || 0x7F..<0xA0 ~= $0.value },
      "--model holds a line break or another control character: give the name that the service knows the model by")
    if let apiKey { try KeyText.check(apiKey, from: "--api-key") }
    _ = try parsedSourceAddresses()
    try require(!(insecure && cacert != nil), "--insecure and --cacert exclude each other: the one checks nothing")
  }

  /// The addresses to connect from, all of them this machine's.
  func parsedSourceAddresses() throws -> [SourceAddress] {
    try sourceAddresses.map { try SourceAddress(parsing: $0) }
  }

  /// The protocol's name.
  var apiName: String { api ?? "openai" }

  /// The extra headers: names up to the first `=`, or `: `.
  func parsedHeaders() throws -> [HTTPHeader] {
    var result: [HTTPHeader] = []
    for (place, item) in headers.enumerated() {
      let colon = item.firstRange(of: ": ")
      let equals = item.firstIndex(of: "=")
      let (name, value): (Substring, Substring)
      if let colon, equals.map({ colon.lowerBound < $0 }) ?? true {
        (name, value) = (item[..<colon.lowerBound], item[colon.upperBound...])
      } else if let equals {
        (name, value) = (item[..<equals], item[item.index(after: equals)...])
      } else {
        throw UsageError("--headers \(Self.quoted(item, place)): write NAME=VALUE")
      }
      try require(
        KeyText.isToken(name), "--headers: '\(Self.quoted(name, place))' is not a header name; write NAME=VALUE")
      let header = HTTPHeader(String(name), String(value))
      try header.check(from: "--headers")
      result.set(header.name, header.value)
    }
    return result
  }

  /// `text` for a message. What was written wrong may be a key where a name was wanted: only a short word is repeated.
  private static func quoted(_ text: some StringProtocol, _ place: Int) -> String {
    text.utf8.count < 8 && text.allSatisfy { $0.isLetter || $0 == " " } ? String(text) : "(value \(place + 1))"
  }
}

extension ServiceOptions {
  /// The options for all but the parser, in the order of the help.
  static let declared: [PerfOption] = [
    PerfOption("model") { .string($0.service.model) },
    PerfOption("url", secrecy: .address) { .string($0.service.url) },
    // A described protocol has no other name than its file's.
    PerfOption("api") { $0.plugins.apiSpec == nil ? .string($0.service.apiName) : nil },
    PerfOption("api-key", secrecy: .whole) { .optional($0.service.apiKey) },
    .list("headers", secrecy: .header) { $0.service.headers },
    PerfOption("query-template", secrecy: .template) { .optional($0.service.queryTemplate) },
    PerfOption("connect-timeout") { .double($0.service.connectTimeout) },
    PerfOption("read-timeout") { .double($0.service.readTimeout) },
    .flag("insecure") { $0.service.insecure },
    PerfOption("cacert") { .optional($0.service.cacert) },
    .list("source-addresses") { $0.service.sourceAddresses },
    .flag("preconnect") { $0.service.preconnect },
    .flag("no-calibrate") { $0.service.noCalibrate },
    .flag("no-probe") { $0.service.noProbe },
  ]
}
