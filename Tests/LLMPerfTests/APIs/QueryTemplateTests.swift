import LLMPerf
import Testing

struct QueryTemplateTests {
  @Test
  func `replaces both marks in one pass and keeps key order and number text`() throws {
    let template = try QueryTemplate(
      #"{"z": 1.0, "model": "%m", "a": [{"content": "<%p>"}], "%p": 12345678901234567890}"#, model: "org/%p")
    let body = String(decoding: template.render(Prompt("say \"%m\"\n")), as: UTF8.self)
    #expect(
      body
        == #"{"z": 1.0, "model": "org/%p", "a": [{"content": "<say \"%m\"\n>"}], "%p": 12345678901234567890}"#)
  }

  @Test
  func `puts a prompt that is JSON in place of a whole value`() throws {
    let template = try QueryTemplate(#"{"messages": "%p"}"#, model: "m")
    #expect(
      template.render(Prompt(json: Array(#"[{"role":"user"}]"#.utf8)))
        == Array(#"{"messages": [{"role":"user"}]}"#.utf8))
  }

  @Test(arguments: [
    (#"{"messages": [{"role": "user", "content": "%p"}], "n": 1}"#, #"{"messages": [1], "n": 1}"#),
    (#"{"input": {"messages": [{"content": [{"text": "%p"}]}]}}"#, #"{"input": {"messages": [1]}}"#),
    (#"{"messages": [], "prompt": "%p"}"#, #"{"messages": [], "prompt": [1]}"#),
  ])
  func `puts a prompt that is a list of messages in place of the template's`(template: String, body: String) throws {
    let rendered = try QueryTemplate(template, model: "m").render(Prompt(json: Array("[1]".utf8)))
    #expect(rendered == Array(body.utf8))
  }

  @Test(arguments: ["", "{", "[1]", "{\"a\":01}", "{\"a\":1} x"])
  func `refuses what is not a JSON object`(text: String) {
    #expect(throws: UsageError.self) { try QueryTemplate(text, model: "m") }
  }

  @Test(arguments: [#"\ud800"#, #"\udc00\ud800"#, #"\ud800\u0041"#])
  func `refuses half of a surrogate pair, which cannot be sent`(escape: String) {
    #expect(throws: UsageError.self) { try QueryTemplate("{\"a\":[\"a\(escape)\"]}", model: "m") }
  }
}
