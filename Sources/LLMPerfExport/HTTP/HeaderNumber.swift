/// Numbers in the headers of a service's answers, checked where they enter: there may stand anything.
enum HeaderNumber {
  /// A whole number in decimal digits, as lengths and statuses are; nil for all else.
  static func whole(_ text: some StringProtocol) -> Int? {
    guard 1...18 ~= text.utf8.count, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    return Int(text)
  }

  /// A number of seconds as a time to wait, `most` at the longest; nil for what is no number, and for less than nothing.
  static func wait(_ text: some StringProtocol, atMost most: Duration) -> Duration? {
    guard let seconds = Double(text), seconds >= 0 else { return nil }
    return seconds < most / .seconds(1) ? .seconds(seconds) : most
  }
}
