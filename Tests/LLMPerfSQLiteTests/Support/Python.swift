import Foundation

/// The system's Python, the reference reader of what the original tool's users read with it.
struct Python {
  /// What a command printed and how it ended.
  struct Result {
    var output: String
    var errors: String
    var status: Int32
  }

  /// Runs `python3` with `arguments`, `input` on its standard input.
  static func run(_ arguments: [String], input: String = "") throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    let (input_, output, errors) = (Pipe(), Pipe(), Pipe())
    process.standardInput = input_
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // What the tests send fits into a pipe.
    try input_.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try input_.fileHandleForWriting.close()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    let words = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Result(
      output: String(decoding: text, as: UTF8.self), errors: String(decoding: words, as: UTF8.self),
      status: process.terminationStatus)
  }
}

/// A folder for one test, gone with this value.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "llmuses-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  func path(_ name: String) -> String { url.appending(path: name).path }
}
