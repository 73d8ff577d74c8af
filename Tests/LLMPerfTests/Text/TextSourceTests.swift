import Foundation
import LLMPerf
import Testing

struct TextSourceTests {
  private static func prompts(_ options: DatasetOptions, dataset: String = "line_by_line", passes: Int = 1) throws
    -> [String]
  {
    let plugin = try Plugins.builtIn.makeDataset(dataset, options)
    var prompts: [String] = []
    for _ in 0..<passes {
      var reader = try plugin.makeReader()
      while let prompt = try reader.next() { prompts.append(prompt.text) }
    }
    return prompts
  }

  @Test
  func `every data set reads the encoding that is named`() throws {
    let (before, after) = (Array("[{\"instruction\": \"".utf8), Array("\"}]".utf8))
    let files: [(TextEncoding, [UInt8])] = [
      (.utf8, before + [0xE4, 0xBD, 0xA0] + after), (.gbk, before + [0xC4, 0xE3] + after),
      (.gb18030, before + [0xC4, 0xE3] + after),
      (.utf16LittleEndian, before.flatMap { [$0, 0] } + [0x60, 0x4F] + after.flatMap { [$0, 0] }),
      (.utf16BigEndian, before.flatMap { [0, $0] } + [0x4F, 0x60] + after.flatMap { [0, $0] }),
    ]
    for (encoding, bytes) in files {
      let file = try TemporaryFile(bytes)
      #expect(try Self.prompts(DatasetOptions(path: file.path, encoding: encoding), dataset: "longalpaca") == ["你"])
    }
    let lines = try TemporaryFile([0x4F, 0xF9, 0x0D, 0xE9])
    #expect(try Self.prompts(DatasetOptions(path: lines.path, encoding: .latin1)) == ["Où", "é"])
  }

  @Test(arguments: ["line_by_line", "openqa", "longalpaca"])
  func `what is no text is refused when the data set is made`(dataset: String) throws {
    // Behind what is read ahead of the run.
    let file = try TemporaryFile(Array(repeating: 0x0A, count: 3 << 20) + [0xC4, 0xE3])
    let error = try #require(throws: UsageError.self) {
      try Plugins.builtIn.makeDataset(dataset, DatasetOptions(path: file.path))
    }
    #expect(error.message.contains("byte 0xC4 at offset 3145728, in line 3145729"), "\(error.message)")
  }

  @Test
  func `a pipe is read once and gives as many passes as are wanted`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "llmuses-pipe-\(UUID().uuidString)").path
    try #require(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    let writer = Thread {
      let file = open(path, O_WRONLY)
      for piece in ["o", "ne\nt", "w\u{F6}\n"] {
        _ = Array(piece.utf8).withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      }
      close(file)
    }
    writer.start()
    #expect(
      try Self.prompts(DatasetOptions(path: path), passes: 3) == [
        "one", "tw\u{F6}", "one", "tw\u{F6}", "one", "tw\u{F6}",
      ])
  }
}
