/// A moment of the wall clock as date and time, UTC.
package struct CivilTime: Sendable, Hashable {
  package let year: Int
  package let month: Int
  package let day: Int
  package let hour: Int
  package let minute: Int
  package let second: Int

  /// The moment `seconds` after 1970-01-01 00:00 UTC.
  package init(secondsSince1970 seconds: Double) {
    let total = Int(seconds.isFinite ? max(-1e13, min(1e13, seconds.rounded(.down))) : 0)
    let ofDay = ((total % 86400) + 86400) % 86400
    (hour, minute, second) = (ofDay / 3600, ofDay / 60 % 60, ofDay % 60)
    // Days counted from 0000-03-01, so that leap days end the year (H. Hinnant, "chrono-compatible low-level date
    // algorithms").
    let days = (total - ofDay) / 86400 + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// `2026-11-24 17:23:14 UTC`.
  package var text: String {
    "\(year)-\(two(month))-\(two(day)) \(two(hour)):\(two(minute)):\(two(second)) UTC"
  }

  /// `20261124-172314`.
  package var compact: String {
    "\(year)\(two(month))\(two(day))-\(two(hour))\(two(minute))\(two(second))"
  }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
