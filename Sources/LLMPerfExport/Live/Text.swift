import Glibc

/// Numbers as people read them.
package enum Text {
  /// `value` with `digits` places behind the point, correctly rounded.
  package static func fixed(_ value: Double, _ digits: Int) -> String {
    var buffer = [CChar](repeating: 0, count: 400)
    let count = withVaList([Int32(digits), value]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
    return String(decoding: buffer.prefix(max(0, Int(count))).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// `value` rounded to `digits` places, without zeros at the end: what `round` in Python prints.
  package static func rounded(_ value: Double, _ digits: Int) -> String {
    if let text = roundedFast(value, digits) { return text }
    var text = fixed(value, digits)
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    return text == "-0" ? "0" : text
  }

  /// The same by whole numbers, ten times as fast; nil where a half is so near that only exact digits can decide.
  private static func roundedFast(_ value: Double, _ digits: Int) -> String? {
    guard digits <= 6, value.magnitude < 1e8 else { return nil }
    var unit = 1
    for _ in 0..<digits { unit *= 10 }
    let scaled = value.magnitude * Double(unit)
    let below = scaled.rounded(.down)
    guard abs(scaled - below - 0.5) > 1e-3 else { return nil }
    let whole = Int(scaled - below < 0.5 ? below : below + 1)
    var (fraction, places) = (whole % unit, digits)
    while places > 0, fraction % 10 == 0 { (fraction, places) = (fraction / 10, places - 1) }
    let sign = value < 0 && whole > 0 ? "-" : ""
    return places == 0 ? "\(sign)\(whole / unit)" : "\(sign)\(whole / unit).\(padded(fraction, places))"
  }

  /// A number with three digits that mean something: `0.123`, `12.3`, `1230`.
  package static func short(_ value: Double) -> String {
    switch value.magnitude {
    case ..<0.9995: fixed(value, value == 0 ? 0 : 3)
    case ..<9.995: fixed(value, 2)
    case ..<99.95: fixed(value, 1)
    case ..<99_950: fixed(value, 0)
    case ..<999_500: "\(fixed(value / 1e3, 0))k"
    default: "\(fixed(value / 1e6, 1))M"
    }
  }

  /// A duration with its unit: `850 µs`, `12.3 ms`, `4.20 s`.
  package static func duration(_ seconds: Double) -> String {
    switch seconds.magnitude {
    case ..<1e-9: "0 ms"
    case ..<0.0009995: "\(fixed(seconds * 1e6, 0)) µs"
    case ..<0.9995: "\(short(seconds * 1e3)) ms"
    case ..<120: "\(short(seconds)) s"
    default: clock(seconds)
    }
  }

  /// A duration as a clock shows it: `0:07`, `12:34`, `1:02:03`.
  package static func clock(_ seconds: Double) -> String {
    let whole = Int(max(0, min(seconds, 1e9)).rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0 ? "\(hours):\(padded(minutes, 2)):\(padded(rest, 2))" : "\(minutes):\(padded(rest, 2))"
  }

  /// A count of bytes: `512 B`, `12.3 MB`.
  package static func bytes(_ count: Int) -> String {
    let value = Double(count)
    switch value {
    case ..<1e3: return "\(count) B"
    case ..<999_500: return "\(short(value / 1e3)) kB"
    case ..<999_500_000: return "\(short(value / 1e6)) MB"
    default: return "\(short(value / 1e9)) GB"
    }
  }

  /// A share as a percentage: `0.3 %`, `12 %`.
  package static func percent(_ share: Double) -> String {
    "\(fixed(share * 100, share > 0 && share < 0.0995 ? 1 : 0)) %"
  }

  /// `value` with zeros in front, `width` digits at least.
  package static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
