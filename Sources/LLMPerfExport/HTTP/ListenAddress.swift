import LLMPerf

/// Where a page is served: `PORT` on loopback, or `ADDRESS:PORT`.
package struct ListenAddress: Sendable, Hashable {
  /// A numeric IPv4 or IPv6 address.
  package var address: String
  /// 0 takes a free port.
  package var port: UInt16

  /// - Parameter option: The option's name, for the message.
  /// - Throws: `UsageError` when `text` is neither.
  package init(_ text: String, option: String) throws {
    let colon = text.lastIndex(of: ":")
    let digits = colon.map { text[text.index(after: $0)...] } ?? text[...]
    var host = colon.map { String(text[..<$0]) } ?? "127.0.0.1"
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    if host == "localhost" { host = "127.0.0.1" }
    guard let port = UInt16(digits), host.allSatisfy({ $0.isHexDigit || $0 == "." || $0 == ":" }), !host.isEmpty else {
      throw UsageError("\(option) \(text) is no port; use PORT for this machine only, or ADDRESS:PORT")
    }
    address = host
    self.port = port
  }

  /// Whether only this machine can reach it.
  package var isLoopback: Bool { address.hasPrefix("127.") || address == "::1" }
}
