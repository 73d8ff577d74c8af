import LLMPerf
import LLMPerfWire

/// One answer on its way: waits for the engine, writes each event when it is due, and fails where it was told to.
final class GenerationStream: ResponseStream {
  private enum Stage { case new, queued, running, stalled }

  private let service: SimulatedService
  private let format: any AnswerFormat
  private let fault: Fault?
  /// The token before which the fault happens.
  private let faultPosition: Int
  private let arrivedAt: Int64
  private let firstDelay: Int64
  private let streams: Bool

  private var answer: Answer
  private var generator: SplitMix64
  private var stage = Stage.new
  private var hasOpened = false
  private var handle: StreamHandle?
  private var dueAt: Int64 = 0
  private var nextCount = 1
  private var lastDueAt: Int64 = 0
  private var faultIsPending: Bool

  // The truth, kept here while the answer runs.
  private var firstDueAt: Int64 = 0
  private var firstTokenAt: Int64 = 0
  private var lastTokenAt: Int64 = 0
  private var events = 0
  private var maximumLateness: Int64 = 0

  init(
    _ service: SimulatedService, _ format: any AnswerFormat, _ answer: Answer, fault: Fault?, faultPosition: Int,
    arrivedAt: Int64, generator: SplitMix64
  ) {
    self.service = service
    self.format = format
    self.answer = answer
    self.fault = fault
    self.faultPosition = fault == .empty ? 0 : faultPosition
    self.arrivedAt = arrivedAt
    self.generator = generator
    streams = answer.request.isStreaming
    faultIsPending = fault != nil
    firstDelay = Int64(service.configuration.ttft.draw(&self.generator))
  }

  func begin(_ handle: StreamHandle) {
    self.handle = handle
  }

  /// The engine gave it a slot.
  func run(firstTokenAt instant: Int64) {
    start(firstTokenAt: instant)
    handle?.schedule(at: dueAt)
  }

  func advance(_ writer: inout ResponseWriter, at now: Int64) -> StreamStep {
    switch stage {
    case .new: return enter(&writer)
    case .queued: return .parked
    case .stalled, .running: break
    }
    guard now >= dueAt else { return .at(dueAt) }
    return streams ? writeEvents(&writer, at: now) : writeWhole(&writer, at: now)
  }

  // MARK: Admission

  private func enter(_ writer: inout ResponseWriter) -> StreamStep {
    let admission = service.engine.arrive(
      answer.number, promptTokens: answer.promptTokens, delay: firstDelay, at: arrivedAt)
    if case .refused = admission {
      stage = .queued
      writer.respond(type(of: format).refusal(.overloaded, isStreaming: streams))
      service.noteRefused(answer.number, status: 503)
      return .finished
    }
    if streams, !service.configuration.sendsHeadersLate {
      beginBody(&writer)
      if service.configuration.roleEvent == .atOnce { open(&writer) }
    }
    guard case .running(let instant) = admission else {
      stage = .queued
      service.wait(self, answer.number)
      return .parked
    }
    start(firstTokenAt: instant)
    return .at(dueAt)
  }

  private func start(firstTokenAt instant: Int64) {
    stage = .running
    firstDueAt = instant
    dueAt = instant
    nextCount = drawCount()
    service.noteStarted(waitedFor: instant - firstDelay - arrivedAt)
    guard !streams, answer.tokens > 0 else { return }
    // A plain answer is one write, when its last token is due. Without slow-down by the batch that is known now.
    guard service.configuration.itlPerSequence == 0 else { return }
    while answer.written + nextCount < answer.tokens { step() }
    answer.written = answer.tokens
  }

  /// Moves on to the next event's due time.
  private func step() {
    answer.written += nextCount
    dueAt = dueTimeAfterEvent()
    nextCount = drawCount()
  }

  private func dueTimeAfterEvent() -> Int64 {
    if service.configuration.isImmediate { return dueAt }
    let slowdown = service.engine.slowdown
    var gap = 0.0
    for _ in 0..<nextCount { gap += service.configuration.itl.draw(&generator) + slowdown }
    return dueAt.later(by: gap)
  }

  private func drawCount() -> Int {
    service.configuration.tokensPerEvent.drawCount(&generator)
  }

  // MARK: Streams

  private func beginBody(_ writer: inout ResponseWriter) {
    hasOpened = true
    writer.beginBody(
      contentType: type(of: format).streamContentType, headers: [.init("Cache-Control", "no-cache")])
  }

  private func open(_ writer: inout ResponseWriter) {
    guard fault != .empty else { return }
    format.writeOpening(&answer, to: &writer)
  }

