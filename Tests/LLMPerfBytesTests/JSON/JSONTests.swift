import Foundation
import LLMPerfBytes
import Testing

struct JSONTests {
  @Test(arguments: [
    "null", "true", "[]", "{}", "-0", "1.50e+10", "12345678901234567890", #""""#, #"{"z":1,"a":[{"b":null}],"z":2}"#,
    #"["\u00e9","é","\ud83d\ude00","\\\"\/\b\f\n\r\t"]"#, " [ 1 , 2 ] ", #"{"a":{"a":{"a":[[[]]]}}}"#,
  ])
  func `reads what Foundation reads`(text: String) throws {
    let ours = try JSON(text)
    let theirs = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    let again = try JSONSerialization.jsonObject(with: Data(ours.utf8()), options: .fragmentsAllowed)
    #expect((theirs as? NSObject) == (again as? NSObject))
    #expect(try JSON(parsing: ours.utf8(indented: true)) == ours)
  }

  @Test(arguments: [
    "", " ", "nul", "tru", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "[1 2]", "01", "1.", ".5",
    "+1", "1e",
    "--1", "\"a", "\"a\nb\"", "[1]]", "{\"a\":1}}", "NaN", "'a'", "\u{FEFF}1", "[",
  ])
  func `refuses what the grammar does not have`(text: String) {
    #expect(throws: JSON.ParseError.self) { try JSON(text) }
  }

  @Test
  func `bounds the depth`() throws {
    _ = try JSON(String(repeating: "[", count: 512) + String(repeating: "]", count: 512))
    #expect(throws: JSON.ParseError.self) { try JSON(String(repeating: "[", count: 100_000)) }
  }

  /// The end of a string lies behind any number of bytes, also where eight are looked at together.
  @Test(arguments: 0..<40)
  func `finds the end of a string at every distance`(length: Int) throws {
    for piece in ["x", "é", "\\\"", "\\u0041", "\u{7F}", "😀"] {
      let inside = String(repeating: "y", count: length) + piece
      let parsed = try JSON("[\"\(inside)\",1]")
      #expect(parsed[1] == 1)
      let theirs = try JSONDecoder().decode(String.self, from: Data("\"\(inside)\"".utf8))
      #expect(parsed[0]?.stringValue == theirs)
    }
    #expect(throws: JSON.ParseError.self) { try JSON("\"" + String(repeating: "y", count: length) + "\u{1F}\"") }
  }

  @Test(arguments: [#"\ud800"#, #"\udc00\ud800"#, #"\ud800\u0041"#])
  func `reads half of a surrogate pair as the replacement character, and does not send it`(escape: String) throws {
    let text = "\"a\(escape)\""
    #expect(try JSON(text).stringValue?.contains("\u{FFFD}") == true)
    let refused = #expect(throws: JSON.ParseError.self) { try JSON(toSend: text.utf8) }
    #expect(refused?.offset == 2)
    #expect(throws: JSON.ParseError.self) { try JSON(toSend: "{\(text):1}".utf8) }
  }

  @Test
  func `reads whole numbers of any writing and no others`() throws {
    let text = "[1e3,-7,9223372036854775807,1.5,99999999999999999999]"
    let numbers = try JSON(text).arrayValue?.map(\.intValue)
    #expect(numbers == [1000, -7, Int.max, nil, nil])
  }
}
