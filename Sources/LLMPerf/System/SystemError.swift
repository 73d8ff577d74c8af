import Glibc

/// A system call that failed.
package struct SystemError: Error, CustomStringConvertible {
  /// The `errno`.
  package let code: Int32
  /// The call.
  package let call: String

  package init(_ code: Int32, _ call: String) {
    self.code = code
    self.call = call
  }

  package var description: String { "\(call): \(String(cString: strerror(code)))" }
}
