import ArgumentParser
import LLMPerf
import LLMPerfWire

/// The service: what and where it is, and how to talk to it.
struct ServiceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Model name sent to the service.", valueName: "name"))
  var model: String

  @Option(
    help: ArgumentHelp(
      "Service address; without a scheme, http:// is assumed. 'sim:' starts the built-in simulator, with settings after a question mark: 'sim:?ttft=200ms&itl=20ms'.",
      valueName: "address"))
  var url = "localhost"

  @Option(
    help: ArgumentHelp(
      "Protocol: \(LLMPerfTool.plugins.apis.map(\.name).joined(separator: ", ")), or a Python plugin file. (default: openai)",
      valueName: "name"))
  var api: String?

  @Option(
    help: ArgumentHelp(
      "Key sent as the protocol wants it. Default: the protocol's environment variable.", valueName: "key"))
  var apiKey: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Extra headers for each request. Values may contain '='.", valueName: "K=V"))
  var headers: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Request body: JSON text or @file. %m stands for the model and %p for the prompt, inside any string. (default: \(OpenAIAPI.defaultTemplate))",
      valueName: "json"))
  var queryTemplate: String?

  @Option(help: ArgumentHelp("Seconds to wait for a connection.", valueName: "s"))
  var connectTimeout = 120.0

  @Option(help: ArgumentHelp("Seconds of silence between two reads.", valueName: "s"))
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
    for (option, seconds) in [("--connect-timeout", connectTimeout), ("--read-timeout", readTimeout)] {
      try require(
        seconds > 0 && seconds <= LoadOptions.mostSeconds,
        "\(option) \(seconds): give seconds above 0, a year's at most")
    }
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
