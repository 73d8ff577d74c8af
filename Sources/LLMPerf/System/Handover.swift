import LLMPerfLock

/// Passes a value that only one thread may use from one to the next.
package final class Handover<Value>: Sendable {
  /// The value on its way: whoever makes a parcel of it no longer has it.
  package final class Parcel: Sendable {
    private let value: Lock<Value?>

    package init(_ value: sending Value?) {
      self.value = Lock(value)
    }

    fileprivate func open() -> sending Value? {
      value.withLock { value in
        let taken = value
        value = nil
        return taken
      }
    }
  }

  private let parcel: Lock<Parcel?>

  package init(_ value: sending Value?) {
    parcel = Lock(Parcel(value))
  }

  /// Takes the value; nil when somebody has it.
  package func take() -> sending Value? {
    let taken = parcel.withLock { parcel in
      defer { parcel = nil }
      return parcel
    }
    return taken?.open()
  }

  /// Gives the value back.
  package func give(_ newParcel: Parcel) {
    parcel.withLock { $0 = newParcel }
  }
}
