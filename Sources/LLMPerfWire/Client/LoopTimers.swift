import LLMPerf

/// The timers of a loop: the deadlines of its connections, slots that rest, the run's end, and the loop's regular look at
/// itself, in one heap.
///
/// A connection has one timer at most, and that is never moved: it stands no farther ahead than the shortest of all limits,
/// so nothing that happens on the connection can be due before it. When it fires, the connection is asked for its deadline,
/// and the timer stands anew. So no event of a connection touches the heap.
struct LoopTimers {
  enum Timer {
    case connection(Int)
    /// A slot that has rested.
    case rested(Int)
    /// What is in flight is to end.
    case cut
    /// The loop looks at its clocks, and tells how it is doing.
    case look
  }

  /// The time between two looks. Deadlines are kept to in its steps, so that they wake the loop no more often.
  private static let longestStep = Duration.milliseconds(50)
  /// How long a slot rests after a failed connection, where nothing but the duration bounds a run.
  private static let rest = Duration.milliseconds(50)

  private var heap = TimerHeap<Timer>()
  private var step: Int64 = 1
  private var reach = Duration.zero
  private var cutAt: RunInstant?

  /// When the first is due; the end of time without any.
  var firstDue: RunInstant { heap.firstDue.map { RunInstant(nanoseconds: $0) } ?? .max }

  /// How many there are.
  var count: Int { heap.count }

  /// The run begins.
  mutating func begin(_ limits: ConnectionLimits, at now: RunInstant) {
    step = max(1, min(Self.longestStep, limits.readTimeout / 8, limits.connectTimeout / 8).wholeNanoseconds)
    reach = limits.shortest
    heap.insert(.look, due: now.nanoseconds)
  }

  /// Sets a connection's timer, for `deadline` or for as far ahead as a timer may stand.
  mutating func set(_ channel: Channel, for deadline: RunInstant, at now: RunInstant) {
    channel.isTimed = true
    heap.insert(.connection(channel.index), due: nextStep(min(deadline, now + reach)))
  }

  /// Sets the next look.
  mutating func lookAgain(after now: RunInstant) {
    heap.insert(.look, due: nextStep(RunInstant(nanoseconds: now.nanoseconds + 1)))
  }

  /// Lets the channel's slot rest.
  mutating func rest(_ channel: Channel, from now: RunInstant) {
    heap.insert(.rested(channel.index), due: (now + Self.rest).nanoseconds)
  }

  /// What is in flight is to end at `instant`, unless it is to end before.
  mutating func setCut(_ instant: RunInstant?) {
    guard let instant, instant != cutAt else { return }
    cutAt = instant
    heap.insert(.cut, due: instant.nanoseconds)
  }

  /// Takes the first timer that is due.
  mutating func next(dueBy now: RunInstant) -> Timer? { heap.popFirst(dueBy: now.nanoseconds)?.token }

  /// The first step at or after `instant`.
  private func nextStep(_ instant: RunInstant) -> Int64 {
    let (rounded, isFar) = instant.nanoseconds.addingReportingOverflow(step - 1)
    return isFar ? instant.nanoseconds : rounded / step * step
  }
}
