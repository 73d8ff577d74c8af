import LLMPerfBytes
import Testing

/// RFC 8259 by table, in the classes of the public JSONTestSuite: what every parser must accept, and what it must refuse.
struct JSONGrammarTests {
  private static let accepted: [String] = [
    "[]", "[ ]", "[[]   ]", #"[""]"#, "[null]", "[false]", "[true]", "[null, 1, \"1\", {}]", "[1,null,null,null,2]",
    "[1\n]", " [1]", "[2] ", " 0 ", "-1", "\"\"", "\"text\"", "true", "false", "null", "42", "[\n]", "\r\n\t[\t4]",
    "[123e65]", "[0e+1]", "[0e1]", "[-0]", "[-123]", "[-1]", "[-0.0]", "[1E22]", "[1E-2]", "[1E+2]", "[123e45]",
    "[123.456e78]", "[1e-2]", "[1e+2]", "[123.456789]", "[0.5]", "[4 ]", "[1234567890123456789012345678901234567890]",
    "[0.000000000000000000000000000000000000000000000000000000000000000000001]",
    "{}", #"{"":0}"#, #"{"a":[]}"#, #"{"a":"b","c":"d"}"#, #"{"a":"b","a":"c"}"#, #"{"a\u0000b":1}"#,
    "{\n\"a\": \"b\"\n}", #"{"min":-1.0e+28,"max":1.0e+28}"#, #"{"é":1}"#,
    #"["\u0060\u012a\u12AB"]"#, #"["\ud801\udc37"]"#, #"["\uD83d\uDe39\ud83d\udc8d"]"#, #"["\"\\\/\b\f\n\r\t"]"#,
    #"["\\u0000"]"#, #"["\""]"#, #"["\\"]"#, #"["\\a"]"#, #"["a/*b*/c/*d//e"]"#, #"["\u0012"]"#, #"["\uFFFF"]"#,
    #"["\u0000"]"#, #"["\u002c"]"#, #"["\uD834\uDd1e"]"#, #"["\u200B"]"#, #"["\u2064"]"#, #"["\uFDD0"]"#,
    #"["\uA66D"]"#,
    #"["\u005C"]"#, #"["\u0022"]"#, #"["\uDBFF\uDFFE"]"#, "[\"\u{7F}\"]", "[\"\u{2028}\u{2029}\"]", "[\"\u{FFFF}\"]",
    "[\"\u{10FFFF}\"]", "[\"€𝄞\"]", "[\"asd \"]", "[\" \"]",
  ]

