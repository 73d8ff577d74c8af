import LLMPerf

/// Throws a usage error with `message` unless `condition` holds.
func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
  if !condition { throw UsageError(message()) }
}