  private func writeEvents(_ writer: inout ResponseWriter, at now: Int64) -> StreamStep {
    noteLateness(at: now)
    if !hasOpened { beginBody(&writer) }
    if answer.written == 0, stage == .running, service.configuration.roleEvent != .atOnce { open(&writer) }
    for _ in 0..<eventsInWrite {
      if faultIsPending, answer.written >= faultPosition, let step = fail(&writer) { return step }
      writeEvent(&writer, at: now)
      if answer.written == answer.tokens {
        format.writeClosing(&answer, to: &writer)
        return end(.completed, .finished)
      }
      guard dueAt <= now else { return .at(dueAt) }
    }
    // The rest is due too, but the other streams come first.
    return .soon
  }

  /// How many events that are due may share a write. A paced stream that fell behind catches up at once: a write for each
  /// event would only make a busy machine later.
  private var eventsInWrite: Int {
    let chosen = service.configuration.eventsPerWrite
    return service.configuration.isImmediate ? chosen : max(chosen, 64)
  }

  private func writeEvent(_ writer: inout ResponseWriter, at now: Int64) {
    var left = min(nextCount, answer.tokens - answer.written)
    if firstTokenAt == 0 {
      firstTokenAt = now
      service.counters.timeToFirstToken.add(now - arrivedAt)
    }
    while left > 0 {
      let piece = answer.piece(left)
      format.write(piece, &answer, to: &writer)
      answer.written += piece.range.count
      left -= piece.range.count
      events += 1
    }
    lastTokenAt = now
    lastDueAt = dueAt
    if answer.written < answer.tokens {
      dueAt = dueTimeAfterEvent()
      nextCount = drawCount()
    }
  }

  /// What the fault makes of the stream; nil when it goes on.
  private func fail(_ writer: inout ResponseWriter) -> StreamStep? {
    faultIsPending = false
    switch fault {
    case .stall:
      dueAt = dueAt.later(by: service.configuration.stallTime)
      stage = .stalled
      return .at(dueAt)
    case .malformed:
      writer.write("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" bro\n\n".utf8)
      return nil
    case .inBand:
      format.writeFailure(&answer, to: &writer)
      return end(.failed, .finished)
    case .reset: return end(.failed, .reset)
    case .disconnected: return end(.failed, .cut)
    default: return end(.failed, .finished)
    }
  }

  // MARK: Plain answers

  private func writeWhole(_ writer: inout ResponseWriter, at now: Int64) -> StreamStep {
    if answer.written < answer.tokens {
      answer.written += min(nextCount, answer.tokens - answer.written)
      if answer.written < answer.tokens {
        dueAt = dueTimeAfterEvent()
        nextCount = drawCount()
        return dueAt <= now ? .soon : .at(dueAt)
      }
    }
    noteLateness(at: now)
    lastDueAt = dueAt
    if faultIsPending, let step = failWhole(&writer) { return step }
    firstTokenAt = now
    lastTokenAt = now
    writer.respond(.json(format.body(answer)))
    return end(.completed, .finished)
  }

  private func failWhole(_ writer: inout ResponseWriter) -> StreamStep? {
    faultIsPending = false
    let body = format.body(answer)
    let half = Array(body.prefix(body.count / 2))
    switch fault {
    case .stall:
      dueAt = dueAt.later(by: service.configuration.stallTime)
      stage = .stalled
      return .at(dueAt)
    case .reset: return end(.failed, .reset)
    case .disconnected, .truncated:
      writer.respond(.json(half), promising: body.count)
      return end(.failed, .cut)
    case .inBand: writer.respond(.json(format.failureBody(answer)))
    case .malformed: writer.respond(.json(half))
    default: writer.respond(.json([]))
    }
    return end(.failed, .finished)
  }

  // MARK: The end

  private func noteLateness(at now: Int64) {
    // Events without a delay between them are due long before they can be written; only the first one says something.
    guard !service.configuration.isImmediate || answer.written == 0 || !streams else { return }
    let late = max(0, now - dueAt)
    maximumLateness = max(maximumLateness, late)
    service.counters.lateness.add(late)
  }

  private func end(_ outcome: Truth.Outcome, _ step: StreamStep) -> StreamStep {
    close(outcome)
    return step
  }

  private func close(_ outcome: Truth.Outcome) {
    guard let handle else { return }
    self.handle = nil
    withExtendedLifetime(handle) {
      if stage == .queued {
        service.abandon(answer.number)
      } else {
        // The slot is free when the last token was due, however late it was written.
        service.release(at: lastDueAt > 0 ? lastDueAt : dueAt)
      }
    }
    let written = streams || outcome == .completed ? answer.written : 0
    service.noteEnded(answer, outcome) { row in
      row.firstDueAt = firstDueAt
      row.firstTokenAt = firstTokenAt
      row.lastTokenAt = lastTokenAt
      row.tokens = written
      row.events = events
      row.maximumLateness = maximumLateness
    }
  }

  func ended(isAborted: Bool) {
    if isAborted { close(.aborted) }
    handle = nil
  }
}
