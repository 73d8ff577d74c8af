internal import CLLMPerfWire
import Glibc
import LLMPerf

/// An event loop that sends requests when they are due and reads the responses. Everything of a connection happens on
/// the one thread that runs the loop; bytes are stamped at the read, and not understood.
///
/// What is to be done on a connection is decided by `Connection`: the loop tells it what happened and carries out what it
/// answers.
final class ClientLoop {
  let number: Int
  let endpoint: ServiceEndpoint?
  /// Why there is no endpoint: every request fails with it.
  let endpointFailure: RequestFailure?
  let options: ClientOptions
  let limits: ConnectionLimits
  let control: LoopControl
  let poller: ConnectionPoller
  var channels: [Channel] = []
  /// The channels that wait for a request, the last used on top. In a closed loop: free places.
  var free: [Int] = []
  var pace = WakeUpPace()
  var timers = LoopTimers()

  /// The places of a closed loop; nil in open loop.
  var places: Places?
  /// Channels whose places have closed.
  var closedPlaces: [Int] = []
  let maxInFlight: Int
  let buffer: UnsafeMutableRawBufferPointer
  var finished: ExchangeQueue?
  private(set) var origin: Int64 = 0
  /// Turns the kernel's stamps into instants of the run.
  var stamps = StampClock(offset: 0)
  /// The requests whose first tokens are awaited.
  var awaitedFirsts = AwaitedFirsts()
  var observation = LoopObservation()
  var inFlight = 0
  /// Connections that are being made.
  var connecting = 0
  var isSourceDry = false
  /// The later turns of the sessions that this loop has begun, and how many sessions are to say whether they go on.
  var laterTurns = LaterTurns()
  var openSessions = 0
  /// Whether the run's end has cut what was in flight.
  var isCut = false
  var nextDue: RunInstant?
  /// Whether requests are due that the last turn did not get to.
  var hasMoreToSend = false
  /// When sending may go on that waits for the recorder; nil when it does not.
  var pausedUntil: RunInstant?
  /// The clock when the turn found something to do, or after the last read since: no read that follows is earlier.
  var lastClock = RunInstant.start
  /// When the last turn found something to do; nil when it did not.
  private var wokeAt: RunInstant?

  init(
    number: Int, of loops: Int = 1, endpoint: Result<ServiceEndpoint, RequestFailure>, options: ClientOptions,
    control: LoopControl, load: Load
  ) throws {
    self.number = number
    switch endpoint {
    case .success(let endpoint): (self.endpoint, endpointFailure) = (endpoint, nil)
    case .failure(let failure): (self.endpoint, endpointFailure) = (nil, failure)
    }
    self.options = options
    limits = ConnectionLimits(options)
    self.control = control
    if case .closedLoop(let concurrency) = load.kind { places = Places(concurrency.share(number, of: loops)) }
    maxInFlight = load.isOpenLoop ? load.maxInFlight?.share(number, of: loops) ?? .max : .max
    poller = try ConnectionPoller()
    buffer = .allocate(byteCount: 256 << 10, alignment: 64)
    control.attach(poller.waker)
    for _ in 0..<(places?.first ?? 0) { free.append(makeChannel().index) }
    free.reverse()
  }

  deinit {
    buffer.deallocate()
  }

  var now: RunInstant { RunInstant(nanoseconds: lw_monotonic() - origin) }

  /// Opens every connection of a closed loop before the run starts. Those that fail are tried again when needed.
  func preconnect() throws {
    guard options.preconnects, endpoint != nil else { return }
    for channel in channels { perform(.reconnect, on: channel) }
    let deadline = now + options.connectTimeout
    while now < deadline, connecting > 0 { try turn(timeout: 10_000_000) }
  }

  /// Sends what `requests` gives until it gives no more, and returns when the last exchange has ended.
  func run(_ requests: RequestQueue, finished: ExchangeQueue, clockOrigin: Int64) throws {
    self.finished = finished
    origin = clockOrigin
    stamps = StampClock(offset: lw_monotonic_minus_realtime() - origin)
    timers.begin(limits, at: now)
    laterTurns = requests.laterTurns(of: number)
    let waker = poller.waker
    laterTurns.attach { waker.signal() }
    var turnStart = now
    while true {
      timers.setCut(control.cancelInstant.map { RunInstant(nanoseconds: $0 - origin) })
      dispatch(requests)
      if inFlight == 0, !maySend || isSourceDry && openSessions == 0 { break }
      let turnEnd = now
      observation.turnTimes.note(turnEnd - turnStart)
      // A nap, or a wait, is for when everything that is ready has been read.
      if hasMoreToSend || poller.hasMore {
        try turn(timeout: 0)
      } else {
        let latest = min(timers.firstDue, pausedUntil ?? .max)
        // A connection that is made in a moment would make its request late.
        if connecting == 0 {
          pace.nap(
            from: turnEnd, until: min(nextDue ?? latest, latest), firstSent: oldestAwaited, origin: origin,
            inFlight: inFlight)
        }
        try turn(timeout: pace.timeout(until: nextDue, or: latest, now: turnEnd))
      }
      turnStart = wokeAt ?? now
      fireTimers()
    }
    for channel in channels { channel.close() }
    publish()
  }

  /// Waits for events once and handles them.
  private func turn(timeout: Int64) throws {
    wokeAt = nil
    let ready = try poller.wait(nanoseconds: timeout, awaitsFirst: oldestAwaited != nil) { token, readiness in
      if wokeAt == nil { beginTurn() }
      let channel = channels[Int(token & 0xFFFF_FFFF)]
      if channel.generation == UInt32(token >> 32) { handle(channel, readiness) }
    }
    observation.peakReady = max(observation.peakReady, ready)
  }

  /// Something is ready to be read.
  private func beginTurn() {
    let woke = now
    wokeAt = woke
    lastClock = woke
    stamps.beginTurn(rough: lw_monotonic_minus_realtime_roughly() - origin) { lw_monotonic_minus_realtime() - origin }
  }

  /// When the oldest request was sent whose first token is awaited; nil when there is none.
  private var oldestAwaited: RunInstant? {
    awaitedFirsts.oldest { entry in
      let channel = channels[entry.channel]
      return channel.connection.isBusy && channel.connection.exchange.sentAt == entry.sent
        && !channel.connection.hasReads(Self.readsToFirst)
    }
  }

  /// Reads of a body until the first token has come, or is about to: naps that were careful beyond it would be so most of
  /// the time where requests come often.
  private static let readsToFirst = 1

  /// Tells other threads how the loop is doing.
  func publish() {
    observation.disbelievedStamps = stamps.disbelieved
    observation.clockSteps = stamps.steps
    observation.largestClockStep = stamps.largestStep
    observation.knowsRunDelay = poller.knowsRunDelay
    observation.inFlight = inFlight
    observation.cpuTime = .nanoseconds(lw_thread_cpu_time())
    control.publish(observation)
  }
}
