/// Which headers, parameters of a query and members of a body carry secrets, by their names and values.
package enum SecretName {
  /// Words that make a name that of a secret wherever they stand in it.
  private static let parts = [
    "apikey", "secret", "passw", "passphrase", "credential", "signature", "authoriz", "authentic", "cookie", "bearer",
    "session", "jwt", "passcode", "accesscode", "authcode",
  ]
  /// Words that do so as a word of their own, or at the end of one.
  private static let words = ["key", "token", "pass", "pwd", "auth", "sig", "creds", "login", "otp", "sas", "hmac"]
  private static let wholeWords = [
    "pw", "pat", "pin", "sid", "cred", "private", "psk", "ticket", "assertion", "access", "license", "licence", "csrf",
    "xsrf",
  ]

  /// Whether a header called `name` may hold a secret, or a parameter of a query.
  package static func isSecret(_ name: some StringProtocol) -> Bool {
    let words = words(of: name)
    let joined = words.joined()
    return parts.contains { joined.contains($0) }
      || words.contains { word in Self.words.contains { word.hasSuffix($0) } || wholeWords.contains(word) }
  }

  /// Whether a parameter of a query called `name` may hold a secret; gateways of functions call theirs `code`.
  package static func isSecretParameter(_ name: some StringProtocol) -> Bool {
    isSecret(name) || name.lowercased() == "code"
  }

  /// Whether a member of a request's body called `name` holds a secret. Bodies are full of tokens and keys that are none.
  package static func isSecretMember(_ name: some StringProtocol) -> Bool {
    [
      "apikey", "accesskey", "secretkey", "privatekey", "accesstoken", "authtoken", "apitoken", "bearertoken",
      "password", "passwd", "secret", "clientsecret", "authorization", "credentials",
    ].contains(words(of: name).joined())
  }

  /// Whether `value` begins as the well-known kinds of keys do, whatever its name.
  package static func isSecretValue(_ value: some StringProtocol) -> Bool {
    let kinds = [
      "Bearer ", "Basic ", "Token ", "ApiKey ", "Digest ", "sk-", "sk_", "rk_", "hf_", "gsk_", "ghp_", "gho_", "ghs_",
      "github_pat_", "glpat-", "xoxb-", "xoxp-", "AKIA", "ASIA", "AIza", "eyJ", "ya29.", "nvapi-", "pplx-", "xai-",
    ]
    return kinds.contains { value.hasPrefix($0) || value.lowercased().hasPrefix($0.lowercased()) && $0.hasSuffix(" ") }
  }

  /// The words of `name` in lower case: `X-Api-Key`, `x_api_key` and `xApiKey` all have three.
  private static func words(of name: some StringProtocol) -> [String] {
    var words: [String] = []
    var wasLower = false
    var isOpen = false
    for character in name {
      guard character.isLetter || character.isNumber else {
        isOpen = false
        continue
      }
      if !isOpen || character.isUppercase && wasLower { words.append("") }
      words[words.count - 1] += character.lowercased()
      wasLower = character.isLowercase
      isOpen = true
    }
    return words
  }
}
