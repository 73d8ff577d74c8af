import ArgumentParser
import LLMPerf
import LLMPerfSQLite

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Print a run's report again from its database.",
    discussion: "Works on the database of a run that was cut off, too: the report is then of what was recorded.")

  @Argument(help: ArgumentHelp("The run's database.", valueName: "run.db"))
  var database: String

  func run() throws {
    guard Files.exists(database) else { throw UsageError("\(database) does not exist; give the database of a run") }
    let saved = try SavedRun(path: database)
    StandardStreams.output.write(TextReport.render(saved.result))
  }
}

/// A run read back from its database, added up again.
struct SavedRun {
  let result: RunResult

  init(path: String) throws {
    let reader = try ResultReader(path: path)
    let builder = SummaryBuilder()
    try reader.forEachRecord { builder.receive([$0]) }
    let summary = try builder.summary(
      SummaryOptions(isOpenLoop: reader.run.parallel == nil, isPartial: !reader.isFinished))
    result = RunResult(run: reader.run, summary: summary, verdict: reader.verdict ?? Verdict(summary))
  }
}
