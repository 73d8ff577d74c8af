import Glibc
import Synchronization

/// A file without a name for what memory has no room for. It disappears with this object, or with the process. Several
/// threads may use it at once.
final class SpillFile: Sendable {
  private let descriptor: Int32
  private let end = Atomic(0)
  /// Values that are read at once, so that a large part is not in memory twice.
  private static let readSize = 1 << 20

  /// A file in `directory`; nil when none can be made there.
  init?(directory: String) {
    var path = Array("\(directory)/llmuses-XXXXXX".utf8CString)
    descriptor = mkstemp(&path)
    guard descriptor >= 0 else { return nil }
    // Without its name, the file goes when the last descriptor does, even after a kill.
    unlink(path)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  /// Bytes written so far.
  var length: Int { end.load(ordering: .relaxed) }

  /// Writes `values` behind what was written before.
  ///
  /// - Returns: where they begin; nil when the disk did not take them all.
  func append<Value: BitwiseCopyable>(_ values: [Value]) -> Int? {
    let size = values.count * MemoryLayout<Value>.stride
    let start = end.add(size, ordering: .relaxed).oldValue
    let isWhole = values.withUnsafeBytes { bytes in
      transfer(size) { pwrite(descriptor, bytes.baseAddress?.advanced(by: $0), size - $0, start + $0) }
    }
    return isWhole ? start : nil
  }

  /// Appends the `count` values that begin at byte `start` to `output`.
  ///
  /// - Throws: `SpillFailure` when they cannot be read.
  func read<Value: BitwiseCopyable>(_ count: Int, at start: Int, into output: inout [Value]) throws {
    var done = 0
    while done < count {
      let part = min(count - done, Self.readSize)
      let place = start + done * MemoryLayout<Value>.stride
      var isWhole = false
      let values = [Value](unsafeUninitializedCapacity: part) { buffer, filled in
        let bytes = UnsafeMutableRawBufferPointer(buffer)
        isWhole = transfer(bytes.count) {
          pread(descriptor, bytes.baseAddress?.advanced(by: $0), bytes.count - $0, place + $0)
        }
        filled = isWhole ? part : 0
      }
      guard isWhole else { throw SpillFailure(reason: String(cString: strerror(errno))) }
      output += values
      done += part
    }
  }

  /// Calls `step` with the bytes done so far until `count` are done; false when one call does nothing.
  private func transfer(_ count: Int, _ step: (Int) -> Int) -> Bool {
    var done = 0
    while done < count {
      let now = step(done)
      if now < 0, errno == EINTR { continue }
      guard now > 0 else { return false }
      done += now
    }
    return true
  }
}

/// What was put into a temporary file could not be read back.
struct SpillFailure: Error, CustomStringConvertible {
  let reason: String

  var description: String { "a temporary file of the run cannot be read: \(reason)" }
}
