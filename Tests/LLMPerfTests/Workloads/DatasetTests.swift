import LLMPerf
import Testing

struct DatasetTests {
  /// The prompts of one pass over a file.
  private static func prompts(_ dataset: String, _ file: TemporaryFile) throws -> [String] {
    var reader = try Plugins.builtIn.makeDataset(dataset, DatasetOptions(path: file.path)).makeReader()
    var prompts: [String] = []
    while let prompt = try reader.next() { prompts.append(prompt.text) }
    return prompts
  }

  private static func prompts(_ dataset: String, _ text: String) throws -> [String] {
    try prompts(dataset, TemporaryFile(text))
  }

  private static func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  // MARK: line_by_line

  @Test(arguments: [
    ("a\nb\n", ["a", "b"]), ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]), ("a\rb\r", ["a", "b"]),
    ("a\n\nb", ["a", "", "b"]), ("a\r\rb", ["a", "", "b"]), ("a\r\n\r\nb", ["a", "", "b"]), ("a\n\rb", ["a", "", "b"]),
    ("", []), ("\n", [""]),
    ("a\u{2028}b\u{2029}c\u{85}d\u{0B}e\u{0C}f\u{1C}g\n", ["a\u{2028}b\u{2029}c\u{85}d\u{0B}e\u{0C}f\u{1C}g"]),
  ])
  func `lines end with LF, CRLF or CR and nothing else`(text: String, lines: [String]) throws {
    // Scalar by scalar: Swift takes CRLF for one character, and compares by canonical equivalence.
    let found = try Self.prompts("line_by_line", text)
    #expect(found.map { Array($0.utf8) } == lines.map { Array($0.utf8) })
  }

  @Test
  func `a byte-order mark is no part of the first line`() throws {
    #expect(try Self.prompts("line_by_line", "\u{FEFF}a\n\u{FEFF}b\n").map(\.unicodeScalars.count) == [1, 2])
  }

  /// What Python's `str.strip()` takes away: every code point `c` with `not chr(c).strip()`.
  private static let pythonSpaces: [UInt32] =
    Array(0x09...0x0D) + Array(0x1C...0x20) + [0x85, 0xA0, 0x1680] + Array(0x2000...0x200A)
    + [0x2028, 0x2029, 0x202F, 0x205F, 0x3000]

  @Test
  func `prompts are stripped as Python strips`() throws {
    let values = (UInt32(1)..<0x3100).filter { $0 != 0x0A && $0 != 0x0D }
    let scalars = values.compactMap { Unicode.Scalar($0) }
    let text = scalars.map { "\($0)x y\($0)" }.joined(separator: "\n")
    let counts = try Self.prompts("line_by_line", text).map(\.unicodeScalars.count)
    try #require(counts.count == scalars.count)
    let stripped = zip(scalars, counts).filter { $0.1 == 3 }.map(\.0.value)
    #expect(stripped == Self.pythonSpaces.filter { $0 != 0x0A && $0 != 0x0D })
    #expect(counts.allSatisfy { $0 == 3 || $0 == 5 })
  }

  @Test
  func `lines longer than a block are whole, wherever its border lies`() throws {
    let block = 256 << 10
    for length in [block - 2, block - 1, block, block + 1] {
      let long = String(repeating: "x", count: length)
      #expect(try Self.prompts("line_by_line", long + "\r\nnext\r\n") == [long, "next"])
    }
  }

  @Test(arguments: ["line_by_line", "openqa", "longalpaca"])
  func `what cannot be read is named with the reason`(dataset: String) throws {
    let missing = Self.message {
      _ = try Plugins.builtIn.makeDataset(dataset, .init(path: "/nonexistent/x")).makeReader()
    }
    #expect(missing == "--dataset-path /nonexistent/x cannot be read: No such file or directory")
    let folder = Self.message { _ = try Plugins.builtIn.makeDataset(dataset, .init(path: "/tmp")).makeReader() }
    #expect(folder == "--dataset-path /tmp is a directory; give a file")
    let none = Self.message { _ = try Plugins.builtIn.makeDataset(dataset, .init()) }
    #expect(none.hasPrefix("--dataset \(dataset) needs --dataset-path FILE"))
  }

  // MARK: openqa

  @Test
  func `openqa takes the question of each line and skips empty ones`() throws {
    let text = """
      {"question": "  What?  ", "answer": 1}

      {"answer": [], "question": "Line\\nbreak \\u00e9 \\ud83d\\ude00"}\r
         \t
      {"question": ""}
      """
    #expect(try Self.prompts("openqa", text) == ["What?", "Line\nbreak é 😀", ""])
  }

  @Test(arguments: [
    ("{\"question\": \"a\"}\n\n{\"question\": \n", "line 3 is not JSON"),
    ("{\"question\": \"a\"}\r\nplain\r\n", "line 2 is not JSON"),
    ("{\"question\": 5}", "line 1 has no member \"question\" that is a string"),
    ("{\"question\": \"a\"}\r{\"Question\": \"b\"}\r", "line 2 has no member \"question\" that is a string"),
    ("[\"question\"]", "line 1 has no member \"question\" that is a string"),
  ])
  func `openqa names the line of a mistake`(text: String, place: String) throws {
    let file = try TemporaryFile(text)
    let message = Self.message { _ = try Self.prompts("openqa", file) }
    #expect(message.hasPrefix("\(file.path) \(place)"), "\(message)")
  }

  // MARK: longalpaca

  @Test(arguments: [
    "[{\"instruction\": \" a \"}, {\"instruction\": \"b, ] } \\\" c\", \"input\": [1, {\"x\": \"]\"}]}]",
    "\u{FEFF} \n[\n{\"instruction\":\"a\"}\n,\n{\"instruction\":\"b, ] } \\\" c\"}\n]\n",
  ])
  func `longalpaca takes the instruction of each element`(text: String) throws {
    #expect(try Self.prompts("longalpaca", text) == ["a", "b, ] } \" c"])
  }

  @Test
  func `an empty array holds no prompt`() throws {
    #expect(try Self.prompts("longalpaca", " [ ] ") == [])
  }

  @Test(arguments: [
    ("[{\"instruction\": \"a\"}, {\"instruction\": \"b", "the JSON array has no end; line 1 is the last"),
    ("[{\"instruction\": \"a\"},\n", "the JSON array has no end; line 2 is the last"),
    ("[{\"instruction\": \"a\"}", "the JSON array has no end; line 1 is the last"),
    ("{\"instruction\": \"a\"}", "longalpaca is one JSON array of objects, and this is none"),
    ("", "longalpaca is one JSON array of objects, and this is none"),
    ("[\n\n{\"input\": \"a\"}]", "the element that begins in line 3 has no member \"instruction\" that is a string"),
    ("[\n{\"instruction\": nope}]", "the element that begins in line 2 is not JSON"),
    ("[{\"instruction\": \"a\"} {\"instruction\": \"b\"}]", "the element that begins in line 1 is not JSON"),
  ])
  func `longalpaca says where the file is wrong`(text: String, words: String) throws {
    let file = try TemporaryFile(text)
    let message = Self.message { _ = try Self.prompts("longalpaca", file) }
    #expect(message.contains(words) && message.contains(file.path), "\(message)")
  }

  @Test
  func `longalpaca reads elements over the borders of blocks`() throws {
    let block = 256 << 10
    for shift in 0..<12 {
      // The quote, the escape or the bracket of the second element meets the border.
      let first = #"{"instruction":""# + String(repeating: "x", count: block - 30 - shift) + #""}"#
      let text = "[" + first + #", {"instruction":"\"]\\"},{"instruction":"c"}]"#
      #expect(try Self.prompts("longalpaca", text).dropFirst() == [#""]\"#, "c"])
    }
  }
}
