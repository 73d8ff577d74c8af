import LLMPerf

/// The options of a run as results keep them: by long name, secrets left out.
enum ConfigurationList {
  /// The options as they took effect, in the order of the help.
  static func of(_ command: PerfCommand) -> [(name: String, value: JSON)] {
    PerfOption.all.compactMap { option in option.masked(command).map { (option.name, $0) } }
  }

  /// The options as a configuration file that gives them again. Secrets are left out, and named in a comment.
  static func file(of command: PerfCommand) -> String {
    var settings: [(name: String, value: JSON)] = []
    var secrets = PerfOption.all.filter { $0.secrecy == .whole && $0.value(command)?.isUnset == false }.map(\.name)
    for option in PerfOption.all {
      guard let value = option.masked(command), !value.isUnset else { continue }
      let shown = shown(value, option.secrecy)
      if shown != value { secrets.append(option.name) }
      if !shown.isUnset { settings.append((option.name, shown)) }
    }
    let names = secrets.map { "--" + $0 }.joined(separator: ", ")
    return (secrets.isEmpty ? "" : "# Secrets are left out; give them again: \(names)\n") + YAMLText.render(settings)
  }

  /// What a file can give again of a masked value: stars are no value.
  private static func shown(_ value: JSON, _ secrecy: PerfOption.Secrecy) -> JSON {
    switch (secrecy, value) {
    case (.header, .array(let headers)): .array(headers.filter { !Secrets.isMasked($0.stringValue ?? "") })
    case (.address, .string(let text)) where Secrets.isMasked(text): .null
    case (.template, .string(let text)) where !KnownSecrets.secrets(inTemplate: text).isEmpty: .null
    default: value
    }
  }
}
