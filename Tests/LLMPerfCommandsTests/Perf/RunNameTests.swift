import Testing

@testable import LLMPerfCommands

struct RunNameTests {
  @Test(arguments: [
    ("night", "night.db", "."), ("runs/night", "runs/night.db", "runs/"), ("/a/b.db", "/a/b.db", "/a/"),
    ("old.sqlite", "old.sqlite", "."), ("old.SQLite3", "old.SQLite3", "."), ("v1.5", "v1.5.db", "."),
  ])
  func `a given name is the database's path`(name: String, path: String, directory: String) {
    let run = RunName(name, model: "m")
    #expect(run.name == name)
    #expect(run.databasePath == path)
    #expect(run.directory == directory)
  }

  @Test(arguments: [
    ("/data/" + String(repeating: "checkpoints-of-an-experiment/", count: 8), "_data_checkpoints-of-an-experiment_"),
    (String(repeating: "模型", count: 100), "模型模型"), (String(repeating: "👩‍👩‍👧", count: 40), "👩‍👩‍👧"), ("-rf", "_rf_20"),
    ("..", "_._20"), (".hidden", "_hidden_20"), ("a\u{7}b\nc\u{0}d\u{1B}[31m", "a_b_c_d_[31m_20"), ("", "_20"),
  ])
  func `a model's name of any length and characters makes a file's name`(model: String, beginning: String) {
    let run = RunName(nil, model: model)
    #expect(run.databasePath.hasPrefix(beginning), "\(run.databasePath)")
    #expect(run.databasePath.utf8.count + "-journal".utf8.count <= 143)
    #expect(run.databasePath.hasSuffix(".db") && !run.databasePath.contains("/"))
    #expect(!run.databasePath.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{FFFD}" })
    #expect(run.name.hasPrefix(model))
  }

  @Test
  func `without one, model and time make a file in this folder`() throws {
    let run = RunName(nil, model: "org/model", now: 1_795_490_000.25)
    #expect(run.name.wholeMatch(of: /org\/model_2026_11_2[34]_\d\d_\d\d_20_250000/) != nil, "\(run.name)")
    #expect(run.databasePath == run.name.split(separator: "/").joined(separator: "_") + ".db")
    #expect(run.directory == ".")
  }
}
