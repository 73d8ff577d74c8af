/// An option of the command line, as the configuration file needs to know it.
public struct KnownOption: Sendable, Hashable {
  /// What follows an option on the command line.
  public enum Kind: Sendable, Hashable {
    /// Nothing: it is there or not.
    case flag
    /// One value.
    case value
    /// One value, and the option may be given again: `--fail-if A --fail-if B`.
    case repeated
    /// Any number of values up to the next option: `--headers A=1 B=2`.
    case list
  }

  /// Its long name without dashes: `read-timeout`.
  public var name: String
  /// What follows it.
  public var kind: Kind
  /// Whether its flag can be turned off by `--no-NAME`.
  public var hasNegation: Bool

  /// The option `--name`.
  public init(_ name: String, _ kind: Kind, hasNegation: Bool = false) {
    self.name = name
    self.kind = kind
    self.hasNegation = hasNegation
  }
}

extension JSON {
  /// Whether an option with this value was not given: null, a switch that is off, an empty list.
  package var isUnset: Bool { self == .null || self == .bool(false) || self == .array([]) }
}
