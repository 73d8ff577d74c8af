public import LLMPerf

/// Proves that a data set does what the tool relies on.
///
/// ```swift
/// @Test func `reads Acme's questions`() throws {
///   try DatasetPluginConformance(AcmeQuestions(DatasetOptions(path: path))).check(count: 3)
/// }
/// ```
public struct DatasetPluginConformance: Sendable {
  private let plugin: any DatasetPlugin

  /// A suite for `plugin`.
  public init(_ plugin: any DatasetPlugin) {
    self.plugin = plugin
  }

  /// Checks that passes can be repeated, do not disturb each other, and stay at their end.
  ///
  /// - Parameter count: How many prompts one pass must bring; nil for any number above none.
  /// - Throws: `ConformanceFailure` with everything that was found, or what the plugin throws.
  public func check(count: Int? = nil) throws {
    var findings = Findings()
    let first = try pass()
    if let count, first.count != count { findings.note("a pass brings \(first.count) prompts, expected \(count)") }
    if first.isEmpty, count != 0 { findings.note("a pass brings no prompt") }
    if try pass() != first { findings.note("the second pass brings other prompts than the first") }
    try checkInterleaved(first, &findings)
    for (position, prompt) in first.enumerated() {
      if !Self.isUTF8(prompt.bytes) { findings.note("prompt \(position + 1) is not UTF-8") }
      if case .json(let json) = prompt.content, (try? JSON(parsing: json)) == nil {
        findings.note("prompt \(position + 1) is not the JSON that it claims to be")
      }
    }
    try findings.report()
  }

  /// Checks that malformed data ends a pass with a `UsageError` that names its line.
  ///
  /// - Throws: `ConformanceFailure` when it does not.
  public func checkError(atLine line: Int) throws {
    do {
      let count = try pass().count
      throw ConformanceFailure(findings: ["a pass over malformed data brings \(count) prompts and no error"])
    } catch let error as UsageError {
      let numbers = error.message.split { !$0.isNumber }
      guard numbers.contains("\(line)") else {
        throw ConformanceFailure(findings: ["the error does not name line \(line): \(error.message)"])
      }
    } catch let failure as ConformanceFailure {
      throw failure
    } catch {
      throw ConformanceFailure(findings: ["the error is no UsageError: \(error)"])
    }
  }

  private func pass() throws -> [Prompt] {
    var prompts: [Prompt] = []
    var reader = try plugin.makeReader()
    while let prompt = try reader.next() { prompts.append(prompt) }
    return prompts
  }

  /// Two passes at a time: the tool opens the next one while prompts of the last are still on their way.
  private func checkInterleaved(_ expected: [Prompt], _ findings: inout Findings) throws {
    var left = try plugin.makeReader()
    var right = try plugin.makeReader()
    for prompt in expected {
      if try left.next() != prompt || right.next() != prompt {
        findings.note("two passes at the same time disturb each other")
        return
      }
    }
    for _ in 0..<2 where try left.next() != nil { findings.note("a pass goes on after its end") }
  }

  private static func isUTF8(_ bytes: [UInt8]) -> Bool {
    String(validating: bytes, as: UTF8.self) != nil
  }
}
