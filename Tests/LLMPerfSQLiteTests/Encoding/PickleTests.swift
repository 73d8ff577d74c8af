import LLMPerf
import Testing

@testable import LLMPerfSQLite

struct PickleTests {
  private static func pickle(_ json: JSON) -> [UInt8] {
    var writer = PickleWriter()
    writer.begin()
    writer.value(json)
    writer.end()
    return writer.bytes
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
  }

  /// `pickletools.optimize(pickle.dumps(value, protocol=4))` without its frame.
  @Test(arguments: [
    (#"{"a": null, "b": [true, false]}"#, "80047d288c01614e8c01625d28888965752e"),
    (#"["a", "b\u00e9"]"#, "80045d288c01618c0362c3a9652e"),
    (#"{"x": 1.5, "y": -0.25}"#, "80047d288c0178473ff80000000000008c017947bfd0000000000000752e"),
    (#"{"k": 100000, "l": -70000}"#, "80047d288c016b4aa08601008c016c4a90eefeff752e"),
    (#"["", "😀"]"#, "80045d288c008c04f09f9880652e"),
  ])
  func `writes what Python writes`(json: String, pickle: String) throws {
    #expect(Self.hex(Self.pickle(try JSON(json))) == pickle)
  }

  @Test
  func `Python reads back the value that its own JSON reader makes`() throws {
    let documents = [
      #"{"model": "m", "messages": [{"role": "user", "content": "grüß\n\"😀\""}], "stream": true, "n": null}"#,
      #"[0, -0, 1, -1, 255, 256, 2147483647, 2147483648, -2147483649, 123456789012345678901234567890]"#,
      #"[0.0, -0.0, 1e5, 1.5e-300, 0.1, 1E400, 123456789.123456789]"#,
      #"{"": "", "a": {"b": {"c": [[], {}, [{}]]}}, "long": "\#(String(repeating: "ä", count: 300))"}"#,
      #"["\u0000\u001f\u007f", "\ud83d\ude00", "  "]"#, #""text""#, "true", "{}", "[]",
    ]
    var lines = ""
    for document in documents {
      var encoded: [UInt8] = []
      Base64.encode(Self.pickle(try JSON(document)), into: &encoded)
      lines += String(decoding: encoded, as: UTF8.self) + "\t" + document + "\n"
    }
    let script = """
      import sys, json, pickle, base64
      for line in sys.stdin:
          pickled, text = line.rstrip("\\n").split("\\t", 1)
          ours, theirs = pickle.loads(base64.b64decode(pickled)), json.loads(text)
          # repr tells 1 from 1.0 and True, and -0.0 from 0.0.
          print("same" if repr(ours) == repr(theirs) else f"{ours!r} is not {theirs!r}")
      """
    let result = try Python.run(["-X", "utf8", "-c", script], input: lines)
    #expect(result.errors == "")
    #expect(result.output.split(separator: "\n") == documents.map { _ in "same" })
  }

  @Test
  func `ill-formed UTF-8 becomes what Python can read`() throws {
    var writer = PickleWriter()
    writer.begin()
    writer.beginList()
    for bytes in [[0x61, 0xFF, 0x62], Array("ok".utf8), [0xE2, 0x82]] as [[UInt8]] {
      bytes.withUnsafeBufferPointer { writer.string($0) }
    }
    writer.endList()
    writer.end()
    let strings = PickleReader.strings(writer.bytes)?.map { String(decoding: $0, as: UTF8.self) }
    #expect(strings == ["a\u{FFFD}b", "ok", "\u{FFFD}"])
  }

  /// `pickle.dumps` of the strings by protocols 2, 3, 4 and 5.
  @Test(arguments: [
    ("80025d71002e", []), ("80045d942e", []), ("80025d71005801000000617101612e", ["a"]),
    ("80049508000000000000005d948c016194612e", ["a"]),
    ("80035d7100285801000000617101580300000062c3a971025804000000f09f98807103652e", ["a", "bé", "😀"]),
    ("80059516000000000000005d94288c0161948c0362c3a9948c04f09f988094652e", ["a", "bé", "😀"]),
    ("80025d710028580100000071710168016801652e", ["q", "q", "q"]),
    ("8004950d000000000000005d94288c01719468016801652e", ["q", "q", "q"]),
  ])
  func `reads lists of strings that Python wrote`(pickle: String, strings: [String]) {
    let read = PickleReader.strings(Self.bytes(pickle))?.map { String(decoding: $0, as: UTF8.self) }
    #expect(read == strings)
  }

  @Test(arguments: [
    "", "80", "8004", "80045d", "80045d288c05616161", "80045d288c0161", "80045d284b01652e", "80047d2e",
    // os.system, by reference: nothing that a pickle could make happen is understood.
    "80048c056f732e73797394932e", "80045d286805652e", "ff2e", "80045d2858ffffffff61652e",
  ])
  func `refuses pickles of anything else`(pickle: String) {
    #expect(PickleReader.strings(Self.bytes(pickle)) == nil)
  }

  @Test
  func `reads back what it wrote, whatever the strings' lengths`() {
    let strings = [0, 1, 255, 256, 70_000].map { String(repeating: "x", count: $0) }
    let pickle = Self.pickle(.array(strings.map { .string($0) }))
    #expect(PickleReader.strings(pickle)?.map { String(decoding: $0, as: UTF8.self) } == strings)
  }
}
