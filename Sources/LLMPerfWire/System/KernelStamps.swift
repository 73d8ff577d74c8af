internal import CLLMPerfWire
import Glibc

/// Keeps the kernel's receive stamps switched on.
///
/// The kernel stamps packets only while some socket asks for it, and takes some milliseconds to begin: without a socket
/// that asks from the start, the first responses of a run would come without stamps.
package final class KernelStamps: Sendable {
  private let descriptor = lw_tcp_socket(AF_INET, true)

  package init() {}

  deinit {
    if descriptor >= 0 { lw_close(descriptor) }
  }
}
