import Glibc

/// Standard output and standard error, written at once and whole.
enum StandardStreams {
  static let output = StandardOutput()
  static let error = StandardError()
}

/// Standard output: what a command was asked for.
struct StandardOutput: Sendable {
  /// Writes `text`.
  ///
  /// - Throws: as `write(_ bytes:)`.
  func write(_ text: String) throws {
    try write(Array(text.utf8))
  }

  /// Writes `bytes`. A reader that went away has seen what it wanted to see, and is no error of ours.
  ///
  /// - Throws: `RunError` with the system's reason, such as a full disk.
  func write(_ bytes: [UInt8]) throws {
    let code = bytes.write(to: STDOUT_FILENO)
    guard code == 0 || code == EPIPE else {
      throw RunError("standard output cannot be written: \(String(cString: strerror(code)))")
    }
  }
}

/// Standard error: progress and messages, for whoever reads them.
struct StandardError: Sendable {
  /// Writes `text`; nobody is told where that fails.
  func write(_ text: String) {
    _ = Array(text.utf8).write(to: STDERR_FILENO)
  }

  /// Whether a person reads this.
  var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

extension [UInt8] {
  /// Writes all of the bytes to `descriptor`; the system's error code when it does not take them, else 0.
  func write(to descriptor: Int32) -> Int32 {
    var offset = 0
    while offset < count {
      let written = withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + offset }, count - offset)
      }
      if written > 0 {
        offset += written
        continue
      }
      switch written == 0 ? ENOSPC : errno {
      case EINTR: continue
      case EAGAIN:
        // Somebody who shares the pipe has made it one that does not wait.
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&room, 1, -1)
      case let code: return code
      }
    }
    return 0
  }
}
