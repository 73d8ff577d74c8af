import LLMPerf
import Testing

struct CompareTests {
  /// Two runs of 60 requests, the second of which took three times as long.
  private static func makeTool() throws -> Tool {
    let tool = try Tool()
    for (name, factor) in [("old", 1.0), ("new", 3.0)] {
      // Latencies in no order, so that each is independent of the one before.
      try tool.save(name, (0..<60).map { (Double($0), factor * (0.1 + Double($0 * 37 % 60) / 1000)) })
    }
    return tool
  }

  @Test
  func `the first run is the baseline, and what differs is said`() throws {
    let tool = try Self.makeTool()
    let report = try JSON(tool.run("compare", "old.db", "new.db", "--format", "json").output)
    #expect(report["runs"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["old", "new"])
    #expect(report["different"]?.boolValue == true)
    let difference = report["metrics"]?["latency"]?["differences"]?[0]
    #expect(difference?["different"]?.boolValue == true)
    let shift = try #require(difference?["shift"]?.doubleValue)
    // Between twice the shortest latency and twice the longest.
    #expect(0.2 < shift && shift < 0.32)
    let same = try tool.run("compare", "old.db", "old.db")
    #expect(same.status == 0 && same.output.contains("No difference was found."))
  }

  @Test
  func `every form goes to the file that is named`() throws {
    let tool = try Self.makeTool()
    for (form, beginning) in [("text", ""), ("json", "{"), ("html", "<!doctype html>")] {
      let shown = try tool.run("compare", "old.db", "new.db", "--format", form)
      let written = try tool.run("compare", "old.db", "new.db", "--format", form, "-o", "out." + form)
      #expect(shown.status == 0 && written.status == 0 && written.output == "")
      #expect(shown.output.hasPrefix(beginning))
      #expect(try tool.read("out." + form) == shown.output)
    }
  }

  @Test(arguments: [
    (["old.db"], "compare needs two runs or more"), (["old.db", "none.db"], "none.db does not exist"),
    (["old.db", "new.db", "--level", "1"], "--level 1.0: give a probability between 0 and 1"),
  ])
  func `a mistake is a usage error`(arguments: [String], message: String) throws {
    let result = try Self.makeTool().run(["compare"] + arguments)
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("llmuses: \(message)"), "\(result.errors)")
  }
}
