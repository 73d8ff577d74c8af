import Glibc

/// `value` with `places` decimals, rounded and written as C's `%.nf` does.
func decimal(_ value: Double, _ places: Int) -> String {
  let text = withVaList([value]) { arguments in
    String(unsafeUninitializedCapacity: 400) { buffer in
      buffer.withMemoryRebound(to: CChar.self) { characters in
        max(0, Int(vsnprintf(characters.baseAddress, characters.count, "%.\(places)f", arguments)))
      }
    }
  }
  return text
}

/// `value` with `places` decimals; `n/a` when there is none.
func decimal(_ value: Double?, _ places: Int) -> String {
  guard let value, value.isFinite else { return "n/a" }
  return decimal(value, places)
}

/// Seconds as milliseconds with about four digits that matter: `0.123`, `45.67`, `1234.5`.
func millisecondsText(_ seconds: Double) -> String {
  let milliseconds = seconds * 1e3
  let places = milliseconds < 9.9995 ? 3 : milliseconds < 999.995 ? 2 : milliseconds < 99_999.95 ? 1 : 0
  return decimal(milliseconds, places)
}

/// A whole number; `n/a` when there is none.
func wholeNumber(_ value: Int?) -> String { value.map(String.init) ?? "n/a" }

/// A share as a percentage: `12.5 %`.
func percentText(_ share: Double?) -> String {
  share.map { "\(decimal($0 * 100, 1)) %" } ?? "n/a"
}

/// Bytes in the unit that leaves few digits.
func bytesText(_ bytes: Int) -> String {
  bytes < 1 << 20 ? "\(decimal(Double(bytes) / 1024, 1)) KiB" : "\(decimal(Double(bytes) / 1_048_576, 1)) MiB"
}
