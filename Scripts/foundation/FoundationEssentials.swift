// The part of FoundationEssentials that swift-argument-parser uses.
//
// The toolchain's own is 5 MB of the release binary, and the parser takes a description of errors and an encoder from it.
// Scripts/static-libraries.sh compiles this under the same name, and `make` lets the compiler find it first. What the
// parser should come to use beyond it, the compiler says.

/// An error that says what it is.
public protocol LocalizedError: Error {
  /// What happened.
  var errorDescription: String? { get }
}

/// Bytes.
public struct Data: Sendable {
  let bytes: [UInt8]
}

extension String {
  /// How text is written in bytes.
  public enum Encoding: Sendable { case utf8 }

  /// The text that `data` holds.
  public init?(data: Data, encoding: Encoding) {
    self.init(validating: data.bytes, as: UTF8.self)
  }
}

/// Writes values as JSON, in the form that the parser asks for: a member a line, in the order of their names.
public final class JSONEncoder {
  /// How JSON is laid out.
  public struct OutputFormatting: OptionSet, Sendable {
    public let rawValue: UInt

    public init(rawValue: UInt) { self.rawValue = rawValue }

    /// A member a line.
    public static let prettyPrinted = OutputFormatting(rawValue: 1 << 0)
    /// Members in the order of their names.
    public static let sortedKeys = OutputFormatting(rawValue: 1 << 1)
  }

  /// What the parser asks for; there is no other form.
  public var outputFormatting: OutputFormatting = [.prettyPrinted, .sortedKeys]

  /// An encoder.
  public init() {}

  /// `value` as JSON.
  public func encode(_ value: some Encodable) throws -> Data {
    let tree = JSONTree()
    try tree.fill(value)
    return Data(bytes: Array(tree.text(indent: "").utf8))
  }
}
