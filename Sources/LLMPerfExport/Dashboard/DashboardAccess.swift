import LLMPerfWire

/// Who may look at the dashboard: whoever asks by this machine's name, and knows the token.
struct DashboardAccess: Sendable {
  let names: OwnNames
  /// Nil on loopback, where only this machine can ask.
  let token: String?

  /// What the address ends with.
  var query: String { token.map { "/?token=\($0)" } ?? "/" }

  /// The answer to a request that may not pass; nil for one that may.
  func refusal(of request: ServerRequest) -> ServerResponse? {
    if let refusal = names.refusal(of: request) { return refusal }
    guard let token else { return nil }
    let given = request.query.split(separator: "&").first { $0.hasPrefix("token=") }?.dropFirst("token=".count) ?? ""
    guard Self.isEqual(Array(given.utf8), Array(token.utf8)) else {
      return .whole(.text("The address needs the token that the run printed.\n", status: 401))
    }
    return nil
  }

  /// 128 random bits in hexadecimal digits.
  static func makeToken() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
      let digits = String(UInt64.random(in: 0...UInt64.max, using: &generator), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// Compares in a time that does not tell where the first difference is.
  private static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && zip(a, b).reduce(0) { $0 | $1.0 ^ $1.1 } == 0
  }
}
