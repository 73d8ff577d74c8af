import Glibc
import LLMPerf
import LLMPerfExport

/// Standard output and standard error, written at once and whole.
struct StandardStreams: Sendable {
  static let output = StandardStreams(descriptor: STDOUT_FILENO)
  static let error = StandardStreams(descriptor: STDERR_FILENO)

  private let descriptor: Int32

  /// Writes `text`; a reader that went away is no error of ours.
  func write(_ text: String) {
    write(Array(text.utf8))
  }

  /// Writes `bytes`.
  func write(_ bytes: [UInt8]) {
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + offset }, bytes.count - offset)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      offset += count
    }
  }

  /// Whether a person reads this.
  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// The columns that a report may take here.
  var columns: Int { TerminalSize.of(descriptor)?.columns ?? TextReport.widest }
}
