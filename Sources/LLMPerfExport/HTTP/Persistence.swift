import CLLMPerfWire
import LLMPerf
import LLMPerfWire

/// Why a call to a service did not succeed.
enum ServiceFailure: Error {
  /// No answer came; another try may bring one.
  case unreachable(String)
  /// An answer came; that to another try may be better.
  case passing(String, retryAfter: String?)
  /// Another try would end the same way.
  case final(String)
}

/// The upload will not succeed.
struct Abandoned: Error {
  /// Why, in one line.
  var reason: String
}

/// Does calls to a service again until they succeed, fail for good, or the time after the run's end is over.
/// Belongs to the uploading thread.
final class Persistence {
  /// How long to go on, and how fast.
  struct Limits: Sendable {
    /// After the run's end.
    var finish: Duration = .seconds(120)
    /// The same when the service has answered, and never well.
    var finishWithoutSuccess: Duration = .seconds(30)
    /// The same when it has never answered.
    var finishWithoutContact: Duration = .seconds(3)
    var retries = RetryPolicy()
  }

  /// The name in front of the lines for the user.
  private let service: String
  private let limits: Limits
  private let waker: Waker
  private let endedAt: () -> Int64?
  private let note: (String) -> Void
  private var hasContact = false
  private var hasSuccess = false
  /// Why the call before failed; nil when it did not.
  private var lastFailure: String?
  /// What the user was last told.
  private var lastNote: String?

  /// - Parameters:
  ///   - waker: Signalled at news of the run.
  ///   - endedAt: When the run ended, on the system's monotonic clock; nil while it goes on.
  init(
    _ service: String, limits: Limits, waker: Waker, endedAt: @escaping () -> Int64?, note: @escaping (String) -> Void
  ) {
    self.service = service
    self.limits = limits
    self.waker = waker
    self.endedAt = endedAt
    self.note = note
  }

  /// The result of the first `call` that succeeds.
  func callAsFunction<Value>(_ call: () throws(ServiceFailure) -> Value) throws(Abandoned) -> Value {
    var failures = 0
    while true {
      // A service that answers, but slowly, has its time as one that fails has.
      if hasSuccess, let last = giveUpAt, lw_monotonic() >= last {
        throw Abandoned(reason: lastFailure ?? "it was not done in time after the run's end")
      }
      do throws(ServiceFailure) {
        let value = try call()
        (hasContact, hasSuccess) = (true, true)
        lastFailure = nil
        return value
      } catch {
        failures += 1
        switch error {
        case .final(let reason): throw Abandoned(reason: reason)
        case .unreachable(let reason): try wait(behind: failures, reason, retryAfter: nil)
        case .passing(let reason, let retryAfter):
          hasContact = true
          try wait(behind: failures, reason, retryAfter: retryAfter)
        }
      }
    }
  }

  /// Waits as long as it makes sense after so many failures in a row.
  private func wait(behind failures: Int, _ reason: String, retryAfter: String?) throws(Abandoned) {
    lastFailure = reason
    if reason != lastNote {
      lastNote = reason
      note("\(service) does not take the run's data, and is tried again: \(reason)")
    }
    let wait = limits.retries.wait(afterFailures: failures, retryAfter: retryAfter, random: .random(in: 0...1))
    let next = lw_monotonic() + wait.wholeNanoseconds
    if let last = giveUpAt, next >= last { throw Abandoned(reason: reason) }
    pause(until: next, endingOnly: true)
  }

  /// Waits until `instant`. Wakes for news of the run, or only for its end.
  func pause(until instant: Int64, endingOnly: Bool) {
    let hadEnded = endedAt() != nil
    while true {
      let left = instant - lw_monotonic()
      guard left > 0 else { return }
      let wasWoken = waker.wait(nanoseconds: left)
      if wasWoken, !endingOnly || !hadEnded && endedAt() != nil { return }
    }
  }

  private var giveUpAt: Int64? {
    let limit =
      hasSuccess ? limits.finish : hasContact ? limits.finishWithoutSuccess : limits.finishWithoutContact
    return endedAt().map { $0 + limit.wholeNanoseconds }
  }
}
