import LLMPerf

/// The places of a closed loop, as its concurrency asks for them.
extension ClientLoop {
  /// Opens and closes places when the concurrency changes.
  func keepPlaces() {
    nextDue = places?.nextChange
    guard let change = nextDue, change <= now else { return }
    while let step = places?.takeStep(at: now) {
      for _ in 0..<step.opening {
        let channel = closedPlaces.popLast().map { channels[$0] } ?? makeChannel()
        channel.freeSince = step.since
        free.append(channel.index)
      }
      while !free.isEmpty, places?.closesOne() == true { closePlace(channels[free.removeFirst()]) }
    }
    nextDue = places?.nextChange
  }

  /// Frees a channel's place, at once or when it has rested; one that is too many closes.
  func release(_ channel: Channel, since: RunInstant) {
    channel.freeSince = since
    if places?.closesOne() == true {
      closePlace(channel)
    } else if options.pausesAfterFailedConnect, channel.connection.couldNotConnect {
      timers.rest(channel, from: now)
    } else {
      free.append(channel.index)
    }
  }

  func makeChannel() -> Channel {
    let channel = Channel(index: channels.count)
    channels.append(channel)
    return channel
  }

  private func closePlace(_ channel: Channel) {
    perform(channel.connection.end(at: now, reset: false), on: channel)
    closedPlaces.append(channel.index)
  }
}