  private static let refused: [String] = [
    // Arrays.
    "[1 true]", "[\"\": 1]", "[\"\"],", "[,1]", "[1,,2]", "[\"x\",,]", "[\"x\"]]", "[\"\",]", "[\"x\"", "[x", "[3[4]]",
    "[1:2]", "[,]", "[-]", "[   , \"\"]", "[\"a\",\n4\n,1,", "[1,]", "[1,\n1\n,1", "[\"\u{0B}a\"\\f]", "[*]", "[\"\"",
    "[1", "[{}", "]", "[", "[[", "1]", "[1}", "[}", "[a}", "[\"a\"}",
    // Words.
    "[fals]", "[nul]", "[tru]", "[True]", "[TRUE]", "nulll", "[nan]", "[NaN]", "[-NaN]", "[Inf]", "[-Infinity]",
    "undefined",
    // Numbers.
    "[++1234]", "[+1]", "[+Inf]", "[-01]", "[-1.0.]", "[-2.]", "[.-1]", "[.2e-3]", "[0.1.2]", "[0.3e+]", "[0.3e]",
    "[0.e1]", "[0E]", "[0E+]", "[0e]", "[0e+]", "[1.0e+]", "[1.0e-]", "[1.0e]", "[1 000.0]", "[1eE2]", "[2.e+3]",
    "[2.e-3]", "[9.e+]", "[1+2]", "[0x1]", "[0x42]", "[- 1]", "[-012]", "[-.123]", "[-1x]", "[1ea]", "[1.]", "[.123]",
    "[1.2a-3]", "[1.8011670033376514H-308]", "[012]", "[-foo]", "[00]", "[0123e1]", "[１]", "-", "[1_000]", "[1,5e]",
    // Objects.
    "{[: \"x\"}", "{\"x\", null}", "{\"x\"::\"b\"}", "{🇨🇭}", "{\"a\":\"a\" 123}", "{key: 'value'}", "{\"a\" b}",
    "{:\"b\"}",
    "{\"a\" \"b\"}", "{\"a\":", "{\"a\"", "{1:1}", "{9999E9999:1}", "{null:null}", "{\"id\":0,,,,,}", "{'a':0}",
    "{\"id\":0,}", "{\"a\":\"b\",,\"c\":\"d\"}", "{a: \"b\"}", "{\"a\":\"a", "{ \"foo\" : \"bar\", \"a\" }",
    "{\"a\":\"b\"}#",
    "{\"a\":\"b\"}/**/", "{\"a\":\"b\"}//", "{\"a\":\"b\"}/", "{", "{]", "{,", "{[", "{\"a", "{'a'", "{\"a\":1", "{}}",
    "{\"\":", "{\"a\":/*comment*/\"b\"}", "{\"a\": true} \"x\"", "[\"a\",\"b\"] 1", "{\"asd\":asd}",
    // Strings and escapes.
    #"["\uD800\"]"#, #"["\uD800\u"]"#, #"["\uD800\u1"]"#, #"["\uD800\u1x"]"#, "[é]", #"["\x00"]"#, #"["\\\"]"#,
    "[\"\\\u{9}\"]", "[\"\\🌀\"]", #"["\"]"#, #"["\u00A"]"#, #"["\uD834\uDd"]"#, #"["\uD800\uD800\x"]"#, #"["\a"]"#,
    #"["\uqqqq"]"#, #"["\u"]"#, #"["\u123"]"#, #"["\u12 4"]"#, #"["\u+123"]"#, #"["\U0041"]"#, #"["\'"]"#, #"["\0"]"#,
    #"["\v"]"#, #"["\ "]"#, "[\"\\\n\"]", #"{"\x":1}"#, #"{"\u00G0":1}"#, #"[\u0020"asd"]"#, #"[\n]"#, "\"", "['x']",
    "abc", "[\"\\", "\"\\\"", "\"x\"x", "[\"new\nline\"]", "[\"\t\"]", "[\"a\u{0}b\"]", "\\u005B\\u005D", "\"\u{1F}\"",
    // Structure.
    "", " ", "\u{FEFF}", "<.>", "[<null>]", "[1]x", "2@", "[\u{0C}]", "[\u{2060}]", "\u{E5}", "*", "{\"a\":1}{", "[][]",
    "#{}", "[\u{A0}1]", "//\n[]", "1 2",
  ]

  @Test(arguments: Self.accepted)
  func `accepts the whole grammar`(text: String) throws {
    #expect(throws: Never.self) { try JSON(text) }
    #expect(throws: Never.self) { try JSON(toSend: text.utf8) }
    #expect(skips(text))
  }

  @Test(arguments: Self.refused)
  func `refuses all else, whether it reads a value or passes over it`(text: String) {
    #expect(throws: JSON.ParseError.self) { try JSON(text) }
    #expect(!skips(text))
  }

  /// Bytes that are no characters cannot follow a backslash.
  @Test(
    arguments: [[0x5C, 0xE5], [0x5C, 0x75, 0xE5], [0x5C, 0x75, 0x30, 0x30, 0x30, 0xE5], [0x5C, 0x00]] as [[UInt8]])
  func `refuses escapes of broken characters`(inside: [UInt8]) {
    #expect(throws: JSON.ParseError.self) { try JSON(parsing: [0x5B, 0x22] + inside + [0x22, 0x5D]) }
  }

  @Test(arguments: [
    (#"{"a":"b\x"}"#, "an escape that JSON does not know at byte 7"),
    ("[\"a\tb\"]", "a control character inside a string, which must be escaped at byte 3"),
    ("[\"abc", "the string that begins here has no end at byte 1"),
  ])
  func `says what is wrong in a string, and where`(text: String, words: String) {
    let error = #expect(throws: JSON.ParseError.self) { try JSON(text) }
    #expect(error?.description == words)
  }

  private func skips(_ text: String) -> Bool {
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes)
      do {
        try scanner.skip()
        try scanner.expectEnd()
        return true
      } catch {
        return false
      }
    }
  }
}
