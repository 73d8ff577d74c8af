import LLMPerf
import Testing

@testable import LLMPerfCommands

struct CalibrationTests {
  private func record(
    number: Int, sent: Int64, tokens: [Int64], ended: Int64, failure: RequestFailure? = nil
  ) -> RequestRecord {
    var record = RequestRecord(index: number, dueAt: .start)
    let milliseconds = { (time: Int64) in RunInstant(nanoseconds: time * 1_000_000) }
    record.isStreamed = true
    record.ending = failure.map { .failure($0) } ?? .success
    record.sentAt = milliseconds(sent)
    record.tokenEventTimes = tokens.map(milliseconds)
    record.firstTokenAt = tokens.first.map(milliseconds)
    record.lastTokenAt = tokens.last.map(milliseconds)
    record.endedAt = milliseconds(ended)
    record.eventCount = tokens.count
    let digits = String(number)
    let id = String(repeating: "0", count: 12 - digits.count) + digits
    record.bodies = RequestBodies(request: [], response: Array(#"data: {"id":"chatcmpl-sim-\#(id)"}"#.utf8))
    return record
  }

  /// Arrival, first and last token of each request in milliseconds.
  private func truth(_ rows: [(number: Int, times: [Int])]) -> TruthTable {
    let lines = rows.map { row in
      "\(row.number),\(row.times.map { String($0 * 1_000_000) }.joined(separator: ","))"
    }
    return TruthTable(csv: Array("id,arrival_ns,first_token_ns,last_token_ns\n\(lines.joined(separator: "\n"))\n".utf8))
  }

  @Test func `what the client adds is its times less the server's, request by request`() {
    var sample = CalibrationSample()
    sample.add(record(number: 7, sent: 0, tokens: [12, 22], ended: 23))
    sample.add(record(number: 8, sent: 5, tokens: [16, 24], ended: 25))
    sample.add(record(number: 9, sent: 5, tokens: [900, 999], ended: 999))
    var calibration = Calibration()
    sample.addDelays(
      against: truth([(7, [1000, 1010, 1020]), (8, [1000, 1010, 1020]), (11, [0, 1, 1])]), to: &calibration)
    #expect(calibration.addedTimeToFirstTokenP50.map { ($0 * 1000).rounded() } == 1)
    #expect(calibration.addedTimeToFirstTokenP99.map { ($0 * 1000).rounded() } == 2)
    #expect(calibration.addedGapP50.map { ($0 * 1000).rounded() } == 0)
    #expect(calibration.addedGapP99.map { ($0 * 1000).rounded() } == 2)
    #expect(calibration.addedCount == 2)
  }

  @Test func `the ceiling counts what succeeded between the first request and the last end`() {
    var sample = CalibrationSample()
    sample.add(record(number: 1, sent: 100, tokens: [200, 300, 400], ended: 500))
    sample.add(record(number: 2, sent: 200, tokens: [600], ended: 600))
    sample.add(record(number: 3, sent: 0, tokens: [700], ended: 9000, failure: RequestFailure(.reset, "gone")))
    var calibration = Calibration()
    sample.addCeiling(to: &calibration)
    #expect(calibration.eventCeiling == 8)
    #expect(calibration.requestCeiling == 4)
  }

  @Test func `nothing measured is nothing claimed`() {
    var calibration = Calibration()
    CalibrationSample().addCeiling(to: &calibration)
    CalibrationSample().addDelays(against: truth([]), to: &calibration)
    #expect(calibration == Calibration())
  }

  @Test(arguments: ["", "id,arrival_ns\n1,2\n", "id,arrival_ns,first_token_ns,last_token_ns\nx,1,2,3\n1,2\n5,1,0,0\n"])
  func `rows that say nothing are left out`(csv: String) {
    #expect(TruthTable(csv: Array(csv.utf8)).rows.isEmpty)
  }

  @Test func `shapes that differ have different keys`() {
    let shapes = [
      CalibrationShape(parallel: 8), CalibrationShape(parallel: 9), CalibrationShape(parallel: 8, events: 0),
      CalibrationShape(parallel: 8, eventBytes: 1), CalibrationShape(parallel: 8, gap: .milliseconds(1)),
      CalibrationShape(.closedLoop(parallel: 8), isStreamed: true, loops: 2),
    ]
    #expect(Set(shapes.map { $0?.key }).count == shapes.count)
    #expect(CalibrationShape(parallel: 8).key == CalibrationShape(parallel: 8).key)
  }

  @Test func `an open loop has as many in flight as arrive during one answer`() {
    #expect(CalibrationShape(rate: 200, events: 100, gap: .milliseconds(10)).parallel == 200)
    #expect(CalibrationShape(rate: 0.01, events: 100, gap: .milliseconds(10)).parallel == 1)
    #expect(CalibrationShape(rate: 1e9, events: 100, gap: .milliseconds(10)).parallel == CalibrationShape.mostParallel)
    #expect(CalibrationShape(.openLoop(.atOnce, maxInFlight: nil), isStreamed: true) == nil)
    #expect(CalibrationShape(.closedLoop(parallel: 3), isStreamed: false)?.events == 0)
  }

  @Test func `a run whose answers are not as assumed is held against answers like its own`() throws {
    var summary = RunSummary()
    let shape = CalibrationShape(parallel: 64)
    #expect(shape.asSeen(in: summary) == nil)
    (summary.events.meanPerRequest, summary.inFlight.peak) = (4, 64)
    #expect(shape.asSeen(in: summary)?.events == 1)
    #expect(shape.asSeen(in: summary)?.parallel == 64)
    summary.events.meanPerRequest = Double(CalibrationShape.usualEvents + 3)
    #expect(shape.asSeen(in: summary) == nil)
    #expect(CalibrationShape(parallel: 64, events: 0).asSeen(in: summary) == nil)
    var before = Calibration()
    (before.eventCeiling, before.requestCeiling) = (1_000_000, 8000)
    (summary.rates.events, summary.rates.requests) = (16_000, 3900)
    #expect(before.ceilingShare(of: summary) == 3900.0 / 8000)
    // Far from the ceiling nothing is measured again.
    let calibrator = Calibrator(shape: shape, startServer: { _ in throw RunError("not wanted") })
    #expect(calibrator.calibration(before, judging: summary) == before)
    #expect(calibrator.calibration(nil, judging: summary) == nil)
  }

  @Test func `the simulator understands what it is asked to be`() throws {
    let calibrator = Calibrator(
      shape: CalibrationShape(parallel: 4, events: 32, eventBytes: 100, gap: .milliseconds(5)))
    #expect(calibrator.pacedAddress == "sim:?output-tokens=2&ttft=5000us&itl=5000us&event-bytes=100")
    #expect(calibrator.ceilingAddress == "sim:?null&output-tokens=32&event-bytes=100&events-per-write=16")
  }
}
