import Glibc
import LLMPerf
import LLMPerfSimulator

/// The simulator in a process of its own, for `--url sim:`.
final class ChildSimulator {
  /// Where it listens, with the path that the address named.
  let address: String
  private let process: pid_t
  private let input: Int32

  /// Starts the simulator of the address `text` and waits until it listens.
  ///
  /// - Throws: `UsageError` for settings that it does not take; `RunError` when it does not start.
  init(_ text: String) throws {
    let arguments =
      ["llmuses", "simulate", "--port", "0", "--parent-watch"]
      + (try SimulatorConfiguration.arguments(forAddress: text))
    var toChild: [Int32] = [0, 0]
    var fromChild: [Int32] = [0, 0]
    guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { throw RunError("the simulator cannot be started: no pipe") }
    for descriptor in [toChild[1], fromChild[0]] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], STDOUT_FILENO)
    var child = pid_t()
    var pointers = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    let result = posix_spawn(&child, "/proc/self/exe", &actions, nil, &pointers, environ)
    close(toChild[0])
    close(fromChild[1])
    process = child
    input = toChild[1]
    let line = result == 0 ? Self.firstLine(fromChild[0]) : nil
    close(fromChild[0])
    guard let line, let start = line.firstRange(of: "http://")?.lowerBound else {
      close(input)
      if result == 0 { waitpid(child, nil, 0) }
      throw RunError("the simulator did not start\(result == 0 ? "" : ": \(String(cString: strerror(result)))")")
    }
    address = String(line[start...])
  }

  /// Ends the process.
  func stop() {
    close(input)
    kill(process, SIGTERM)
    waitpid(process, nil, 0)
  }

  private static func firstLine(_ descriptor: Int32) -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while read(descriptor, &byte, 1) == 1 {
      if byte == 0x0A { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
    return nil
  }
}
