import Testing

@testable import LLMPerfTokenizers

struct OracleFixtureTests {
  @Test
  func `every feature of a tokenizer file gives the reference's ids`() throws {
    let features = try Fixture.features()
    #expect(features.count == 105)
    for feature in features {
      let tokenizer = try Tokenizer(json: feature.json)
      for line in feature.lines {
        let ids = try tokenizer.encode(line.text, addSpecialTokens: false)
        #expect(ids == line.ids, "\(feature.name): \(line.text.debugDescription)")
        let wanted = line.idsWithSpecialTokens ?? line.ids
        #expect(try tokenizer.encode(line.text) == wanted, "\(feature.name): \(line.text.debugDescription)")
      }
    }
  }

  @Test(
    arguments: [
      "qwen-files", "small.tiktoken", "tekken.json", "bpe.model", "unigram.model", "user-defined.model", "bert",
    ])
  func `every format gives the reference's ids`(name: String) throws {
    let tokenizer = try Tokenizer(path: Fixture.path(name))
    for line in try Fixture.oracle(name + ".jsonl") {
      #expect(try tokenizer.encode(line.text, addSpecialTokens: false) == line.ids, "\(line.text.debugDescription)")
      #expect(try tokenizer.count(line.text, addSpecialTokens: false) == line.ids.count)
    }
  }

  @Test
  func `a folder with vocab txt puts its special tokens around the text`() throws {
    let tokenizer = try Tokenizer(path: Fixture.path("bert"))
    #expect(tokenizer.specialTokens.prefix.map { tokenizer.piece(of: $0) } == ["[CLS]"])
    #expect(tokenizer.specialTokens.suffix.map { tokenizer.piece(of: $0) } == ["[SEP]"])
    #expect(try tokenizer.count("the fox") == 4)
  }

  @Test
  func `the summary names the files and the model`() throws {
    let summary = try Tokenizer(path: Fixture.path("qwen-files")).summary
    #expect(summary.files == ["vocab.json", "merges.txt", "tokenizer_config.json"])
    #expect(summary.model == "byte-level BPE")
    #expect(summary.splitting == ["cl100k"])
  }

  @Test
  func `one tokenizer serves many threads`() async throws {
    let tokenizer = try Tokenizer(path: Fixture.path("qwen-files"))
    let lines = try Fixture.oracle("qwen-files.jsonl").map { ($0.text, $0.ids) }
    try await withThrowingTaskGroup { group in
      for _ in 0..<16 {
        group.addTask {
          for (text, ids) in lines + lines.reversed() {
            let encoded = try tokenizer.encode(text, addSpecialTokens: false)
            #expect(encoded == ids)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
