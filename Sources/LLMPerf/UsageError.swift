/// A mistake in what the user gave, found before it did harm: one sentence that says what is wrong, where, and what
/// would be accepted. The command line prints it and exits with 2.
public struct UsageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The sentence.
  public var message: String

  /// A mistake described by `message`.
  public init(_ message: String) {
    self.message = message
  }

  public var description: String { message }
}
