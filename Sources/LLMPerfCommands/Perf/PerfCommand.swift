import ArgumentParser
import LLMPerf

struct PerfCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "perf",
    abstract: "Run a load test and print its report.",
    discussion: """
      Sends requests at a fixed concurrency (--parallel) or arrival rate (--rate), streams the answers, and measures \
      time to first token, inter-token and total latency and throughput. The report goes to standard output, progress \
      to standard error, and every request into an SQLite database.

      Exit status: 0 done, 1 the run could not go on, 2 usage error, 3 every request failed, 99 a threshold was missed, \
      130 interrupted.
      """)

  @OptionGroup(title: "Service") var service: ServiceOptions
  @OptionGroup(title: "Prompts") var prompts: PromptOptions
  @OptionGroup(title: "Load") var load: LoadOptions
  @OptionGroup(title: "Results") var output: OutputOptions

  func run() throws {
    // Before any thread exists: they all inherit the mask.
    Interruption.block()
    try service.check()
    try prompts.check()
    try load.check()
    try output.check()
    let status = try PerfRun(self).run()
    if status != .done { throw status }
  }
}
