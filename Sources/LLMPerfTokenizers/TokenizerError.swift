/// Why a tokenizer could not be loaded, or why one text could not be encoded.
public struct TokenizerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of problem it is.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: String { case unreadable, malformed, unsupported, unencodable }
    private let kind: Kind

    /// No tokenizer file was found, or a file could not be read.
    public static let unreadable = Code(kind: .unreadable)
    /// A file was read but is not what its name or its beginning promises.
    public static let malformed = Code(kind: .malformed)
    /// The file asks for something that this library does not do; counting without it would be wrong.
    public static let unsupported = Code(kind: .unsupported)
    /// The tokenizer is fine, but it has no answer for this text.
    public static let unencodable = Code(kind: .unencodable)

    /// The code's name.
    public var description: String { kind.rawValue }
  }

  /// What kind of problem it is.
  public let code: Code
  /// The file that the problem is in; nil for a problem of one text.
  public let file: String?
  /// One sentence that says what is wrong.
  public let message: String

  init(_ code: Code, file: String? = nil, _ message: String) {
    self.code = code
    self.file = file
    self.message = message
  }

  /// The file and the problem in one line.
  public var description: String {
    guard let file else { return message }
    return "\(file): \(message)"
  }

  /// The same problem, said to be in `file` unless a file is already named.
  func inFile(_ file: String) -> TokenizerError {
    self.file == nil ? TokenizerError(code, file: file, message) : self
  }

  static func malformed(_ message: String) -> TokenizerError { TokenizerError(.malformed, message) }
  static func unsupported(_ message: String) -> TokenizerError { TokenizerError(.unsupported, message) }
  static func unencodable(_ message: String) -> TokenizerError { TokenizerError(.unencodable, message) }
}
