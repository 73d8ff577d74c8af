#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Numbers as text, without a locale: what is printed must read the same on every machine.
///
/// What does not exist, or is not a number, is `n/a`; what has no bound is `∞`.
package enum NumberText {
  /// `value` with `digits` digits behind the point, rounded as C's `%.nf` does; a zero has no sign.
  package static func fixed(_ value: Double?, digits: Int) -> String {
    guard let value, !value.isNaN else { return "n/a" }
    guard value.isFinite else { return value > 0 ? "∞" : "−∞" }
    return quick(value, digits) ?? exact(value, digits)
  }

  /// The same without zeros at the end: what Python's `round` prints.
  package static func rounded(_ value: Double?, digits: Int) -> String {
    withoutTrailingZeros(fixed(value, digits: digits))
  }

  /// `value` with three significant digits, more where it is large, and no needless zeros: `1,234`, `12.3`, `0.05`.
  package static func short(_ value: Double?) -> String { withoutTrailingZeros(significant(value)) }

  /// `value` with three significant digits, more where it is large: `1,234`, `12.0`, `0.0500`.
  package static func significant(_ value: Double?) -> String {
    guard let value, value.isFinite, value != 0 else { return fixed(value, digits: 0) }
    if value.magnitude >= 999.5, value.magnitude < 1e15 { return grouped(Int(value.rounded())) }
    var digits = 0
    var magnitude = value.magnitude
    while magnitude < 99.95, digits < 6 {
      magnitude *= 10
      digits += 1
    }
    return fixed(value, digits: digits)
  }

  /// A whole number; `n/a` when there is none.
  package static func whole(_ value: Int?) -> String { value.map(String.init) ?? "n/a" }

  /// A whole number with its digits in groups of three: `12,345`.
  package static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "-" : ""
    for (position, digit) in digits.enumerated() {
      if position > 0, (digits.count - position).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// A whole number with zeros in front, `width` digits at least.
  package static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// A share of 1 as percent, with more than one digit behind the point only where else nothing would be left: `12.3 %`,
  /// `0.8 %`, `0.012 %`.
  package static func percent(_ share: Double?) -> String {
    guard let share, share.isFinite else { return fixed(share, digits: 0) }
    let percent = share * 100
    return (percent.magnitude < 0.1 ? short(percent) : rounded(percent, digits: 1)) + " %"
  }

  /// A number of bytes in the unit that leaves few digits: `512 B`, `4.0 KiB`, `52.1 MiB`.
  package static func bytes(_ count: Int) -> String {
    guard count >= 1024 else { return "\(count) B" }
    let units = ["KiB", "MiB", "GiB", "TiB"]
    var (value, place) = (Double(count) / 1024, 0)
    while value >= 1023.95, place < units.count - 1 { (value, place) = (value / 1024, place + 1) }
    return "\(fixed(value, digits: 1)) \(units[place])"
  }

  /// Text without the zeros that end a fraction.
  package static func withoutTrailingZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// The digits by whole numbers, ten times as fast as the C library's; nil for a large number, and where a half is so
  /// near that only exact digits can decide.
  private static func quick(_ value: Double, _ digits: Int) -> String? {
    guard powersOfTen.indices.contains(digits) else { return nil }
    let scaled = value.magnitude * Double(powersOfTen[digits])
    // The product is off by 2⁻⁵³ of itself, so this bound keeps it well within the distance below.
    guard scaled < 1e12 else { return nil }
    let below = scaled.rounded(.down)
    guard abs(scaled - below - 0.5) > 1e-3 else { return nil }
    let whole = Int(scaled - below < 0.5 ? below : below + 1)
    let sign = value < 0 && whole != 0 ? "-" : ""
    guard digits > 0 else { return sign + String(whole) }
    return sign + String(whole / powersOfTen[digits]) + "." + padded(whole % powersOfTen[digits], digits)
  }

  private static func exact(_ value: Double, _ digits: Int) -> String {
    let text = withVaList([Int32(digits), value]) { arguments in
      String(unsafeUninitializedCapacity: 400) { buffer in
        buffer.withMemoryRebound(to: CChar.self) { characters in
          max(0, Int(vsnprintf(characters.baseAddress, characters.count, "%.*f", arguments)))
        }
      }
    }
    return text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) } ? String(text.dropFirst()) : text
  }

  private static let powersOfTen = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
  ]
}
