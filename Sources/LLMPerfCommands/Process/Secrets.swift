import CLLMPerfWire

/// What must not be read by others, in the process's arguments and in options.
enum Secrets {
  private static let mask = "***"
  private static let options: Set = ["--api-key", "--wandb-api-key"]

  /// `arguments` with every secret masked: what follows an option that takes one, headers that carry one, and the login
  /// in an address.
  static func masked(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var isSecret = false
    var isHeader = false
    for argument in arguments {
      if isSecret {
        result.append(mask)
        isSecret = false
        continue
      }
      guard argument.hasPrefix("--") else {
        result.append(isHeader ? maskedHeader(argument) : maskedAddress(argument))
        continue
      }
      let name = String(argument.prefix { $0 != "=" })
      let value = argument.contains("=") ? String(argument.dropFirst(name.count + 1)) : nil
      isHeader = name == "--headers"
      isSecret = options.contains(name) && value == nil
      let shown = value.map { options.contains(name) ? mask : isHeader ? maskedHeader($0) : maskedAddress($0) }
      result.append(shown.map { "\(name)=\($0)" } ?? argument)
    }
    return result
  }

  /// Whether `text` is a header or an address of which something was masked.
  static func isMasked(_ text: String) -> Bool { text.hasSuffix("=" + mask) || text.contains("://\(mask)@") }

  /// A header as options write it, without its value where that may be a secret.
  static func maskedHeader(_ item: String) -> String {
    let name = item.prefix { $0 != "=" && $0 != ":" }
    return isSecretHeader(name) ? "\(name)=\(mask)" : item
  }

  /// An address without the name and password in front of its host.
  static func maskedAddress(_ text: String) -> String {
    guard let scheme = text.firstRange(of: "://") else { return text }
    let end = text[scheme.upperBound...].firstIndex { "/?#".contains($0) } ?? text.endIndex
    guard let at = text[scheme.upperBound..<end].lastIndex(of: "@") else { return text }
    return "\(text[..<scheme.upperBound])\(mask)\(text[at...])"
  }

  /// Takes the secrets among the process's arguments out of the list of processes, where every user of the machine sees
  /// them. `CommandLine.arguments` keeps them: it is a copy.
  static func hideInProcessList() {
    for (place, (argument, masked)) in zip(CommandLine.arguments, masked(CommandLine.arguments)).enumerated()
    where argument != masked {
      let shared = zip(argument.utf8, masked.utf8).prefix { $0 == $1 }.count
      lw_hide_argument(Int32(place), shared)
    }
  }

  private static func isSecretHeader(_ name: some StringProtocol) -> Bool {
    let name = name.lowercased()
    return ["authorization", "key", "token", "cookie", "secret"].contains { name.contains($0) }
  }
}
