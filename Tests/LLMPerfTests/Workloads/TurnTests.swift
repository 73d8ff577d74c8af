import LLMPerf
import LLMPerfTestSupport
import Testing

struct TurnTests {
  private let api: OpenAIAPI

  init() throws {
    api = try OpenAIAPI(APIOptions(model: "m"))
  }

  @Test
  func `a prompt becomes the request that it always became`() throws {
    let prompt = Prompt("hi")
    #expect(try api.makeRequests(asking: [Turn(prompt)]) == api.makeRequests(for: [prompt]))
  }

  @Test
  func `a body is sent as it is, with the protocol's head`() throws {
    let body = Array(#"{"model":"other","messages":[]}"#.utf8)
    let requests = try api.makeRequests(asking: [Turn(Prompt("a")), Turn(.body(body)), Turn(Prompt("b"))])
    let usual = try api.makeRequests(for: [Prompt("a"), Prompt("b")])
    #expect(requests.map(\.body) == [usual[0].body, body, usual[1].body])
    #expect(requests[1].headers == usual[0].headers)
    #expect(requests[1].path == usual[0].path)
  }

  @Test
  func `what the protocol does not write into its requests is refused`() {
    var turn = Turn(Prompt("a"))
    turn.outputTokens = 5
    #expect(throws: UsageError.self) { try api.makeRequests(asking: [turn]) }
    turn = Turn(Prompt("a"))
    turn.model = "other"
    #expect(throws: UsageError.self) { try api.makeRequests(asking: [turn]) }
  }

  private struct Talks: Workload {
    var turns: Int
    func makeSessions() -> any SessionReader { Conversations(left: 100, turns: turns) }
  }

  @Test(arguments: [(0, 2, 0), (1, 2, 1), (4, 2, 2), (5, 2, 3), (3, 1, 3), (1000, 7, 100)])
  func `no session begins once the begun ones promise what is wanted`(requests: Int, turns: Int, begun: Int) throws {
    var sessions = try LimitedWorkload(Talks(turns: turns), requests: requests).makeSessions()
    var count = 0
    while try sessions.next() != nil { count += 1 }
    #expect(count == begun)
  }

  @Test
  func `a tool's workloads are called as its data sets are`() throws {
    let plugins = Plugins.builtIn.adding(workload: "talks") { _ in Talks(turns: 3) }
    #expect(plugins.datasetNames == ["line_by_line", "openqa", "longalpaca", "talks"])
    #expect(try plugins.makeWorkload("talks", DatasetOptions()) is Talks)
    #expect(try plugins.makeWorkload("openqa", DatasetOptions()) == nil)
    #expect(throws: UsageError("--dataset no is not known; use one of line_by_line, openqa, longalpaca, talks")) {
      try plugins.makeDataset("no", DatasetOptions())
    }
  }

  @Test
  func `a prompt of a data set is a session of one turn`() throws {
    var sessions = PromptWorkload(repeating: Prompt("hi"), number: 2).makeSessions()
    var count = 0
    while var session = try sessions.next() {
      count += 1
      let turn = try #require(try session.next(after: nil))
      #expect(turn.content == .prompt(Prompt("hi")))
      #expect(turn.isLast && turn.thinkTime == .zero)
      #expect(try session.next(after: Reply(text: [])) == nil)
      #expect(session.turnsLeft == 0)
    }
    #expect(count == 2)
  }
}
