import Glibc

/// A text that can be read any number of times: a file, or what came through a pipe, which can be read once and is kept.
public struct TextSource: Sendable {
  private enum Content: Sendable {
    case file(String)
    case held([UInt8])
  }

  /// How messages call the text, with the option that names it.
  private let name: String
  /// The same without the option: the path, or «standard input».
  public let file: String
  private let encoding: TextEncoding?
  private let content: Content

  /// As much of a file is looked through before anything is sent.
  private static let checkedAhead = 64 << 20
  /// What comes through a pipe is kept in memory, up to this.
  private static let mostHeld = 1 << 30

  /// The text at `path`; "-" is standard input.
  ///
  /// - Parameters:
  ///   - encoding: How it writes characters; nil where it has to be UTF-8.
  ///   - option: The option that names it, for messages.
  /// - Throws: `UsageError` that names the option, the path and what is wrong: it cannot be opened, or is no text in
  ///   this encoding.
  public init(_ path: String, encoding: TextEncoding?, option: String) throws {
    let isStandardInput = path == "-"
    file = isStandardInput ? "standard input" : path
    let name = "\(option) \(file)"
    self.name = name
    self.encoding = encoding
    let descriptor = isStandardInput ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw UsageError("\(name) cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw UsageError("\(name) cannot be read: \(String(cString: strerror(errno)))")
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: throw UsageError("\(name) is a directory; give a file")
    case S_IFREG where !isStandardInput:
      content = .file(path)
      try check()
    default:
      content = .held(try Self.readAll(descriptor, name, encoding))
    }
  }

  /// Looks through the beginning.
  private func check() throws {
    var reader = try makeReader()
    var count = 0
    while count < Self.checkedAhead {
      let block = try reader.nextBlock()
      if block.isEmpty { break }
      count += block.count
    }
  }

  private static func readAll(_ descriptor: Int32, _ name: String, _ encoding: TextEncoding?) throws -> [UInt8] {
    let decoder = try TextDecoder(encoding, name: name)
    var text: [UInt8] = []
    while true {
      let block = try TextReader.read(descriptor, name)
      if block.isEmpty { break }
      try decoder.decode(block, into: &text)
      guard text.count <= mostHeld else {
        throw UsageError(
          "\(name) is a pipe, which can be read once, and what comes of it is kept in memory; it brings more than "
            + "\(mostHeld >> 20) MiB: give a file")
      }
    }
    try decoder.finish(into: &text)
    return text
  }

  /// A reader at the beginning.
  func makeReader() throws -> TextReader {
    switch content {
    case .held(let text): return try TextReader(.memory(text), name: name, encoding: .utf8)
    case .file(let path):
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw UsageError("\(name) cannot be read: \(String(cString: strerror(errno)))")
      }
      return try TextReader(.file(descriptor), name: name, encoding: encoding)
    }
  }

  /// The whole text in UTF-8.
  ///
  /// - Throws: `UsageError` when it cannot be read, or is no text.
  public func readAll() throws -> [UInt8] {
    var reader = try makeReader()
    var text: [UInt8] = []
    while true {
      let block = try reader.nextBlock()
      if block.isEmpty { return text }
      text += block
    }
  }
}
