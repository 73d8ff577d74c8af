package import LLMPerf

/// Turns the kernel's receive stamps, which are of the wall clock, into instants of the run, and believes none that cannot
/// be.
///
/// The wall clock may be set while a run goes on. A stamp by another clock than the one that is known lies before the
/// request was sent or before what was read last, or in the future; or it lies between and is wrong all the same, so the
/// clocks are compared in every turn of a loop.
package struct StampClock {
  /// The instant of the run at which the wall clock showed 0.
  private var offset: Int64
  /// How often the wall clock was found to have been set, and the farthest it jumped.
  package private(set) var steps = 0
  package private(set) var largestStep: Duration = .zero
  /// Stamps that could not be.
  package private(set) var disbelieved = 0
  /// Turns in which stamps from before the last step may still be read: none of them is believed.
  private var unsureTurns = 0

  /// What reading two clocks and steering one of them may differ by.
  package static let tolerance: Int64 = 100_000

  /// - Parameter offset: The run's clock less the wall clock.
  package init(offset: Int64) {
    self.offset = offset
  }

  /// A turn begins at whose start the run's clock less the wall clock is about `rough`; `exact` reads it once more with
  /// care.
  package mutating func beginTurn(rough: Int64, exact: () -> Int64) {
    unsureTurns = max(0, unsureTurns - 1)
    guard distance(rough, offset) > Self.tolerance else { return }
    compare(exact())
  }

  /// The run's clock less the wall clock has been read with care.
  package mutating func compare(_ exact: Int64) {
    let (step, isFar) = offset.subtractingReportingOverflow(exact)
    if isFar || step.magnitude > UInt64(Self.tolerance) {
      steps += 1
      unsureTurns = 2
      let size = Duration.nanoseconds(isFar ? .max : step)
      if size.magnitude > largestStep.magnitude { largestStep = size }
    }
    offset = exact
  }

  /// When the kernel received what was read at `readAt`; nil for a stamp that cannot be.
  ///
  /// - Parameter earliest: The send, or what was read before.
  package mutating func instant(of stamp: Int64, after earliest: RunInstant, readAt: RunInstant) -> RunInstant? {
    let (at, isFar) = stamp.addingReportingOverflow(offset)
    guard !isFar, unsureTurns == 0, at >= earliest.nanoseconds - Self.tolerance,
      at <= readAt.nanoseconds + Self.tolerance
    else {
      disbelieved += 1
      return nil
    }
    return RunInstant(nanoseconds: min(max(at, earliest.nanoseconds), readAt.nanoseconds))
  }

  private func distance(_ one: Int64, _ other: Int64) -> UInt64 {
    let (difference, isFar) = one.subtractingReportingOverflow(other)
    return isFar ? .max : difference.magnitude
  }
}

extension Duration {
  fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }
}
