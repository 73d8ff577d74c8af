/// A value that is made once and then only read, shared by all who hold it.
package final class Shared<Value: Sendable>: Sendable {
  package let value: Value

  package init(_ value: Value) {
    self.value = value
  }
}

/// Shown as what it holds.
extension Shared: CustomDebugStringConvertible {
  package var debugDescription: String { String(reflecting: value) }
}
