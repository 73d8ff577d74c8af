import LLMPerf

/// The letter of one event in the column `event_kinds`.
///
/// An upper-case letter says that the event's data is the next one in `response_messages` and its time the next one in
/// `chunk_times`; a lower-case letter says the same of `other_events` and `other_times`. An event that is several things
/// has the first letter that fits.
enum EventKind {
  static func letter(of meaning: EventMeaning, isClassic: Bool) -> UInt8 {
    let letter: Unicode.Scalar =
      if meaning.contains(.error) {
        "E"
      } else if meaning.contains(.toolCall) {
        "T"
      } else if meaning.contains(.output) {
        "O"
      } else if meaning.contains(.reasoning) {
        "R"
      } else if meaning.contains(.sentinel) {
        "D"
      } else if meaning.contains(.end) {
        "F"
      } else if meaning.contains(.choices) {
        "C"
      } else if meaning.contains(.usage) {
        "U"
      } else {
        "B"
      }
    return UInt8(ascii: letter) | (isClassic ? 0 : 0x20)
  }

  static func meaning(of letter: UInt8) -> (meaning: EventMeaning, isClassic: Bool) {
    let isClassic = letter & 0x20 == 0
    let meaning: EventMeaning =
      switch letter & ~0x20 {
      case UInt8(ascii: "E"): .error
      case UInt8(ascii: "T"): [.output, .toolCall]
      case UInt8(ascii: "O"): .output
      case UInt8(ascii: "R"): .reasoning
      case UInt8(ascii: "D"): [.sentinel, .end]
      case UInt8(ascii: "F"): .end
      case UInt8(ascii: "C"): .choices
      case UInt8(ascii: "U"): .usage
      default: .bookkeeping
      }
    return (isClassic ? meaning.union(.classic) : meaning, isClassic)
  }
}
