import Testing

@testable import LLMPerf

struct ServiceLevelObjectiveTests {
  @Test(arguments: [
    ("ttft<=200ms", "ttft<=200ms"), ("latency < 2s", "latency<=2000ms"), ("tpot:0.05s", "tpot<=50ms"),
    ("E2EL<=1.5s", "latency<=1500ms"), ("max_stall<=1m", "max-stall<=60000ms"), ("itl<=80us", "itl<=0.08ms"),
  ])
  func `reads what a user writes`(text: String, canonical: String) throws {
    #expect(try ServiceLevelObjective(parsing: text).description == canonical)
  }

  @Test(arguments: [
    ("ttft", "has no limit"), ("speed<=1s", "'speed' is not known"), ("ttft<=fast", "not a positive time"),
    ("ttft<=-5ms", "not a positive time"), ("ttft<=", "not a positive time"), ("ttft<=nan", "not a positive time"),
    ("ttft:500", "has no unit"), ("ttft<=0.5", "has no unit"),
  ])
  func `says what is wrong`(text: String, complaint: String) throws {
    let error = #expect(throws: UsageError.self) { try ServiceLevelObjective(parsing: text) }
    #expect(try #require(error).message.contains(complaint))
  }
}
