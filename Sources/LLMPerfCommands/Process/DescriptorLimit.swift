import LLMPerf
import LLMPerfWire

/// The limit of open descriptors, checked before a run needs them.
enum DescriptorLimit {
  /// Descriptors that the tool itself uses beside its connections.
  private static let own = 64

  /// Raises the limit as far as allowed.
  ///
  /// - Throws: `UsageError` when `connections` do not fit.
  static func check(connections: Int) throws {
    let limit = ProcessLimits.raiseDescriptors()
    guard connections > limit - own else { return }
    throw UsageError(
      "\(connections + own) open files are needed, \(connections) of them for connections, and the limit is \(limit): raise "
        + "it with 'ulimit -n \(connections + own)', or send fewer at once (--parallel, --max-in-flight)")
  }
}
