internal import CLLMPerfWire

/// How long the thread that makes this has waited for a processor so far, as the kernel's scheduler counts it.
final class RunDelay {
  private let descriptor = lw_open_run_delay()

  deinit {
    if descriptor >= 0 { lw_close(descriptor) }
  }

  /// Whether the system tells it.
  var isKnown: Bool { descriptor >= 0 }

  /// The wait so far in nanoseconds; nil when it cannot be read.
  var now: Int64? {
    let delay = lw_run_delay(descriptor)
    return delay >= 0 ? delay : nil
  }
}
