/// The secrets that an address may carry: a login in front of its host, and values of its query.
package enum AddressSecrets {
  /// What stands where a secret was.
  package static let mask = "***"

  /// `text` without its secrets.
  ///
  /// - Parameter isAddress: Whether it is an address for certain; else only what begins with a scheme counts as one.
  package static func masked(_ text: String, isAddress: Bool = false) -> String {
    guard let parts = Parts(text, isAddress: isAddress) else { return text }
    let login = parts.login == nil ? "" : mask + "@"
    return parts.scheme + login + parts.rest + parts.marked.map { $0.mark + maskedQuery($0.text) }.joined()
  }

  /// `text`, which was no address, for the message that says so: without its secrets, and without anything that stands in
  /// front of an @, since a password may hold what ends the place that a login has.
  package static func maskedMistake(_ text: String) -> String {
    let shown = masked(text, isAddress: true)
    let start = shown.firstRange(of: "://")?.upperBound ?? shown.startIndex
    guard let at = shown.lastIndex(of: "@"), at >= start else { return shown }
    return "\(shown[..<start])\(mask)\(shown[at...])"
  }

  /// The secrets in `text`, as they stand there and with their escapes decoded.
  package static func values(in text: String, isAddress: Bool = false) -> [String] {
    guard let parts = Parts(text, isAddress: isAddress) else { return [] }
    var values: [String] = []
    if let login = parts.login {
      let password = login.firstIndex(of: ":").map { login[login.index(after: $0)...] }
      values += [String(login), String(password ?? login)]
    }
    for (_, query) in parts.marked {
      for (name, value) in parameters(of: query) where isSecret(name, value) { values.append(String(value ?? "")) }
    }
    return (values + values.map { PercentEncoding.decode($0) }).filter { !$0.isEmpty }
  }

  private static func maskedQuery(_ query: Substring) -> String {
    parameters(of: query).map { name, value in
      isSecret(name, value) ? "\(name)=\(mask)" : value.map { "\(name)=\($0)" } ?? String(name)
    }.joined(separator: "&")
  }

  private static func isSecret(_ name: Substring, _ value: Substring?) -> Bool {
    guard let value, !value.isEmpty else { return false }
    return SecretName.isSecretParameter(PercentEncoding.decode(name))
      || SecretName.isSecretValue(PercentEncoding.decode(value))
  }

  private static func parameters(of query: Substring) -> [(name: Substring, value: Substring?)] {
    query.split(separator: "&", omittingEmptySubsequences: false).map { part in
      guard let equals = part.firstIndex(of: "=") else { return (part, nil) }
      return (part[..<equals], part[part.index(after: equals)...])
    }
  }

  /// An address cut where its secrets may stand.
  private struct Parts {
    var scheme: String
    var login: Substring?
    /// Host, port and path.
    var rest: String
    /// Query and fragment with the marks in front of them.
    var marked: [(mark: String, text: Substring)] = []

    init?(_ text: String, isAddress: Bool) {
      // The settings of the built-in simulator are no secrets, whatever their names.
      if text.hasPrefix("sim:") { return nil }
      let separator = text.firstRange(of: "://").flatMap {
        text[..<$0.lowerBound].contains { "/?#".contains($0) } ? nil : $0
      }
      guard separator != nil || isAddress else { return nil }
      let start = separator?.upperBound ?? text.startIndex
      scheme = String(text[..<start])
      let end = text[start...].firstIndex { "/?#".contains($0) } ?? text.endIndex
      var hostStart = start
      if let at = text[start..<end].lastIndex(of: "@") {
        hostStart = text.index(after: at)
      } else if Self.endsInNoPort(text[start..<end]), let at = text[end...].lastIndex(of: "@") {
        // What looks like a port and is none begins a password that holds a slash.
        hostStart = text.index(after: at)
      }
      if hostStart > start { login = text[start..<text.index(before: hostStart)] }
      let behind = text[hostStart...]
      let query = behind.firstIndex { $0 == "?" || $0 == "#" } ?? behind.endIndex
      rest = String(behind[..<query])
      guard query < behind.endIndex else { return }
      let fragment = behind[query...].firstIndex(of: "#") ?? behind.endIndex
      if query < fragment { marked.append(("?", behind[behind.index(after: query)..<fragment])) }
      if fragment < behind.endIndex { marked.append(("#", behind[behind.index(after: fragment)...])) }
    }

    private static func endsInNoPort(_ authority: Substring) -> Bool {
      guard authority.first != "[", let colon = authority.lastIndex(of: ":") else { return false }
      return !authority[authority.index(after: colon)...].allSatisfy { $0.isASCII && $0.isNumber }
    }
  }
}
