import Foundation
import Testing

@testable import LLMPerfTokenizers

struct LoadingTests {
  private static func json(_ parts: String) -> [UInt8] {
    Array(#"{"model":{"type":"WordLevel","vocab":{"a":0,"<unk>":1},"unk_token":"<unk>"}\#(parts)}"#.utf8)
  }

  @Test(arguments: [
    (#","normalizer":{"type":"Shout"}"#, "Shout"), (#","pre_tokenizer":{"type":"Cleaver"}"#, "Cleaver"),
    (#","post_processor":{"type":"Wrap"}"#, "Wrap"),
    (#","pre_tokenizer":{"type":"Split","pattern":{"String":"a"},"behavior":"Eaten"}"#, "Eaten"),
    (#","pre_tokenizer":{"type":"Metaspace","prepend_scheme":"last"}"#, "last"),
    (#","normalizer":{"type":"Replace","pattern":{"Regex":"\\p{Elvish}"},"content":""}"#, "Elvish"),
  ])
  func `an unknown feature is an error that names it`(parts: String, name: String) throws {
    let error = try #require(throws: TokenizerError.self) { try Tokenizer(json: Self.json(parts)) }
    #expect(error.code == .unsupported)
    #expect(error.message.contains(name))
  }

  @Test
  func `an unknown model type and dropout are errors`() throws {
    let model = try #require(throws: TokenizerError.self) {
      try Tokenizer(json: Array(#"{"model":{"type":"Oracle","vocab":{}}}"#.utf8))
    }
    #expect(model.message.contains("Oracle"))
    let dropout = try #require(throws: TokenizerError.self) {
      try Tokenizer(json: Array(#"{"model":{"type":"BPE","vocab":{"a":0},"merges":[],"dropout":0.1}}"#.utf8))
    }
    #expect(dropout.message.contains("dropout"))
  }

  @Test
  func `a folder without a tokenizer is an error that names the files`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let error = try #require(throws: TokenizerError.self) { try Tokenizer(path: folder.path) }
    #expect(error.code == .unreadable)
    #expect(error.message.contains("tokenizer.json"))
    #expect(throws: TokenizerError.self) { try Tokenizer(path: folder.path + "/missing") }
  }

  @Test
  func `the class of the configuration decides about the first token`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(Self.json("")).write(to: folder.appending(path: "tokenizer.json"))
    let configuration = #"{"tokenizer_class":"LlamaTokenizerFast","bos_token":{"content":"<s>"},"eos_token":"</s>"}"#
    try Data(configuration.utf8).write(to: folder.appending(path: "tokenizer_config.json"))
    let tokenizer = try Tokenizer(path: folder.path)
    #expect(try tokenizer.encode("a") == [2, 0])
    #expect(try tokenizer.encode("</s>", addSpecialTokens: false) == [3])
    let plain = try Tokenizer(path: folder.path, options: .init(specialTokens: .file))
    #expect(try plain.encode("a") == [0])
    #expect(try Tokenizer(path: folder.path + "/tokenizer.json").encode("a") == [2, 0])
  }

  @Test
  func `bytes that are no text count as replacement characters`() throws {
    let tokenizer = try Tokenizer(path: Fixture.path("small.tiktoken"))
    let encoder = tokenizer.makeEncoder()
    let bytes: [UInt8] = [0x61, 0xFF, 0x62]
    let ids = try bytes.withUnsafeBufferPointer { try encoder.encode(utf8: $0) }
    let repaired = try tokenizer.encode("a\u{FFFD}b")
    #expect(ids == repaired)
    #expect(try tokenizer.count(utf8: bytes) == ids.count)
    #expect(try encoder.count(utf8: bytes.span) == ids.count)
    #expect(try encoder.encode(utf8: bytes.span) == ids)
    #expect(try tokenizer.encode(utf8: bytes.span) == ids)
  }

  @Test
  func `pieces spell the text`() throws {
    let tokenizer = try Tokenizer(path: Fixture.path("qwen-files"))
    let text = "The quick brown 今天 <|im_end|> fox"
    let spelled = try tokenizer.encode(text).flatMap { tokenizer.bytes(of: $0) ?? [] }
    #expect(spelled == Array(text.utf8))
    #expect(tokenizer.piece(of: UInt32(tokenizer.idEnd)) == nil)
  }
}
