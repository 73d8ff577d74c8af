import CLLMPerfWire
import LLMPerf

/// What must not be read by others, in the process's arguments and in options.
enum Secrets {
  private static let mask = AddressSecrets.mask

  /// `arguments` with every secret masked: what follows an option that takes one, headers that carry one, and what an
  /// address or a template carries.
  static func masked(_ arguments: [String]) -> [String] {
    // The option whose value comes next; a list's stays until the next option, a short one too.
    var option = ""
    func shownValue(_ value: String) -> String {
      defer { if PerfOption.secrecy(of: option) != .header { option = "" } }
      return masked(value, of: option)
    }
    return arguments.map { argument in
      guard argument.hasPrefix("-"), PerfOption.secrecy(of: option) != .whole else { return shownValue(argument) }
      option = String(argument.prefix { $0 != "=" })
      return option == argument ? argument : "\(option)=\(shownValue(String(argument.dropFirst(option.count + 1))))"
    }
  }

  private static func masked(_ value: String, of option: String) -> String {
    switch PerfOption.secrecy(of: option) {
    case .whole: mask
    case .header: maskedHeader(value)
    case .template: Redactor(KnownSecrets.secrets(inTemplate: value)).redacted(value)
    case .address: AddressSecrets.masked(value, isAddress: true)
    case .open: AddressSecrets.masked(value, isAddress: false)
    }
  }

  /// Whether the header or address `text` is one of which something was masked.
  static func isMasked(_ text: String) -> Bool { text.contains("=" + mask) || text.contains(mask + "@") }

  /// A header as options write it, without its value where that may be a secret.
  static func maskedHeader(_ item: String) -> String {
    guard let (name, value) = header(item) else { return item.isEmpty ? item : mask }
    return isSecret(name, value) ? "\(name)=\(mask)" : item
  }

  /// An address without its secrets.
  static func maskedAddress(_ text: String) -> String { AddressSecrets.masked(text, isAddress: true) }

  /// The values in `arguments` that must be in no output.
  static func values(in arguments: [String]) -> [String] {
    var values: [String] = []
    var option = ""
    for argument in arguments {
      var value = argument[...]
      if argument.hasPrefix("-") {
        option = String(argument.prefix { $0 != "=" })
        value = argument.dropFirst(option.count + 1)
      }
      let secrecy = PerfOption.secrecy(of: option)
      if secrecy == .whole { values.append(String(value)) }
      if secrecy == .header, let (name, value) = header(String(value)), isSecret(name, value) {
        values += Self.values(ofHeader: String(value))
      }
      values += AddressSecrets.values(in: String(value), isAddress: secrecy == .address)
    }
    return values.filter { !$0.isEmpty }
  }

  /// The values in the environment that an exporter sends: the variables of the services' own clients.
  static func values(in environment: [String: String]) -> [String] {
    let names = ["WANDB_API_KEY", "MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_PASSWORD"]
    let headers = (environment["OTEL_EXPORTER_OTLP_HEADERS"] ?? "").split(separator: ",").flatMap { item in
      header(String(item)).map { values(ofHeader: String($0.value)) } ?? []
    }
    return names.compactMap { environment[$0] } + headers
  }

  /// A header's value, and what follows the word for its kind in it: `Bearer KEY`.
  private static func values(ofHeader value: String) -> [String] {
    [value] + value.split(separator: " ").dropFirst().map(String.init)
  }

  private static func header(_ item: String) -> (name: Substring, value: Substring)? {
    guard let end = item.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
    return (item[..<end], item[item.index(after: end)...].drop { $0 == " " })
  }

  private static func isSecret(_ name: Substring, _ value: Substring) -> Bool {
    !value.isEmpty && (SecretName.isSecret(name) || SecretName.isSecretValue(value))
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
}
