import Glibc
import LLMPerf

/// Moments of the wall clock as text.
package enum WallTime {
  /// Seconds since 1970, now.
  package static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// `2026_11_24_03_13_41_655184`, local time: how the original writes it.
  package static func underscored(_ seconds: Double) -> String {
    let (t, microseconds) = broken(seconds, isLocal: true)
    return "\(date(t, "_"))_\(time(t, "_"))_\(NumberText.padded(microseconds, 6))"
  }

  /// `20261124_031341`, local time.
  static func compact(_ seconds: Double) -> String {
    let (t, _) = broken(seconds, isLocal: true)
    return "\(date(t, ""))_\(time(t, ""))"
  }

  /// `2026-11-24T03:13:41.655184`, UTC.
  static func iso(_ seconds: Double) -> String {
    let (t, microseconds) = broken(seconds, isLocal: false)
    return "\(date(t, "-"))T\(time(t, ":")).\(NumberText.padded(microseconds, 6))"
  }

  private static func broken(_ seconds: Double, isLocal: Bool) -> (tm, Int) {
    // A damaged database may say anything.
    let seconds = seconds.magnitude < 1e12 ? seconds : 0
    var whole = time_t(seconds.rounded(.down))
    var fields = tm()
    if isLocal { localtime_r(&whole, &fields) } else { gmtime_r(&whole, &fields) }
    return (fields, min(999_999, Int((seconds - seconds.rounded(.down)) * 1e6)))
  }

  private static func date(_ t: tm, _ mark: String) -> String {
    [
      NumberText.padded(Int(t.tm_year) + 1900, 4), NumberText.padded(Int(t.tm_mon) + 1, 2),
      NumberText.padded(Int(t.tm_mday), 2),
    ]
    .joined(separator: mark)
  }

  private static func time(_ t: tm, _ mark: String) -> String {
    [t.tm_hour, t.tm_min, t.tm_sec].map { NumberText.padded(Int($0), 2) }.joined(separator: mark)
  }
}
