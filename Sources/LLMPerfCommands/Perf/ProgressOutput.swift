import Glibc
import LLMPerf
import LLMPerfExport
import LLMPerfWire

/// Progress on standard error: a line or a view on a terminal, plain lines elsewhere, nothing with `--quiet`.
struct ProgressOutput: Sendable {
  /// What was printed, for services that show a run's console.
  let console = ConsoleRecorder()
  private let region: TerminalRegion?
  private let secrets: KnownSecrets

  /// The output that the options and standard error ask for. `secrets` are in none of its lines.
  init(isQuiet: Bool, secrets: KnownSecrets = KnownSecrets()) {
    self.secrets = secrets
    guard !isQuiet, StandardStreams.error.isTerminal, let size = TerminalSize.of(STDERR_FILENO) else {
      region = nil
      return
    }
    region = TerminalRegion(
      size: { TerminalSize.of(STDERR_FILENO) ?? size }, isColored: environment("NO_COLOR") == nil,
      output: { StandardStreams.error.write($0) })
  }

  /// The sinks that show progress. On a terminal, which has a view of its own, log lines come only when asked for.
  func makeSinks(_ output: OutputOptions, live: Bool, inFlight: @escaping () -> Int) -> [any RecordSink] {
    if output.quiet { return [] }
    var sinks: [any RecordSink] = []
    let every = output.logEveryNQuery ?? (region == nil ? OutputOptions.usualLogInterval : 0)
    if every > 0 {
      sinks.append(
        QueryLog(every: every) { [self] line in
          console.append(line)
          write(line)
        })
    }
    if let region {
      sinks.append(live ? LiveView(region, inFlight: inFlight) : ProgressLine(region, inFlight: inFlight))
    }
    return sinks
  }

  /// Prints a line for the user, above the progress where there is some.
  func note(_ line: String) {
    let line = secrets.redactor.redacted(line).harmless(keepingLines: true)
    console.append(line, isError: true)
    write(line + "\n")
  }

  /// Writes whole lines, above the progress where there is some.
  func write(_ lines: String) {
    if let region { region.print(lines) } else { StandardStreams.error.write(lines) }
  }

  /// Takes the progress away.
  func close() {
    region?.close()
  }
}
