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
    ("[null, Null, NULL, ~, ]", "[null,null,null,null]"), ("a:", #"{"a":null}"#), ("---", "null"),
    ("[nULL, none, nil]", #"["nULL","none","nil"]"#),
    ("[true, True, TRUE, false, False, FALSE]", "[true,true,true,false,false,false]"),
    ("[yes, no, on, off, tRUE, y]", #"["yes","no","on","off","tRUE","y"]"#),
    ("[0, -0, 7, -7, 1.5, -1.5e-3, 1E+2, 100000000000000000000]", "[0,-0,7,-7,1.5,-1.5e-3,1E+2,100000000000000000000]"),
    (
      "[+1, .5, 1., 0o7, 0x1F, 1_000, .inf, -.Inf, .NaN, 1:30, 012, --1, 1e]",
      #"["+1",".5","1.","0o7","0x1F","1_000",".inf","-.Inf",".NaN","1:30","012","--1","1e"]"#
    ),
    ("['null', \"1\", 'true', \"~\", '', \"\"]", #"["null","1","true","~","",""]"#),
    ("a: |\n  1\nb: >-\n  true\nc: |-\n  null", #"{"a":"1\n","b":"true","c":"null"}"#),
    ("[!!str 1, !!int 'x', !local y]", #"[1,"x","y"]"#),
    ("1: a\ntrue: b\n~: c\n'': d", #"{"1":"a","true":"b","~":"c","":"d"}"#),
  ])
  func `gives plain scalars the types of the core schema that JSON has, and no others`(yaml: String, json: String)
    throws
  {
    #expect(try YAMLDocument.parse(yaml, file: "f.yaml").description == json)
  }

  @Test(arguments: [
    (#""a\tb\u00e9\x41\\\"\n\0\e\N\/""#, #""a\tbéA\\\"\n\u0000\u001b\#u{85}/""#),
    ("'it''s'", #""it's""#), ("\"one\n  two\n\n  three \\\n  four\"", #""one two\nthree four""#),
    ("'one\n  two'", #""one two""#), ("one\n  two\n\n  three", #""one two\nthree""#),
    ("a: >\n  one\n  two\n\n  three\n", #"{"a":"one two\nthree\n"}"#),
    ("a: |+\n  x\n\nb: 1", #"{"a":"x\n\n","b":1}"#), ("a: |2\n   x\n", #"{"a":" x\n"}"#),
    ("a: x # said\nb: x#y\nc: 'x # y'", #"{"a":"x","b":"x#y","c":"x # y"}"#),
    ("url: http://[::1]:80/v1?a=b&c=d", #"{"url":"http://[::1]:80/v1?a=b&c=d"}"#),
    ("a: 日本 🙂 é", #"{"a":"日本 🙂 é"}"#), ("a: \"\\U0001F642\"", #"{"a":"🙂"}"#),
    ("a: b\r\nc: d\r\n", #"{"a":"b","c":"d"}"#), ("a: |\r\n  x\r\n  y\r\n", #"{"a":"x\ny\n"}"#),
  ])
  func `reads texts in every style`(yaml: String, json: String) throws {
    #expect(try YAMLDocument.parse(yaml, file: "f.yaml").description == json)
  }

  @Test(arguments: [
    ("- a\n-\n  - b\n- - c\n  - d\n- {e: f}\n", #"["a",["b"],["c","d"],{"e":"f"}]"#),
    ("a:\n- 1\n- 2\nb:\n  c: {d: [], e: {}}", #"{"a":[1,2],"b":{"c":{"d":[],"e":{}}}}"#),
    ("? a\n: b\n? c", #"{"a":"b","c":null}"#), ("{a, b: , 'c': 1,}", #"{"a":null,"b":null,"c":1}"#),
    ("[a: 1, b]", #"[{"a":1},"b"]"#), ("%YAML 1.1\n---\na: 1\n...\n", #"{"a":1}"#),
    ("\u{FEFF}a: 1", #"{"a":1}"#), ("--- # said\na: 1\n# said\n", #"{"a":1}"#), ("# said\n\n--- text\n", #""text""#),
  ])
  func `reads collections in every style`(yaml: String, json: String) throws {
    #expect(try YAMLDocument.parse(yaml, file: "f.yaml").description == json)
  }

  @Test(arguments: [
    ("[&a x, *a, *a]", #"["x","x","x"]"#), ("[&a 1, &a 2, *a]", "[1,2,2]"), ("&a k: 1\n*a : 2", nil),
    ("a: &a k\n*a : 1", #"{"a":"k","k":1}"#), ("a: &a 1\n*a : x", #"{"a":1,"1":"x"}"#),
    ("a: &a [&b {c: 1}, *b]\nd: *a\ne: *b", #"{"a":[{"c":1},{"c":1}],"d":[{"c":1},{"c":1}],"e":{"c":1}}"#),
    ("&a [*a]", nil), ("a: &a {b: *a}", nil), ("*a", nil),
  ])
  func `puts what an anchor names in the place of its aliases`(yaml: String, json: String?) throws {
    if let json {
      #expect(try YAMLDocument.parse(yaml, file: "f.yaml").description == json)
    } else {
      #expect(throws: UsageError.self) { try YAMLDocument.parse(yaml, file: "f.yaml") }
    }
  }

  @Test(arguments: [
    ("b: &b {k: 1, l: 2}\nc:\n  k: 9\n  <<: *b", #"{"b":{"k":1,"l":2},"c":{"l":2,"k":9}}"#),
    ("b: &b {k: 1, l: 2}\nc:\n  <<: *b\n  k: 9", #"{"b":{"k":1,"l":2},"c":{"l":2,"k":9}}"#),
    ("<<: {a: 1}\nb: 2", #"{"a":1,"b":2}"#), ("b: 2\n<<: {a: 1}", #"{"a":1,"b":2}"#), ("<<: 1", #"{"<<":1}"#),
    ("<<: [{a: 1}, {b: 2}]", #"{"<<":[{"a":1},{"b":2}]}"#), ("'<<': {a: 1}", #"{"a":1}"#),
  ])
  func `merges a mapping under the key of two angles, and own keys win`(yaml: String, json: String) throws {
    #expect(try YAMLDocument.parse(yaml, file: "f.yaml").description == json)
  }

  @Test(arguments: [
    ("a: 1\nb: [", "f.yaml line 3: while parsing a flow node, did not find expected node content"),
    ("a: 1\na: 2", "f.yaml line 1: the key a stands there twice"),
    ("x:\n  b: 1\n  a: 1\n  'b': 2\n  a: 2", "f.yaml line 3: the key a, b stands there twice"),
    ("", "f.yaml is empty"), ("# nothing\n", "f.yaml is empty"), ("\n\n", "f.yaml is empty"),
    ("a: *b", "f.yaml line 1: found undefined alias"),
    (
      "a: 1\n\tb: 2",
      "f.yaml line 2: while scanning a plain scalar, found a tab character that violates indentation"
    ),
    ("{[x]: 1, [y]: 2}", "f.yaml line 1: a key must be a text"),
    ("? [x]\n: 1\n- 2", "f.yaml line 3: while parsing a block mapping, did not find expected key"),
    ("? [x]\n: 1", "f.yaml line 1: a key must be a text"), ("a: 1\n{b: c}: d", "f.yaml line 2: a key must be a text"),
    ("a: b: c", "f.yaml line 1: mapping values are not allowed in this context"),
    ("a: 'x", "f.yaml line 1: while scanning a quoted scalar, found unexpected end of stream"),
    ("a: 1\n---\nb: 2", "f.yaml line 2: expected a single document in the stream, but found another document"),
    ("a: 1\n b: 2", "f.yaml line 2: mapping values are not allowed in this context"),
    ("a: [1, 2\nb: 3", "f.yaml line 2: while parsing a flow sequence, did not find expected ',' or ']'"),
    ("a: \"\\q\"", "f.yaml line 1: while parsing a quoted scalar, found unknown escape character"),
    ("a: \u{1}", "f.yaml: not YAML: control characters are not allowed"),
    ("a: @x", "f.yaml line 1: while scanning for the next token, found character that cannot start any token"),
    ("- a\nb: 1", "f.yaml line 2: while parsing a block collection, did not find expected '-' indicator"),
    ("a: !<x\n", "f.yaml line 1: while scanning a tag, did not find the expected '>'"),
    ("a: !h!x y\n", "f.yaml line 1: while parsing a node, found undefined tag handle"),
    ("%YAML 2.0\n---\na: 1", "f.yaml line 1: found incompatible YAML document"),
  ])
  func `names the line of what is wrong`(yaml: String, words: String) throws {
    let error = try #require(throws: UsageError.self) { try YAMLDocument.parse(yaml, file: "f.yaml") }
    #expect(error.message == words)
  }

  @Test
  func `refuses aliases that stand for too many values`() throws {
    var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<8 {
      yaml += "a\(level): &a\(level) [\((0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", "))]\n"
    }
    let error = try #require(throws: UsageError.self) { try YAMLDocument.parse(yaml, file: "f.yaml") }
    #expect(error.message == "f.yaml stands for more than 100000 values; use fewer aliases")
  }

  /// The list is one value more than what is in it.
  @Test(arguments: [(99_998, true), (99_999, false)])
  func `takes up to 99,999 values`(count: Int, isTaken: Bool) throws {
    let yaml = String(repeating: "- 1\n", count: count)
    if isTaken {
      #expect(try YAMLDocument.parse(yaml, file: "f").arrayValue?.count == count)
    } else {
      #expect(throws: UsageError.self) { try YAMLDocument.parse(yaml, file: "f") }
    }
  }

  @Test(arguments: [("[", "]"), ("{a: ", "}")])
  func `refuses what is nested beyond reason instead of running out of stack`(open: String, close: String) throws {
    let deep = { (count: Int) in String(repeating: open, count: count) + "1" + String(repeating: close, count: count) }
    #expect(throws: Never.self) { try YAMLDocument.parse(deep(500), file: "f.yaml") }
    #expect(throws: UsageError.self) { try YAMLDocument.parse(deep(100_000), file: "f.yaml") }
  }
}
