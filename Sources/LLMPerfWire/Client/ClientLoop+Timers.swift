internal import CLLMPerfWire
import LLMPerf

/// What is due without an event of a socket.
extension ClientLoop {
  /// Timers that one turn serves at most: many are due in the same step, and must not keep the sockets waiting.
  private static let mostTimersPerTurn = 256

  /// Sets the timer of a connection that has a deadline, where none stands for it.
  func arm(_ channel: Channel) {
    guard !channel.isTimed, let deadline = channel.connection.deadline(limits) else { return }
    timers.set(channel, for: deadline, at: now)
  }

  func fireTimers() {
    let at = now
    for _ in 0..<Self.mostTimersPerTurn {
      switch timers.next(dueBy: at) {
      case .connection(let index)?: fire(channels[index], at)
      case .rested(let index)?: free.append(index)
      case .cut?: cut()
      case .look?:
        stamps.compare(lw_monotonic_minus_realtime() - origin)
        publish()
        timers.lookAgain(after: now)
      case nil: return
      }
    }
  }

  private func fire(_ channel: Channel, _ at: RunInstant) {
    channel.isTimed = false
    perform(channel.connection.timerFired(at: at, limits), on: channel)
    arm(channel)
  }

  /// Ends what is in flight, since the run is over.
  private func cut() {
    isCut = true
    for channel in channels where channel.connection.isBusy {
      perform(channel.connection.cut(at: now), on: channel)
    }
  }
}
