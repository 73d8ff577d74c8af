package import LLMPerf

/// One setting of the simulator, as the command line (`--name VALUE`) and the query of a `sim:` address (`name=VALUE`)
/// both know it.
package struct SimulatorOption: Sendable {
  /// The name, without dashes in front.
  package let name: String
  /// What stands for the value in the help; nil for a flag, which takes none.
  package let placeholder: String?
  /// One sentence for the help.
  package let help: String
  /// The default as the user would write it; nil when there is none.
  package let defaultText: String?
  /// The heading of the help under which it stands.
  package let group: Group
  /// Sets the value; a flag gets an empty text.
  package let set: @Sendable (inout SimulatorConfiguration, String) throws(UsageError) -> Void

  /// The headings of the help, in order.
  package enum Group: String, Sendable, CaseIterable {
    case listening = "Listening"
    case speed = "Speed"
    case answers = "Answers"
    case failures = "Failures"
    case records = "Records"
  }

  init(
    _ group: Group, _ name: String, _ placeholder: String?, default defaultText: String? = nil, _ help: String,
    set: @escaping @Sendable (inout SimulatorConfiguration, String) throws(UsageError) -> Void
  ) {
    self.group = group
    self.name = name
    self.placeholder = placeholder
    self.defaultText = defaultText
    self.help = help
    self.set = set
  }

  /// Whether the option only makes sense for a process of its own, so that a `sim:` address does not take it.
  package var isForProcess: Bool { group == .listening }
}

extension SimulatorConfiguration {
  /// Sets the option called `name`.
  ///
  /// - Throws: `UsageError` for an unknown name, naming the one that may be meant, and for a value that is not accepted.
  package mutating func set(_ name: String, to value: String) throws(UsageError) {
    try SimulatorConfiguration.option(name).set(&self, value)
  }

  static func option(_ name: String, among options: [SimulatorOption] = options) throws(UsageError) -> SimulatorOption {
    if let option = options.first(where: { $0.name == name }) { return option }
    guard !self.options.contains(where: { $0.name == name }) else {
      throw UsageError("the setting \(name) is for 'llmuses simulate'; behind 'sim:' the simulator takes a free port")
    }
    let nearest = NearestName.of(name, in: options.map(\.name))
    throw UsageError(
      "the simulator has no setting \(name); "
        + (nearest.map { "did you mean \($0)?" } ?? "'llmuses simulate --help' lists all"))
  }
}
