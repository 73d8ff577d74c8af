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

  @Test
  func `without one, model and time make a file in this folder`() throws {
    let run = RunName(nil, model: "org/model", now: 1_795_490_000.25)
    #expect(run.name.wholeMatch(of: /org\/model_2026_11_2[34]_\d\d_\d\d_20_250000/) != nil, "\(run.name)")
    #expect(run.databasePath == run.name.split(separator: "/").joined(separator: "_") + ".db")
    #expect(run.directory == ".")
  }
}
