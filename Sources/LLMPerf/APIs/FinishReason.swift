/// What a service's word for the end of an answer says.
///
/// A reason by which the service ended the answer is an end: its own choice (`stop`, `end_turn`), a limit (`length`), a
/// rule (`content_filter`, `refusal`), a call (`tool_calls`, `pause_turn`), and every word that is not known here. A word
/// that says that the answer broke off is a failure.
package enum FinishReason {
  /// Words for an answer that broke off, alone or as a part of a reason: `network_error`, `USER_CANCEL`. `sensitive` is
  /// Zhipu's, whose documentation calls it a failure.
  private static let failures: Set<Substring> = [
    "abort", "aborted", "cancel", "canceled", "cancelled", "crash", "crashed", "disconnect", "disconnected", "error",
    "errored", "exception", "fail", "failed", "failure", "interrupted", "killed", "overloaded", "preempted",
    "sensitive", "shutdown", "timedout", "timeout", "unavailable",
  ]

  /// Whether `reason` is one of the usual ends: to look closer at every answer's reason costs more than to read the rest.
  private static func isUsual(_ reason: String) -> Bool {
    switch reason {
    case "stop", "length", "tool_calls", "content_filter", "end_turn", "max_tokens", "stop_sequence", "tool_use": true
    default: false
    }
  }

  /// Whether `reason` says that the answer has ended. Until it has, some services write an empty string, the word `null`,
  /// or `none`.
  package static func isEnd(_ reason: String) -> Bool {
    if isUsual(reason) { return true }
    let word = reason.lowercased()
    return !word.allSatisfy(\.isWhitespace) && word != "null" && word != "none"
  }

  /// Whether `reason` says that the answer broke off.
  package static func isFailure(_ reason: String) -> Bool {
    if isUsual(reason) { return false }
    if reason.lowercased().split(whereSeparator: { !$0.isLetter }).contains(where: failures.contains) { return true }
    // `networkError` has its words side by side.
    var spaced = ""
    for letter in reason {
      if letter.isUppercase, spaced.last?.isLowercase == true { spaced.append(" ") }
      spaced.append(letter)
    }
    return spaced.lowercased().split { !$0.isLetter }.contains(where: failures.contains)
  }

  /// The error that a reason stands for; nil when it is a proper end.
  package static func error(for reason: String) -> ServiceError? {
    isFailure(reason) ? ServiceError(message: "the answer ended with the finish reason \(reason)") : nil
  }
}

/// Which choices of an answer have begun, and which have ended.
package struct ChoiceEnds: Sendable, Hashable {
  /// The first choice, which most answers have alone.
  private var first: Bool?
  /// Whether each further choice has ended, by its index.
  private var others: [Int: Bool] = [:]

  package init() {}

  /// Notes that something came for the choice.
  package mutating func begin(_ choice: Int) {
    if choice == 0 {
      if first == nil { first = false }
    } else if others[choice] == nil {
      others[choice] = false
    }
  }

  /// Notes that the choice has a finish reason.
  package mutating func end(_ choice: Int) {
    if choice == 0 { first = true } else { others[choice] = true }
  }

  /// The first of `count` choices of which nothing came; nil when something came of all. A service may well give fewer
  /// than were asked for: that alone is no fault.
  package func missing(of count: Int) -> Int? {
    if first == nil, !others.isEmpty, count > 0 { return 0 }
    return count > 1 && first != nil ? (1..<min(count, 1_000)).first { others[$0] == nil } : nil
  }

  /// The lowest choice without a finish reason although another one has one; nil when there is none. A service that gives
  /// no reason at all says nothing about its choices.
  package var unfinished: Int? {
    guard first == true || others.values.contains(true) else { return nil }
    return first == false ? 0 : others.filter { !$0.value }.keys.min()
  }
}

extension ResponseReading {
  /// Notes why a choice ended, and what that means.
  package mutating func end(choice: Int = 0, reason: String) -> EventMeaning {
    guard FinishReason.isEnd(reason) else { return .bookkeeping }
    choices.end(choice)
    finishReason = reason
    guard let failure = FinishReason.error(for: reason) else { return .bookkeeping }
    error = error ?? failure
    return .error
  }
}
