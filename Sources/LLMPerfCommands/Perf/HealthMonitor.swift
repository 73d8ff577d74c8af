import Glibc
import LLMPerf
import LLMPerfSQLite
import LLMPerfWire

/// Watches the client itself while it works: once a second into the database, and as a whole for the verdict.
final class HealthMonitor: RunWitness {
  private let database: ResultWriter
  private let gauge: LoopGauge
  private var threads = ThreadTimes()
  private var cpuAtStart = ProcessLimits.cpuTime
  private var cpuBefore = ProcessLimits.cpuTime
  private var loopsBefore: [LoopObservation] = []
  private var largestLag: Duration?
  private var nextRow = RunInstant.start
  private var ended = 0
  private var peakMemory = 0
  private var lastTick = RunInstant.start
  private let throttling = ControlGroup()
  private let clock = ContinuousClock()
  private var begun = ContinuousClock.now

  private static let interval = Duration.seconds(1)

  /// A monitor of the loops that `gauge` shows, whose rows go into `database`.
  init(database: ResultWriter, gauge: LoopGauge) {
    self.database = database
    self.gauge = gauge
  }

  func begin(_ run: RunDescription) {
    begun = clock.now
    threads.start()
    throttling.start()
    cpuAtStart = ProcessLimits.cpuTime
  }

  func receive(_ records: [RequestRecord]) {
    ended += records.count
    for record in records {
      if let lag = record.scheduleLag { largestLag = max(largestLag ?? lag, lag) }
    }
  }

  func tick(at now: RunInstant) throws {
    threads.sample(at: now)
    peakMemory = max(peakMemory, ProcessLimits.residentMemory)
    guard now >= nextRow else { return }
    let seconds = (now - lastTick).inSeconds
    nextRow = now + Self.interval
    lastTick = now
    let loops = gauge.observations
    let cpu = ProcessLimits.cpuTime
    defer { (cpuBefore, loopsBefore, largestLag) = (cpu, loops, nil) }
    guard seconds > 0 else { return }
    var row = HealthRow()
    row.time = now.seconds
    row.sent = loops.reduce(0) { $0 + $1.sent }
    row.ended = ended
    row.inFlight = loops.reduce(0) { $0 + $1.inFlight }
    row.backlog = max(0, row.sent - row.inFlight - ended)
    let loopCPU = loops.reduce(Duration.zero) { $0 + $1.cpuTime }
    row.loopCPU = (loopCPU - loopsBefore.reduce(.zero) { $0 + $1.cpuTime }).inSeconds / seconds
    row.processCPU = (cpu - cpuBefore).inSeconds / seconds
    row.threadCPU = threads.processorsInUse(over: seconds)
    row.longestStall = loops.map { $0.turnTimes.longest.inSeconds }.max()
    row.stall = loops.indices.compactMap { place in
      let before = place < loopsBefore.count ? loopsBefore[place].turnTimes : TurnTimes()
      return loops[place].turnTimes.longest(since: before)?.inSeconds
    }.max()
    row.peakReady = loops.map(\.peakReady).max()
    row.socketBacklog = loops.map(\.peakRead).max()
    row.scheduleLag = largestLag?.inSeconds
    row.databaseLag = database.longestLag.inSeconds
    row.residentMemory = ProcessLimits.residentMemory
    try database.note(row)
  }

  /// Adds what was seen of the run. Shares are of the time from its beginning until now: records are written, and use
  /// processors, after the last request has ended.
  func testify(to health: inout ClientHealth) {
    let loops = gauge.observations
    let time = (clock.now - begun).inSeconds
    health.threads = threads.threads
    health.longestLoopStall = loops.map { $0.turnTimes.longest.inSeconds }.max()
    health.loopStallP99 = loops.compactMap { $0.turnTimes.percentile(99)?.inSeconds }.max()
    health.disbelievedStamps = loops.reduce(0) { $0 + $1.disbelievedStamps }
    health.clockSteps = loops.map(\.clockSteps).max()
    health.largestClockStep = loops.map(\.largestClockStep.inSeconds).max { abs($0) < abs($1) }
    health.knowsRunDelay = loops.allSatisfy(\.knowsRunDelay)
    health.databaseLagPeak = database.longestLag.inSeconds
    health.socketBacklogPeak = loops.map(\.peakRead).max()
    health.residentMemoryPeak = max(peakMemory, ProcessLimits.residentMemory)
    health.processorCount = ControlGroup.processors
    health.totalCPUUse = time > 0 ? (ProcessLimits.cpuTime - cpuAtStart).inSeconds / time : nil
    health.throttledShare = time > 0 ? throttling.throttledTime.map { $0 / time } : nil
  }
}
