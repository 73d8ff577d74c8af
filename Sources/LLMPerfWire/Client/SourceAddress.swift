internal import CLLMPerfWire
import Glibc
import LLMPerf

/// A local address to connect from, as an option gives it.
package struct SourceAddress: Sendable, Hashable {
  /// The numeric address.
  package let text: String
  /// `AF_INET` or `AF_INET6`: it only reaches addresses of its own family.
  let family: Int32

  /// An address of this machine; tries whether it is one.
  ///
  /// - Throws: `UsageError` when it is no numeric address, or not this machine's.
  package init(parsing text: String) throws {
    self.text = text
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      family = AF_INET
    } else if inet_pton(AF_INET6, text, &six) == 1 {
      family = AF_INET6
    } else {
      throw UsageError(
        "--source-addresses \(text): give numeric addresses of this machine with blanks between them, such as 127.0.0.2 127.0.0.3"
      )
    }
    let descriptor = lw_tcp_socket(family, false)
    let result = descriptor < 0 ? descriptor : bind(descriptor)
    if descriptor >= 0 { close(descriptor) }
    guard result == 0 else {
      throw UsageError(
        "--source-addresses \(text): \(String(cString: strerror(-result))); give addresses of this machine, 'ip address' lists them"
      )
    }
  }

  /// Makes a socket of the same family connect from here.
  ///
  /// - Returns: 0, or the negative error number.
  func bind(_ descriptor: Int32) -> Int32 { lw_bind_source(descriptor, text, family) }
}
