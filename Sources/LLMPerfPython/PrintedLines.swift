import Glibc

/// What a plugin prints: passed on line by line with the file's name before each, and its end kept for messages.
public struct PrintedLines: Sendable {
  private let name: String
  private let print: @Sendable (String) -> Void
  private var unfinished: [UInt8] = []
  private(set) var last: [String] = []

  private static let kept = 12
  private static let longestLine = 1 << 16

  init(name: String, print: @escaping @Sendable (String) -> Void) {
    self.name = name
    self.print = print
  }

  mutating func append(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      if byte == UInt8(ascii: "\n") || unfinished.count == Self.longestLine { finishLine() }
      if byte != UInt8(ascii: "\n") { unfinished.append(byte) }
    }
  }

  /// Takes what came without a line end as a line.
  mutating func finish() {
    if !unfinished.isEmpty { finishLine() }
  }

  private mutating func finishLine() {
    let line = String(decoding: unfinished, as: UTF8.self)
    unfinished.removeAll(keepingCapacity: true)
    last = last.suffix(Self.kept - 1) + [line]
    print("\(name): \(line)")
  }

  /// Writes a line to stderr.
  public static let toStandardError: @Sendable (String) -> Void = { line in
    var line = line + "\n"
    line.withUTF8 { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = write(STDERR_FILENO, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno != EINTR { return }
        rest = rest.dropFirst(max(count, 0))
      }
    }
  }
}
