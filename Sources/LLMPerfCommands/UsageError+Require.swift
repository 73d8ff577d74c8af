import LLMPerf

/// Throws a usage error with `message` unless `condition` holds.
func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
  if !condition { throw UsageError(message()) }
}

/// Throws a usage error unless `value`, where `option` was given, lies in `range`.
func requireWhole(_ value: Int?, _ option: String, _ range: ClosedRange<Int>) throws {
  guard let value, !range.contains(value) else { return }
  throw UsageError("\(option) \(value): give \(range.lowerBound) to \(range.upperBound)")
}

/// Throws a usage error unless `seconds`, where `option` was given, are a time that a run can take.
func requireSeconds(_ seconds: Double?, _ option: String, from least: Double) throws {
  guard let seconds, !(least...LoadOptions.mostSeconds ~= seconds) else { return }
  throw UsageError("\(option) \(seconds): give \(JSON.double(least)) seconds or more, a year's at most")
}
