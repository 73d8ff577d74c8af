/// Where a service listens: an address such as `--url` takes.
public struct ServiceAddress: Sendable, Hashable {
  /// Whether the service speaks TLS.
  public var isSecure: Bool
  /// The host's name or numeric address, an IPv6 address without its brackets.
  public var host: String
  /// The port: 80 or 443 when the address names none.
  public var port: UInt16
  /// Path and query, from the first slash; "/" when there is none.
  public var path: String

  /// Reads an address such as `localhost:8000/v1`, `https://host/path?query` or `http://[::1]:8080`. Without a scheme,
  /// `http://` is assumed.
  ///
  /// - Parameter option: The option that gave it, for messages.
  /// - Throws: `UsageError` that says what is wrong with it.
  public init(_ text: String, of option: String? = "--url") throws {
    let shown = AddressSecrets.maskedMistake(text)
    let named = option.map { "\($0) \(shown)" } ?? shown
    var rest = text[...]
    isSecure = false
    if let scheme = text.range(ofScheme: "://") {
      switch text[..<scheme.lowerBound].lowercased() {
      case "http": isSecure = false
      case "https": isSecure = true
      default: throw UsageError("\(named): only http:// and https:// are supported")
      }
      rest = text[scheme.upperBound...]
    }
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    var tail = rest[authority.endIndex...].prefix { $0 != "#" }
    if tail.first == "?" { tail = "/" + tail }
    path = tail.isEmpty ? "/" : String(tail)
    guard !path.unicodeScalars.contains(where: \.isBlankOrControl) else {
      throw UsageError("\(named): a path holds no blanks; write %20")
    }
    guard !authority.contains("@") else {
      throw UsageError("\(named): give credentials by --headers or --api-key, not in the address")
    }
    var portText: Substring?
    if authority.first == "[" {
      guard let bracket = authority.firstIndex(of: "]") else {
        throw UsageError("\(named): the IPv6 address has no closing bracket")
      }
      host = String(authority[authority.index(after: authority.startIndex)..<bracket])
      let after = authority[authority.index(after: bracket)...]
      guard after.isEmpty || after.first == ":" else {
        throw UsageError("\(named): a port follows the bracket behind a colon; write [\(host)]:port")
      }
      if after.first == ":" { portText = after.dropFirst() }
    } else if let colon = authority.lastIndex(of: ":") {
      guard authority.firstIndex(of: ":") == colon else {
        throw UsageError("\(named): an IPv6 address stands in brackets; write [address]:port")
      }
      host = String(authority[..<colon])
      portText = authority[authority.index(after: colon)...]
    } else {
      host = String(authority)
    }
    guard !host.unicodeScalars.contains(where: \.isBlankOrControl) else {
      throw UsageError("\(named): a host's name holds no blanks")
    }
    guard !host.isEmpty else { throw UsageError("\(named): it names no host; write host:port/path") }
    if let portText {
      guard portText.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(portText), port > 0 else {
        // What stands there may be the beginning of a password.
        let what = text.contains("@") ? "what follows the colon" : String(portText)
        throw UsageError("\(named): \(what) is not a port; use 1 to 65535")
      }
      self.port = port
    } else {
      port = isSecure ? 443 : 80
    }
  }

  /// The value of the `Host` header.
  public var hostHeader: String {
    // By bytes: it is asked for with each request.
    let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }
}

extension Unicode.Scalar {
  fileprivate var isBlankOrControl: Bool { isObeyed || properties.isWhitespace }
}

extension String {
  fileprivate func range(ofScheme separator: String) -> Range<String.Index>? {
    var start = startIndex
    // Behind the first slash another address may stand, in a query for one.
    while start < endIndex, self[start] != "/", self[start] != "?" {
      if self[start...].hasPrefix(separator) { return start..<index(start, offsetBy: separator.count) }
      start = index(after: start)
    }
    return nil
  }
}
