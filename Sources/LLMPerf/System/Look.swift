/// What one finds who looks for the next of something that others bring.
package enum Look<Value> {
  case found(Value)
  /// Nothing yet that could be taken.
  case nothing
  /// Nothing, and nothing will come.
  case end

  package var isNothing: Bool {
    if case .nothing = self { true } else { false }
  }

  package func map<Other>(_ transform: (Value) -> Other) -> Look<Other> {
    switch self {
    case .found(let value): .found(transform(value))
    case .nothing: .nothing
    case .end: .end
    }
  }
}

extension Look: Sendable where Value: Sendable {}
