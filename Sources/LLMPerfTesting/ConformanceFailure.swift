/// What a plugin does that the tool cannot work with: one line for each finding.
public struct ConformanceFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// The findings, in the order they were made.
  public var findings: [String]

  public var description: String { findings.joined(separator: "\n") }
}

/// Findings of one check. A sample that fails in many ways is named a few times, not thousands.
struct Findings {
  private var all: [String] = []

  /// Notes `finding`, unless there are many already.
  mutating func note(_ finding: String) {
    if all.count < 20, !all.contains(finding) { all.append(finding) }
  }

  /// Throws what was found, if anything was.
  func report() throws {
    if !all.isEmpty { throw ConformanceFailure(findings: all) }
  }
}
