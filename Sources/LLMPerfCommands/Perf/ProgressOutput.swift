import Glibc
import LLMPerf
import LLMPerfExport
import LLMPerfWire

/// Progress on standard error: a line or a view on a terminal, plain lines elsewhere, nothing with `--quiet`.
struct ProgressOutput: Sendable {
  /// What was printed, for services that show a run's console.
  let console = ConsoleRecorder()
  private let region: TerminalRegion?

  /// The output that the options and standard error ask for.
  init(isQuiet: Bool) {
    guard !isQuiet, StandardStreams.error.isTerminal, let size = TerminalSize.of(STDERR_FILENO) else {
      region = nil
      return
    }
    region = TerminalRegion(
      size: { TerminalSize.of(STDERR_FILENO) ?? size }, isColored: environment("NO_COLOR") == nil,
      output: { StandardStreams.error.write($0) })
  }

  /// The sink that shows progress; nil for none.
  func makeSink(_ output: OutputOptions, live: Bool, inFlight: @escaping () -> Int) -> (any RecordSink)? {
    if output.quiet { return nil }
    guard let region else {
      return output.logEveryNQuery == 0
        ? nil
        : QueryLog(every: output.logEveryNQuery) { [console] line in
          console.append(line)
          StandardStreams.error.write(line)
        }
    }
    return live ? LiveView(region, inFlight: inFlight) : ProgressLine(region, inFlight: inFlight)
  }

  /// Prints a line for the user, above the progress where there is some.
  func note(_ line: String) {
    console.append(line, isError: true)
    if let region { region.print(line) } else { StandardStreams.error.write(line + "\n") }
  }

  /// Takes the progress away.
  func close() {
    region?.close()
  }
}
