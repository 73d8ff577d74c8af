extension NumberText {
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

  /// Seconds as milliseconds, without the unit, for columns: `0.123`, `45.67`, `1234.5`.
  package static func milliseconds(_ seconds: Double) -> String {
    let milliseconds = seconds * 1e3
    let digits = milliseconds < 9.9995 ? 3 : milliseconds < 999.995 ? 2 : milliseconds < 99_999.95 ? 1 : 0
    return fixed(milliseconds, digits: digits)
  }

  /// A time as a clock shows it: `0:07`, `12:34`, `1:02:03`.
  package static func clock(_ seconds: Double) -> String {
    let whole = Int(max(0, min(seconds, 1e9)).rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0 ? "\(hours):\(padded(minutes, 2)):\(padded(rest, 2))" : "\(minutes):\(padded(rest, 2))"
  }

  private static func scaled(_ seconds: Double?) -> (Double, String)? {
    guard let seconds, seconds.isFinite else { return nil }
    let magnitude = seconds.magnitude
    if magnitude >= 0.9995 || magnitude == 0 { return (seconds, "s") }
    if magnitude >= 0.000_999_5 { return (seconds * 1e3, "ms") }
    if magnitude >= 0.000_000_999_5 { return (seconds * 1e6, "µs") }
    return (seconds * 1e9, "ns")
  }
}
