import Glibc
import LLMPerfWire

/// The names that a page of ours may be asked for by.
///
/// A page of another site can have its own name lead to this machine once the browser has loaded it; the browser then
/// takes ours for a part of that site, and gives the name away in `Host`.
struct OwnNames: Sendable {
  private let listens: ListenAddress
  private let machine: String

  /// The names of this machine, as one that listens at `address` is asked by.
  init(_ address: ListenAddress, machine: String = Self.machine()) {
    listens = address
    self.machine = machine.lowercased()
  }

  /// The answer to a request that asked by another name; nil for one that did not.
  func refusal(of request: ServerRequest) -> ServerResponse? {
    let host = request.header("Host") ?? ""
    guard !contains(host) else { return nil }
    return .whole(.text("This page is served by this machine's address and its own name only.\n", status: 403))
  }

  /// Whether `host`, the value of a `Host` header, names this machine: on loopback an address of loopback or `localhost`,
  /// elsewhere any numeric address and the machine's own name, too.
  func contains(_ host: String) -> Bool {
    guard let name = Self.name(of: host) else { return false }
    if name == "localhost" { return true }
    let isNumeric = Self.isAddress(name, AF_INET) || Self.isAddress(name, AF_INET6)
    if listens.isLoopback { return isNumeric && (name.hasPrefix("127.") || name == "::1") }
    return isNumeric || name == machine || name == machine.prefix { $0 != "." }
  }

  /// The machine's own name, for an address that others can open.
  static func machine() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The name in front of the port, in lower case and without brackets; nil for what is no `Host`.
  private static func name(of host: String) -> String? {
    var name = host[...]
    var port: Substring = ""
    if host.hasPrefix("[") {
      guard let end = host.firstIndex(of: "]") else { return nil }
      name = host[host.index(after: host.startIndex)..<end]
      port = host[host.index(after: end)...]
    } else if let colon = host.firstIndex(of: ":") {
      (name, port) = (host[..<colon], host[colon...])
    }
    guard port.isEmpty || port.hasPrefix(":") && HeaderNumber.whole(port.dropFirst()) != nil else { return nil }
    return name.isEmpty ? nil : name.lowercased()
  }

  private static func isAddress(_ name: String, _ family: Int32) -> Bool {
    var bytes = in6_addr()
    return inet_pton(family, name, &bytes) == 1
  }
}
