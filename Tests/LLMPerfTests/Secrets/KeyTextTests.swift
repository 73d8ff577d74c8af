import Testing

@testable import LLMPerf

struct KeyTextTests {
  @Test(arguments: [
    ("sk-abc\n", "ends with a line break"), ("sk-abc\r\n", "holds a line break"),
    ("sk\nX-Evil: 1", "holds a line break"),
    (" sk-abc", "holds a blank"), ("sk-abc ", "ends with a blank"), ("sk\tabc", "holds a tab"), ("", "is empty"),
    ("sk\u{0}abc", "holds a control character"), ("sk\u{7F}", "ends with a control character"),
    ("sk\u{9B}abc", "holds a control character"), ("sk-\u{2019}abc", "not ASCII"), ("sk-abc\u{A0}", "not ASCII"),
    ("\u{FEFF}sk-abc", "not ASCII"), ("sk\u{2028}abc", "not ASCII"),
  ])
  func `a key that could not be sent as it is is refused without being quoted`(key: String, words: String) {
    let error = #expect(throws: UsageError.self) { try KeyText.check(key, from: "SOME_KEY") }
    #expect(error?.message.hasPrefix("SOME_KEY ") == true && error?.message.contains(words) == true)
    #expect(error?.message.contains("sk") == false)
  }

  @Test(arguments: ["sk-abc_DEF.123~+/=", "a", "id.secret"])
  func `a key of visible characters passes`(key: String) throws {
    try KeyText.check(key, from: "SOME_KEY")
  }

  @Test(arguments: [
    HTTPHeader("X-Model", "a\r\nEvil: 1"), HTTPHeader("X-Model", "a\nb"), HTTPHeader("X-Model", "a\u{0}b"),
    HTTPHeader("X-Model", "a\u{7F}"), HTTPHeader("X Model", "a"), HTTPHeader("X-Model:", "a"), HTTPHeader("", "a"),
    HTTPHeader("X-M\u{F6}del", "a"), HTTPHeader("X-Model", "a\u{85}b"),
  ])
  func `a head with a line that ends before its time is not sent`(header: HTTPHeader) throws {
    #expect(throws: UsageError.self) { try APIRequest(headers: [header], body: []).checkHead() }
    try APIRequest(headers: [HTTPHeader("X-Model", "qwen/7b \u{FC}\t1")], body: []).checkHead()
  }

  @Test(arguments: ["/v1 HTTP/1.1\r\nX: y", "/a b", "/a\u{0}"])
  func `nor is a path with a blank or a control`(path: String) {
    #expect(throws: UsageError.self) { try APIRequest(path: path, headers: [], body: []).checkHead() }
  }

  @Test
  func `a model's name in a described header cannot begin another header`() throws {
    let spec = try JSON(DeclarativeSpecTests.good)
    let api = try DeclarativeAPI(spec: spec, APIOptions(model: "m\r\nX-Evil: 1"))
    #expect(throws: UsageError.self) { try api.makeRequest(for: Prompt("p")).checkHead() }
  }
}
