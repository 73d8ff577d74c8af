/// A configuration file: options under their long names, to be put before those of the command line, which so win.
///
/// ```yaml
/// model: qwen3-8b
/// rate: 20
/// headers:
///   X-Team: search
/// fail-if:
///   - p99(ttft) > 500ms
///   - error_rate > 1%
/// ```
///
/// A key is an option's name, with or without leading dashes; `_` and `-` are the same. A scalar is one value, a list gives
/// several, a map gives `KEY=VALUE` each. `true` sets a flag; `false` and null leave it out, as if the key were not there.
public struct ConfigDocument: Sendable {
  /// The options in the order of the file.
  private let settings: [Setting]

  private struct Setting {
    var option: KnownOption
    var values: [String]
    /// What a flag is set to; nil for other options.
    var isOn: Bool?
  }

  /// Reads a file's tree.
  ///
  /// - Parameters:
  ///   - tree: the file's content, a map; an empty file may be null.
  ///   - options: every option that the command takes.
  ///   - file: the file's name, for messages.
  /// - Throws: `UsageError` that names the key, and the nearest option where the key is not known.
  public init(_ tree: JSON, options: [KnownOption], file: String) throws {
    if tree == .null {
      settings = []
      return
    }
    guard let members = tree.members else {
      throw UsageError("\(file): options by name are expected, one a line, as in «parallel: 8»")
    }
    var settings: [Setting] = []
    for member in members {
      let option = try Self.option(for: member.key, among: options, file: file)
      guard !settings.contains(where: { $0.option.name == option.name }) else {
        throw UsageError("\(file): \(member.key) is given twice; --\(option.name) can stand in the file once")
      }
      let place = "\(file): \(member.key)"
      guard member.value != .null else { continue }
      if option.kind == .flag {
        guard let isOn = member.value.boolValue else {
          throw UsageError("\(place) is \(Self.kind(of: member.value)); it is a switch, so true or false is expected")
        }
        settings.append(Setting(option: option, values: [], isOn: isOn))
      } else {
        settings.append(Setting(option: option, values: try Self.values(member.value, option, place), isOn: nil))
      }
    }
    self.settings = settings
  }

  /// The file's options as arguments, without those that `commandLine` gives: a list there replaces the file's list
  /// rather than adding to it.
  ///
  /// Put these before the command line's own arguments. Values that begin with a dash are joined by `=`, so that they are
  /// not taken for options.
  ///
  /// - Returns: The arguments of each option, with the key that they come from.
  public func arguments(before commandLine: [String] = []) -> [(key: String, arguments: [String])] {
    let given = Set(commandLine.prefix { $0 != "--" }.compactMap(Self.longName))
    return settings.filter { !given.contains($0.option.name) && !given.contains("no-" + $0.option.name) }
      .map { ($0.option.name, Self.arguments(of: $0)) }
  }

  private static func arguments(of setting: Setting) -> [String] {
    let name = "--" + setting.option.name
    switch setting.option.kind {
    case .flag:
      if setting.isOn == true { return [name] }
      return setting.option.hasNegation ? ["--no-" + setting.option.name] : []
    case .value, .repeated: return setting.values.map { "\(name)=\($0)" }
    case .list: return setting.values.isEmpty ? [] : [name] + setting.values
    }
  }

  private static func longName(_ argument: String) -> String? {
    guard argument.hasPrefix("--"), argument.count > 2 else { return nil }
    return String(argument.dropFirst(2).prefix { $0 != "=" })
  }

  private static func option(for key: String, among options: [KnownOption], file: String) throws -> KnownOption {
    let name = normalized(key)
    if let option = options.first(where: { normalized($0.name) == name }) { return option }
    let nearest = NearestName.of(name, in: options.map(\.name))
    throw UsageError(
      "\(file): \(key) is not an option"
        + (nearest.map { "; did you mean \($0)?" } ?? "; keys are the long names of the options, see --help"))
  }

  private static func normalized(_ key: String) -> String {
    String(key.drop { $0 == "-" }.map { $0 == "_" ? "-" : $0 }).lowercased()
  }

  private static func values(_ value: JSON, _ option: KnownOption, _ place: String) throws -> [String] {
    switch value {
    case .array(let elements):
      guard option.kind != .value else {
        throw UsageError("\(place) is a list; --\(option.name) takes one value")
      }
      return try elements.enumerated().map { position, element in
        guard let text = scalar(element) else {
          throw UsageError("\(place), entry \(position + 1), is \(kind(of: element)); a text or a number is expected")
        }
        return try checked(text, option, place)
      }
    case .object(let members):
      guard option.kind != .value else {
        throw UsageError("\(place) is a map; --\(option.name) takes one value")
      }
      return try members.map { member in
        guard let text = scalar(member.value) else {
          throw UsageError("\(place).\(member.key) is \(kind(of: member.value)); a text or a number is expected")
        }
        return try checked("\(member.key)=\(text)", option, place)
      }
    default:
      guard let text = scalar(value) else { throw UsageError("\(place) is \(kind(of: value)); a value is expected") }
      return [try checked(text, option, place)]
    }
  }

  /// A value of a list stands alone among the arguments, where one that begins with dashes would be an option.
  private static func checked(_ text: String, _ option: KnownOption, _ place: String) throws -> String {
    guard option.kind == .list, text.hasPrefix("-") else { return text }
    throw UsageError("\(place): «\(text)» begins with a dash, which the values of --\(option.name) cannot")
  }

  private static func scalar(_ value: JSON) -> String? {
    switch value {
    case .string(let text), .number(let text): text
    case .bool(let isTrue): isTrue ? "true" : "false"
    default: nil
    }
  }

  private static func kind(of value: JSON) -> String {
    switch value {
    case .null: "empty"
    case .bool(let isTrue): isTrue ? "true" : "false"
    case .number(let text): "the number \(text)"
    case .string(let text): "the text «\(text)»"
    case .array: "a list"
    case .object: "a map"
    }
  }
}
