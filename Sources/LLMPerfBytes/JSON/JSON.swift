/// A JSON value that keeps what a service or a user's template may depend on: the order of keys and the text of numbers.
public enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  /// A number by its text: `1.0` stays `1.0`, and 64-bit ids keep their digits.
  case number(String)
  case string(String)
  case array([JSON])
  /// Members in order. Where a key repeats, the last one counts.
  case object([Member])

  /// One member of an object.
  public struct Member: Sendable, Hashable {
    public var key: String
    public var value: JSON

    /// The member `key: value`.
    public init(_ key: String, _ value: JSON) {
      self.key = key
      self.value = value
    }
  }

  /// A whole number.
  public static func int(_ value: Int) -> JSON { .number(String(value)) }

  /// A number, or null when `value` is nil or not finite: JSON has no NaN.
  public static func double(_ value: Double?) -> JSON {
    guard let value, value.isFinite else { return .null }
    if value == value.rounded(), value.magnitude < 1e15 { return .number(String(Int64(value))) }
    return .number("\(value)")
  }

  /// A string, or null.
  public static func optional(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }

  /// A whole number, or null.
  public static func optional(_ value: Int?) -> JSON { value.map { .int($0) } ?? .null }

  /// The member called `key` of an object; nil for other values and unknown keys.
  public subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  /// The element at `index` of an array; nil for other values and beyond the end.
  public subscript(index: Int) -> JSON? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// The text of a string; nil for other values.
  public var stringValue: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// A number as a whole one, when it is; nil for other values.
  public var intValue: Int? {
    guard case .number(let text) = self else { return nil }
    return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
  }

  /// A number; nil for other values.
  public var doubleValue: Double? {
    guard case .number(let text) = self else { return nil }
    return Double(text)
  }

  /// A truth value; nil for other values.
  public var boolValue: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  /// The elements of an array; nil for other values.
  public var arrayValue: [JSON]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The members of an object; nil for other values.
  public var members: [Member]? {
    guard case .object(let members) = self else { return nil }
    return members
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}
