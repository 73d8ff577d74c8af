/// Reads one mapping of a protocol's description: knows which keys it may have, and says where a value is wrong.
struct SpecReader {
  /// Where the mapping stands, for messages: `stream.usage`.
  let place: String
  private let members: [JSON.Member]
  private let source: String

  /// A reader of `value`, which must be a mapping with no other keys than `keys`.
  ///
  /// - Parameter source: The file's name, for messages.
  init(_ value: JSON, at place: String, keys: [String], source: String) throws(UsageError) {
    self.place = place
    self.source = source
    guard case .object(let members) = value else {
      throw UsageError(
        "\(source): \(place.isEmpty ? "the file" : place) must be a mapping with the keys \(keys.listed)")
    }
    self.members = members
    for member in members where !keys.contains(member.key) {
      let hint = NearestName.of(member.key, in: keys).map { "did you mean \($0)?" } ?? "use one of \(keys.listed)"
      throw UsageError("\(source): unknown key \(member.key)\(place.isEmpty ? "" : " in \(place)"); \(hint)")
    }
  }

  /// The value called `key`; nil when it is not there or null.
  subscript(key: String) -> JSON? {
    members.last { $0.key == key && $0.value != .null }?.value
  }

  /// The text called `key`.
  func text(_ key: String) throws(UsageError) -> String? {
    guard let value = self[key] else { return nil }
    return try text(value, key)
  }

  /// A list of texts called `key`; one text is a list of one.
  func texts(_ key: String) throws(UsageError) -> [String] {
    guard let value = self[key] else { return [] }
    guard case .array(let elements) = value else { return [try text(value, key)] }
    var texts: [String] = []
    for element in elements { texts.append(try text(element, key)) }
    return texts
  }

  /// The truth value called `key`.
  func flag(_ key: String) throws(UsageError) -> Bool? {
    guard let value = self[key] else { return nil }
    guard let flag = value.boolValue else { throw wrong(key, value, expected: "true or false") }
    return flag
  }

  /// The mapping called `key`.
  func mapping(_ key: String, keys: [String]) throws(UsageError) -> SpecReader? {
    guard let value = self[key] else { return nil }
    return try SpecReader(value, at: inside(key), keys: keys, source: source)
  }

  /// The full place of `key`.
  func inside(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

  /// The error that the value of `key` is not what it must be.
  func wrong(_ key: String, _ value: JSON, expected: String) -> UsageError {
    UsageError("\(source): \(inside(key)) is \(value), but must be \(expected)")
  }

  /// A reader of `value`, an element of the list called `key`.
  func element(_ value: JSON, of key: String, keys: [String]) throws(UsageError) -> SpecReader {
    try SpecReader(value, at: inside(key), keys: keys, source: source)
  }

  /// Numbers and truth values are taken by their text: `2023` in a header needs no quotation marks.
  private func text(_ value: JSON, _ key: String) throws(UsageError) -> String {
    switch value {
    case .string(let text), .number(let text): return text
    case .bool(let flag): return flag ? "true" : "false"
    case .null, .array, .object: throw wrong(key, value, expected: "a text")
    }
  }
}

extension [String] {
  fileprivate var listed: String { joined(separator: ", ") }
}
