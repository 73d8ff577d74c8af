import ArgumentParser
import Glibc
public import LLMPerf
import LLMPerfSQLite

/// The command line tool. A user's own executable is this with their plugins:
///
/// ```swift
/// await LLMPerfTool.main(plugins: .builtIn.adding(api: "acme") { try AcmeAPI($0) })
/// ```
public enum LLMPerfTool {
  /// The tool's version.
  public static let version = "1.0.0"

  /// The plugins of the command that runs.
  @TaskLocal static var plugins = Plugins.builtIn

  /// The secrets of the command that runs.
  @TaskLocal static var secrets = KnownSecrets()

  /// Runs the command that the process's arguments name, and exits with its status.
  public static func main(plugins: Plugins) async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    Secrets.hideInProcessList()
    let code = $plugins.withValue(plugins) { run(arguments) }
    exit(code.rawValue)
  }

  /// Runs the command that `arguments` name.
  static func run(_ arguments: [String]) -> ExitStatus {
    let known = Secrets.values(in: arguments) + Secrets.values(in: environmentVariables)
    return $secrets.withValue(KnownSecrets(known)) { runKnowingSecrets(arguments) }
  }

  private static func runKnowingSecrets(_ arguments: [String]) -> ExitStatus {
    do {
      let arguments = try ConfigFile.expand(arguments)
      secrets.learn(Secrets.values(in: arguments))
      var command = try RootCommand.parseAsRoot(arguments)
      try command.run()
      return .done
    } catch let status as ExitStatus {
      return status
    } catch let error as UsageError {
      return fail(error.message, .usage)
    } catch let error where error is RunError || error is SystemError || error is DatabaseError {
      return fail("\(error)", .failed)
    } catch {
      return report(parserError: error)
    }
  }

  private static func fail(_ message: String, _ status: ExitStatus) -> ExitStatus {
    StandardStreams.error.write("llmuses: \(shown(message))\n")
    return status
  }

  /// An error's text, which may quote a file, a service or an argument.
  private static func shown(_ message: String) -> String {
    secrets.redactor.redacted(message).harmless(keepingLines: true)
  }

  /// Help and version go to standard output; what the parser found wrong goes to standard error.
  private static func report(parserError error: any Error) -> ExitStatus {
    let isClean = RootCommand.exitCode(for: error) == .success
    let text = RootCommand.fullMessage(for: error)
    if isClean {
      StandardStreams.output.write(text + "\n")
      return .done
    }
    StandardStreams.error.write(shown(text) + "\n")
    return .usage
  }
}

/// The tool's exit status.
enum ExitStatus: Int32, Error {
  /// The command did what it was asked for.
  case done = 0
  /// The run could not start or go on.
  case failed = 1
  /// The command line, or a file it names, is wrong.
  case usage = 2
  /// Every request failed.
  case allFailed = 3
  /// A threshold was missed.
  case thresholdMissed = 99
  /// The run was interrupted; its report was printed.
  case interrupted = 130
}

/// Why a run could not start or go on, in one sentence.
struct RunError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }
}

struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "llmuses",
    abstract: "Load tests for services of large language models.",
    discussion: "Run 'llmuses perf --model NAME --url ADDRESS --prompt TEXT' for a first look at a service.",
    version: LLMPerfTool.version,
    subcommands: [
      PerfCommand.self, SimulateCommand.self, ReportCommand.self, CompareCommand.self, MergeCommand.self,
      CalibrateCommand.self, TokenizeCommand.self,
    ])
}
