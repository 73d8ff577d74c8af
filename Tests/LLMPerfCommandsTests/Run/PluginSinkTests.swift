import ArgumentParser
import LLMPerf
import LLMPerfLock
import Testing

@testable import LLMPerfCommands

/// A sink of a user's own, in a run of `perf`.
struct PluginSinkTests {
  /// What sinks were told, across threads.
  private final class Notes: Sendable {
    let words = Lock<[String]>([])

    func add(_ word: String) { words.withLock { $0.append(word) } }
  }

  private final class TellingSink: RecordSink {
    private let notes: Notes
    private let isBroken: Bool

    init(_ notes: Notes, isBroken: Bool) {
      self.notes = notes
      self.isBroken = isBroken
    }

    struct Broken: Error {}

    func begin(_ run: RunDescription) { notes.add("begin \(run.name)") }

    func receive(_ records: [RequestRecord]) throws {
      if isBroken { throw Broken() }
      for record in records { notes.add("\(record.index) \(record.bodies?.response.isEmpty == false)") }
    }

    func end(_ result: RunResult) { notes.add("end \(result.summary.counts.succeeded)") }
  }

  private static func measure(_ plugins: Plugins) throws -> (measured: MeasuredPerf, path: String) {
    let service = try EchoService()
    let tool = try Tool()
    let command = try PerfCommand.parse([
      "--model", "m", "--url", service.url, "--prompt", "hi", "--number", "3", "--name", tool.path("run"), "--quiet",
      "--no-calibrate", "--no-probe",
    ])
    let measured = try LLMPerfTool.$plugins.withValue(plugins) {
      let prepared = try PerfPreparation(command, interruption: Interruption()).prepare()
      return try PerfMeasurement(prepared: prepared).measure()
    }
    return (measured, tool.path("run"))
  }

  @Test
  func `is made from the run's name and told of the whole run`() throws {
    let notes = Notes()
    let (measured, path) = try Self.measure(
      .builtIn.adding(sink: "notes") { options in
        notes.add("make \(options.databasePath)")
        return TellingSink(notes, isBroken: false)
      })
    #expect(measured.broken == nil)
    #expect(
      notes.words.withLock(\.self)
        == ["make \(path).db", "begin \(path)", "0 true", "1 true", "2 true", "end 3"])
  }

  @Test
  func `may have nothing to do in this run`() throws {
    #expect(try Self.measure(.builtIn.adding(sink: "none") { _ in nil }).measured.broken == nil)
  }

  @Test
  func `replaces an earlier one of its name`() throws {
    let notes = Notes()
    let plugins = Plugins().adding(sink: "a") { _ in TellingSink(notes, isBroken: true) }
      .adding(sink: "b") { _ in nil }.adding(sink: "a") { _ in nil }
    #expect(plugins.sinks.map(\.name) == ["b", "a"])
  }

  @Test
  func `ends the run when it breaks, and what was measured is kept`() throws {
    let notes = Notes()
    let (measured, _) = try Self.measure(
      .builtIn.adding(sink: "notes") { _ in TellingSink(notes, isBroken: true) })
    #expect(measured.broken?.causes.first is TellingSink.Broken)
    #expect(measured.result?.summary.isPartial == true)
    #expect(notes.words.withLock(\.self).count == 1)
  }
}
