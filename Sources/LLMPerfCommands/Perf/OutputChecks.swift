import LLMPerf
import LLMPerfSQLite

/// Looks at every file that a run will write, before anything is sent.
struct OutputChecks {
  let command: PerfCommand
  let name: RunName

  /// Makes the folders of the outputs.
  ///
  /// - Throws: `UsageError` for a place that cannot be written to, or that is another file of the run.
  func check() throws {
    try Files.makeFolders(for: name.databasePath)
    try Files.checkMakeable(name.databasePath, option: "--name")
    guard ResultWriter.isFree(name.databasePath) else {
      throw UsageError(
        "the database \(name.databasePath) exists, and runs are never mixed: choose another --name, or move it away")
    }
    // What SQLite puts beside it has a longer name.
    try Files.checkMakeable(name.databasePath + "-journal", option: "--name")
    let outputs = [
      ("--output-json", command.output.outputJson), ("--output-html", command.exports.outputHtml),
      ("--junit", command.checks.junit),
    ]
    for case (let option, let path?) in outputs { try Files.checkWritable(path, option: option) }
    try checkApart(outputs)
  }

  /// Checks that no output would be written over another one, the database, or what the run reads.
  private func checkApart(_ outputs: [(option: String, path: String?)]) throws {
    func file(_ argument: String?) -> String? {
      argument.flatMap { $0.hasPrefix("@") && !$0.hasPrefix("@@") ? String($0.dropFirst()) : nil }
    }
    let inputs = [
      ("--config", command.file.config), ("--dataset-path", command.prompts.datasetPath),
      ("--prompt", file(command.prompts.prompt)), ("--query-template", file(command.service.queryTemplate)),
      ("--api-spec", command.plugins.apiSpec), ("--cacert", command.service.cacert),
    ]
    var taken: [String: String] = [:]
    for case (let option, let path?) in [("the database", name.databasePath)] + inputs where path != "-" {
      if let place = Files.place(of: path) { taken[place] = option }
    }
    for case (let option, let path?) in outputs where path != "-" {
      guard let place = Files.place(of: path) else { continue }
      if let other = taken[place] {
        throw UsageError("\(option): \(path) is the file of \(other), too; give each a file of its own")
      }
      taken[place] = option
    }
  }
}
