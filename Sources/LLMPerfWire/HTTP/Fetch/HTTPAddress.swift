import LLMPerf

/// Where a page or a service lies that is asked beside the load: an address that may carry a login.
package struct HTTPAddress: Sendable, Hashable {
  private var service: ServiceAddress
  /// `user:password` in front of the host; nil where there was none.
  package let credentials: String?

  /// The address `url`. Without a scheme, `http://` is assumed.
  ///
  /// - Parameter option: The option that gave it, for messages.
  /// - Throws: `UsageError` that names what is wrong with `url`, credentials left out.
  package init(_ url: String, of option: String? = nil) throws {
    let scheme = url.firstRange(of: "://").flatMap { url[..<$0.lowerBound].contains("/") ? nil : $0 }
    let start = scheme?.upperBound ?? url.startIndex
    let authority = url[start...].prefix { !"/?#".contains($0) }
    guard let at = authority.lastIndex(of: "@") else {
      credentials = nil
      service = try ServiceAddress(url, of: option)
      return
    }
    credentials = String(authority[..<at])
    service = try ServiceAddress("\(url[..<start])\(url[url.index(after: at)...])", of: option)
  }

  /// The value of an `Authorization` header with the address's own login; nil where it has none.
  package var authorization: String? { credentials.map(Self.basicAuthorization) }

  /// The value of an `Authorization` header for a login `user:password` (RFC 7617).
  package static func basicAuthorization(_ login: String) -> String { "Basic " + Base64.encode(login.utf8) }

  /// Whether the service speaks TLS.
  package var isSecure: Bool { service.isSecure }

  /// A name, or a numeric address without brackets.
  package var host: String { service.host }

  /// The port: 80 or 443 where the address names none.
  package var port: UInt16 { service.port }

  /// Path and query as they go on the wire; `/` at least.
  package var target: String { service.path }

  /// The value of the `Host` header.
  package var hostHeader: String { service.hostHeader }

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
    result.service.path = target
    return result
  }
}
