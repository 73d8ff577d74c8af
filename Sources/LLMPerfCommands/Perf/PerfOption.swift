import LLMPerf

/// An option of `perf` as everything but the parser knows it: the configuration file, `--print-config`, the configuration
/// that results keep, and the masks over secrets. It is declared once, beside the option itself.
struct PerfOption: Sendable {
  /// What of its value must be in no output.
  enum Secrecy: Sendable {
    /// Nothing.
    case open
    /// The value. Results do not have the option at all.
    case whole
    /// What an address carries beside the place.
    case address
    /// The value of a header with a name or a value of that kind.
    case header
    /// The texts of members of a body that are named so.
    case template
  }

  let known: KnownOption
  let secrecy: Secrecy
  /// The value that takes effect, in the clear: null where the option does nothing, nil where another one takes its place.
  let value: @Sendable (PerfCommand) -> JSON?

  /// Its long name without dashes.
  var name: String { known.name }

  /// The option `--name`, of which `value` tells what takes effect.
  init(
    _ name: String, _ kind: KnownOption.Kind = .value, secrecy: Secrecy = .open,
    value: @escaping @Sendable (PerfCommand) -> JSON?
  ) {
    known = KnownOption(name, kind)
    self.secrecy = secrecy
    self.value = value
  }

  /// A switch.
  static func flag(_ name: String, _ isOn: @escaping @Sendable (PerfCommand) -> Bool) -> PerfOption {
    PerfOption(name, .flag) { .bool(isOn($0)) }
  }

  /// An option that takes several values; one by one where it is `repeated`.
  static func list(
    _ name: String, repeated: Bool = false, secrecy: Secrecy = .open,
    _ values: @escaping @Sendable (PerfCommand) -> [String]
  ) -> PerfOption {
    PerfOption(name, repeated ? .repeated : .list, secrecy: secrecy) { .array(values($0).map { .string($0) }) }
  }

  /// Every option that may stand in a file, in the order of the help.
  static let all =
    ServiceOptions.declared + PromptOptions.declared + LoadOptions.declared + TokenOptions.declared
    + PluginOptions.declared + OutputOptions.declared + CheckOptions.declared + ExportOptions.declared

  private static let secrecies = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.secrecy) })

  /// The secrecy of what follows `argument`, such as `--api-key`; that of an option of another command, or of none, is open.
  static func secrecy(of argument: String) -> Secrecy {
    argument.hasPrefix("--") ? secrecies[String(argument.dropFirst(2))] ?? .open : .open
  }

  /// The value that takes effect as results keep it, secrets masked.
  func masked(_ command: PerfCommand) -> JSON? {
    guard secrecy != .whole, let value = value(command) else { return nil }
    switch (secrecy, value) {
    case (.address, .string(let text)): return .string(Secrets.maskedAddress(text))
    case (.header, .array(let items)):
      return .array(items.map { .string(Secrets.maskedHeader($0.stringValue ?? "")) })
    default: return value
    }
  }
}
