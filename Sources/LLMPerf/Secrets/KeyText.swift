/// What may be sent in a request's head: a line break in a key or a header would begin a header of its own.
package enum KeyText {
  /// Checks that `key` can be a key, before anything is sent.
  ///
  /// - Parameter source: The option, the variable or the file that it comes from.
  /// - Throws: `UsageError` that names `source` and what is wrong; never the key.
  package static func check(_ key: String, from source: String) throws {
    guard let fault = fault(of: key) else { return }
    throw UsageError("\(source) \(fault), and a key has visible ASCII characters only: give it without")
  }

  /// Checks a login or a password, in which blanks are allowed.
  ///
  /// - Throws: as `check(_:from:)`.
  package static func check(login: String, from source: String) throws {
    guard let scalar = login.unicodeScalars.first(where: isControl) else { return }
    throw UsageError("\(source) holds \(name(of: scalar)), which no login does: give it without")
  }

  private static func fault(of key: String) -> String? {
    let scalars = Array(key.unicodeScalars)
    guard let last = scalars.last else { return "is empty" }
    guard let bad = scalars.first(where: { !(0x21...0x7E ~= $0.value) }) else { return nil }
    let isAtEnd = bad == last && scalars.dropLast().allSatisfy { 0x21...0x7E ~= $0.value }
    return "\(isAtEnd ? "ends with" : "holds") \(name(of: bad))"
  }

  fileprivate static func name(of scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n", "\r": "a line break"
    case " ": "a blank"
    case "\t": "a tab"
    case _ where isControl(scalar): "a control character"
    default: "a character that is not ASCII"
    }
  }

  fileprivate static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || 0x7F..<0xA0 ~= scalar.value
  }

  /// RFC 9110, section 5.6.2: what the names of headers are made of.
  package static func isToken(_ text: some StringProtocol) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}

extension HTTPHeader {
  /// Checks that the field is one line of a head.
  ///
  /// - Parameter source: What gave it.
  /// - Throws: `UsageError` that names `source` and the field; never its value.
  package func check(from source: String) throws {
    guard KeyText.isToken(name) else { throw UsageError("\(source): a header has a name that is none") }
    guard let bad = value.unicodeScalars.first(where: { KeyText.isControl($0) && $0 != "\t" }) else { return }
    throw UsageError("\(source): the value of \(name) holds \(KeyText.name(of: bad)): give it without")
  }
}

extension APIRequest {
  /// Checks that nothing in the request's head would end a line of it before its time: a model's name may stand there, or
  /// what a plugin made.
  ///
  /// - Throws: `UsageError` that names the field; never its value.
  func checkHead() throws {
    for header in headers where !header.isPlain { try header.check(from: "the request's head") }
    if let path, path.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
      throw UsageError("the request's path holds a blank or a control character; write %20 for a blank")
    }
  }
}

extension HTTPHeader {
  /// Whether it is beyond doubt; asked for each request.
  fileprivate var isPlain: Bool { value.utf8.allSatisfy { 0x20...0x7E ~= $0 } && KeyText.isToken(name) }
}
