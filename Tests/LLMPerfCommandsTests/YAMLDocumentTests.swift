import LLMPerf
import LLMPerfCommands
import Testing

struct YAMLDocumentTests {
  @Test(arguments: [
    ("a: 1.0\nz: 12345678901234567890\nb: -3e5", #"{"a":1.0,"z":12345678901234567890,"b":-3e5}"#),
    ("[true, False, null, ~, '']", #"[true,false,null,null,""]"#),
    (
      "a: '1'\nb: \"true\"\nc: 2023-06-01\nd: 0x10\ne: 01",
      #"{"a":"1","b":"true","c":"2023-06-01","d":"0x10","e":"01"}"#
    ),
    ("x: &a {k: 1}\ny: *a\nz:\n  <<: *a\n  m: 2", #"{"x":{"k":1},"y":{"k":1},"z":{"k":1,"m":2}}"#),
    ("t: |\n  one\n  two\n", #"{"t":"one\ntwo\n"}"#),
    (#"{"json": ["is", {"yaml": 1e400}]}"#, #"{"json":["is",{"yaml":1e400}]}"#),
  ])
  func `stands for JSON with the order of keys and the text of numbers`(yaml: String, json: String) throws {
    #expect(try YAMLDocument.parse(yaml, file: "f.yaml").description == json)
  }

  @Test(arguments: [
    ("a: 1\nb: [", "f.yaml line 3"), ("a: 1\na: 2", "f.yaml line"), ("", "f.yaml is empty"), ("a: *b", "line 1"),
    ("a: 1\n\tb: 2", "line 2"), ("? [x]\n: 1", "a key must be a text"),
  ])
  func `names the line of what is wrong`(yaml: String, words: String) throws {
    let error = try #require(throws: UsageError.self) { try YAMLDocument.parse(yaml, file: "f.yaml") }
    #expect(error.message.contains(words), "\(error.message)")
  }

  @Test
  func `refuses aliases that stand for too many values`() {
    var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<8 {
      yaml += "a\(level): &a\(level) [\((0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", "))]\n"
    }
    #expect(throws: UsageError.self) { try YAMLDocument.parse(yaml, file: "f.yaml") }
  }
}
