import LLMPerf

/// Where an HTTP service is: the parts of an `http` or `https` URL.
package struct HTTPAddress: Sendable, Hashable {
  package var isSecure: Bool
  /// A name, or a numeric address without brackets.
  package var host: String
  package var port: UInt16
  /// Path and query as they go on the wire; `/` at least.
  package var target: String
  /// `user:password` in front of the host; nil where there was none.
  package var credentials: String?

  /// The address `url`. Without a scheme, `http://` is assumed.
  ///
  /// - Parameter option: The option that gave it, for messages.
  /// - Throws: `UsageError` that names what is wrong with `url`, credentials left out.
  package init(_ url: String, of option: String? = nil) throws {
    let named = (option.map { $0 + " " } ?? "") + Self.masked(url)
    var rest = url[...]
    isSecure = false
    if let scheme = rest.firstRange(of: "://") {
      switch rest[..<scheme.lowerBound].lowercased() {
      case "http": isSecure = false
      case "https": isSecure = true
      default: throw UsageError("\(named) is not an address; use http://… or https://…")
      }
      rest = rest[scheme.upperBound...]
    }
    let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
    var authority = rest[..<end]
    var target = String(rest[end...].prefix { $0 != "#" })
    if !target.hasPrefix("/") { target = "/" + target }
    self.target = target
    if let at = authority.lastIndex(of: "@") {
      credentials = String(authority[..<at])
      authority = authority[authority.index(after: at)...]
    }
    var portText = ""[...]
    if authority.hasPrefix("["), let close = authority.firstIndex(of: "]") {
      host = String(authority[authority.index(after: authority.startIndex)..<close])
      portText = authority[authority.index(after: close)...]
    } else {
      let colon = authority.firstIndex(of: ":") ?? authority.endIndex
      host = String(authority[..<colon])
      portText = authority[colon...]
    }
    if portText.isEmpty || portText == ":" {
      port = isSecure ? 443 : 80
    } else if portText.hasPrefix(":"), let number = UInt16(portText.dropFirst()), number > 0 {
      port = number
    } else {
      throw UsageError("\(named) has no valid port; use one from 1 to 65535")
    }
    guard !host.isEmpty, !host.contains(where: \.isWhitespace) else {
      throw UsageError("\(named) names no host; use http://HOST[:PORT]")
    }
  }

  /// The value of the `Host` header.
  package var hostHeader: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }

  /// The address without path and credentials, for messages.
  package var origin: String { "\(isSecure ? "https" : "http")://\(hostHeader)" }

  /// The path without a final slash, to put further parts behind.
  package var basePath: String {
    var path = target[...].prefix { $0 != "?" }
    while path.hasSuffix("/") { path = path.dropLast() }
    return String(path)
  }

  /// The same service at another path and query.
  package func at(_ target: String) -> HTTPAddress {
    var result = self
    result.target = target
    return result
  }

  private static func masked(_ url: String) -> String {
    guard let at = url.lastIndex(of: "@") else { return "\"\(url)\"" }
    return "\"…\(url[at...])\""
  }
}
