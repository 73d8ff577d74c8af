/// Numbers as text for people, without a locale: reports must read the same on every machine.
package enum NumberText {
  /// `value` with `digits` digits after the point, rounded half away from zero; `n/a` when it is nil or not a number,
  /// `∞` when it has no bound.
  package static func fixed(_ value: Double?, digits: Int) -> String {
    guard let value, !value.isNaN else { return "n/a" }
    guard value.isFinite else { return value > 0 ? "∞" : "−∞" }
    let scale = powersOfTen[min(max(digits, 0), powersOfTen.count - 1)]
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let whole = Int(scaled)
    let sign = value < 0 && whole != 0 ? "-" : ""
    guard digits > 0 else { return sign + String(whole) }
    let fraction = String(whole % Int(scale))
    return sign + String(whole / Int(scale)) + "." + String(repeating: "0", count: digits - fraction.count) + fraction
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

  /// A time in seconds in the unit that suits it: `850 µs`, `23.0 ms`, `1.25 s`.
  package static func time(_ seconds: Double?) -> String {
    guard let (value, unit) = scaled(seconds) else { return fixed(seconds, digits: 0) }
    return significant(value) + " " + unit
  }

  /// The same without needless zeros, for the ticks of an axis: `23 ms`.
  package static func shortTime(_ seconds: Double?) -> String {
    guard let (value, unit) = scaled(seconds) else { return fixed(seconds, digits: 0) }
    return short(value) + " " + unit
  }

  private static func scaled(_ seconds: Double?) -> (Double, String)? {
    guard let seconds, seconds.isFinite else { return nil }
    let magnitude = seconds.magnitude
    if magnitude >= 0.9995 || magnitude == 0 { return (seconds, "s") }
    if magnitude >= 0.000_999_5 { return (seconds * 1e3, "ms") }
    if magnitude >= 0.000_000_999_5 { return (seconds * 1e6, "µs") }
    return (seconds * 1e9, "ns")
  }

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

  /// A share of 1 as percent: `12.3 %`.
  package static func percent(_ share: Double?) -> String {
    guard let share, share.isFinite else { return fixed(share, digits: 0) }
    return short(share * 100) + " %"
  }

  /// Text without the zeros that end a fraction.
  package static func withoutTrailingZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  private static let powersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
}
