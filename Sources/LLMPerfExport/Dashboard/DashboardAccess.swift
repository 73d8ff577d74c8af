import Glibc
import LLMPerfWire

/// Who may look at the dashboard.
struct DashboardAccess: Sendable {
  /// Nil on loopback, where only this machine can ask.
  let token: String?

  /// What the address ends with.
  var query: String { token.map { "/?token=\($0)" } ?? "/" }

  /// The answer to a request that may not pass; nil for one that may.
  func refusal(of request: ServerRequest) -> ServerResponse? {
    guard let token else {
      let host = request.header("Host") ?? ""
      let name = host.hasPrefix("[") ? String(host.prefix { $0 != "]" }) + "]" : String(host.prefix { $0 != ":" })
      let isNumeric = name.allSatisfy { $0.isASCII && $0.isNumber || $0 == "." }
      let isOwn = name == "localhost" || name == "[::1]" || name.hasPrefix("127.") && isNumeric
      return isOwn ? nil : .whole(.text("This page is not served to \(name).\n", status: 403))
    }
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

  /// The machine's own name, for an address that others can open.
  static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Compares in a time that does not tell where the first difference is.
  private static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && zip(a, b).reduce(0) { $0 | $1.0 ^ $1.1 } == 0
  }
}
