package import LLMPerf

extension SimulatorConfiguration {
  /// Reads an address such as `sim:` or `sim:?ttft=200ms&itl=uniform:10ms,20ms&null`, whose query takes the options of
  /// the command line but for those about listening. Values may be percent-encoded.
  ///
  /// - Throws: `UsageError` for another scheme, an unknown option or a value that is not accepted.
  package init(address text: String) throws(UsageError) {
    self.init()
    for (option, value) in try SimulatorConfiguration.settings(ofAddress: text) { try option.set(&self, value) }
  }

  /// The command-line arguments that start the simulator of a `sim:` address in a process of its own. All of them have
  /// been checked.
  ///
  /// - Throws: as `init(address:)`.
  package static func arguments(forAddress text: String) throws(UsageError) -> [String] {
    var checked = SimulatorConfiguration()
    var arguments: [String] = []
    for (option, value) in try settings(ofAddress: text) {
      try option.set(&checked, value)
      arguments.append("--\(option.name)")
      if option.placeholder != nil { arguments.append(value) }
    }
    return arguments
  }

  private static func settings(ofAddress text: String) throws(UsageError) -> [(SimulatorOption, String)] {
    guard text.hasPrefix("sim:") else {
      throw UsageError("'\(text)' is no address of the simulator; 'sim:' is, or 'sim:?ttft=200ms&itl=20ms'.")
    }
    let rest = text.dropFirst(4).drop { $0 == "/" }
    guard rest.isEmpty || rest.first == "?" else {
      throw UsageError("'\(text)' has more than a query behind 'sim:'; write 'sim:?ttft=200ms&itl=20ms'.")
    }
    let known = options.filter { !$0.isForProcess }
    var settings: [(SimulatorOption, String)] = []
    for item in rest.dropFirst().split(separator: "&") {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let option = try option(decoded(parts[0]), among: known)
      let value = parts.count > 1 ? try decoded(parts[1]) : ""
      if option.placeholder == nil {
        guard ["", "1", "true", "0", "false"].contains(value) else {
          throw UsageError("'\(item)' in '\(text)' is not understood; '\(option.name)' takes no value.")
        }
        if ["0", "false"].contains(value) { continue }
        settings.append((option, ""))
      } else {
        guard !value.isEmpty else { throw UsageError("'\(option.name)' in '\(text)' has no value.") }
        settings.append((option, value))
      }
    }
    return settings
  }

  private static func decoded(_ text: Substring) throws(UsageError) -> String {
    guard let decoded = PercentEncoding.decodeStrictly(text) else {
      throw UsageError("'\(text)' has a '%' without two hexadecimal digits behind it.")
    }
    return decoded
  }
}
