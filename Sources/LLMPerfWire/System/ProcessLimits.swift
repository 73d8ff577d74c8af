internal import CLLMPerfWire

/// Limits and figures of this process.
package enum ProcessLimits {
  /// Raises the limit of open descriptors as far as allowed, and returns it.
  package static func raiseDescriptors() -> Int {
    Int(clamping: lw_raise_descriptor_limit())
  }

  /// Lets the allocator keep up to 16 MiB of freed memory. A run frees bodies as fast as it makes them; handing their
  /// pages back and forth costs a tenth of its CPU time.
  package static func keepFreedMemory() {
    lw_keep_freed_memory()
  }

  /// Processors that the process may run on.
  package static var processors: Int { Int(lw_processor_count()) }

  /// Resident memory in bytes; 0 when it cannot be read.
  package static var residentMemory: Int { Int(lw_resident_memory()) }

  /// CPU time of the process so far, user and system.
  package static var cpuTime: Duration { .nanoseconds(lw_process_cpu_time()) }
}
