import ArgumentParser
import LLMPerf
import LLMPerfSQLite

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Join the parts of one run, sent by several clients, into one database.",
    discussion: """
      For runs that several clients sent at the same time. Times are put on one clock by the wall clocks of the shards; \
      percentiles are computed anew from all requests.
      """)

  @Option(name: [.short, .long], help: ArgumentHelp("The database to make.", valueName: "merged.db"))
  var output: String

  @Argument(help: ArgumentHelp("The shards' databases.", valueName: "run.db"))
  var databases: [String]

  func run() throws {
    try require(databases.count > 1, "merge joins two databases or more")
    for path in databases { try Files.checkDatabase(path) }
    guard ResultWriter.isFree(output) else {
      throw UsageError("the database \(output) exists; choose another --output")
    }
    let result = try MergedRun(paths: databases).write(to: output)
    try StandardStreams.output.write(TextReport.render(result))
  }
}
