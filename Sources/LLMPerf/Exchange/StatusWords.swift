/// What a failure by status says: the service's words, and where they come from when the address may be wrong.
enum StatusWords {
  /// The message for `status`; `words` is what the service said.
  static func text(_ status: Int, saying words: String, _ exchange: FinishedExchange) -> String {
    let said = words.isEmpty ? "status \(status) without a text" : words
    switch status {
    case 300..<400:
      guard let location = exchange.location else { return "\(said) (asked: \(asked(exchange)))" }
      return "redirected to \(printable(location)), which is not followed; --url takes it (asked: \(asked(exchange)))"
    case 404, 405: return "\(said) (asked: \(asked(exchange)))"
    default: return said
    }
  }

  /// Method, host and path of what was sent.
  private static func asked(_ exchange: FinishedExchange) -> String {
    let head = String(decoding: exchange.request.wire.prefix(exchange.request.bodyStart), as: UTF8.self)
    let lines = head.split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3 else { return "nothing" }
    let host = lines.first { $0.hasPrefix("Host: ") }?.dropFirst("Host: ".count) ?? ""
    return "\(words[0]) \(printable(host + words[1]))"
  }

  /// An address as a message shows it: without its query, which may hold a key, and bounded.
  private static func printable(_ address: some StringProtocol) -> String {
    let shown = address.prefix { $0 != "?" }.unicodeScalars.prefix(200)
    return String(shown.map { 0x21...0x7E ~= $0.value ? Character($0) : "?" })
  }
}
