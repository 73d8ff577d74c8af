import Glibc
import LLMPerf
import LLMPerfLock
import Testing

@testable import LLMPerfPython

struct PythonProcessTests {
  private func worker(_ file: String, print: @escaping @Sendable (String) -> Void = { _ in }) throws -> PluginWorker {
    let worker = try PluginWorker(
      PluginWorker.Launch(PythonPlugins(print: print), file: PluginFiles.fixture(file), kind: .api, parameters: [:]))
    try worker.waitUntilLoaded()
    return worker
  }

  /// How the process ended; nil when it still runs after ten seconds.
  private func end(of process: PythonProcess) -> PythonProcess.ExitStatus? {
    for _ in 0..<10_000 {
      if let status = process.exitStatus() { return status }
      usleep(1000)
    }
    return nil
  }

  @Test
  func `a busy process ends when the tool is gone`() throws {
    let worker = try worker("broken/build_hangs.py")
    try worker.link.withLock { try $0.send(Array(#"{"do":"build","items":["x"]}"#.utf8), of: "build_request") }
    // To the other side, this is what the tool's death looks like.
    shutdown(worker.process.socket, Int32(SHUT_RDWR))
    #expect(end(of: worker.process)?.description == "signal 9, Killed")
  }

  @Test
  func `an idle process ends by itself when no more is wanted`() throws {
    let worker = try worker("working/own_form.py")
    worker.finish()
    #expect(end(of: worker.process)?.description == "exit status 0")
  }

  @Test
  func `an interrupt typed at the terminal does not end it`() throws {
    let worker = try worker("working/interrupts_itself.py")
    let answer = try worker.exchangeOnce(Array(#"{"do":"build","items":["x"]}"#.utf8), of: "build_request")
    #expect(answer.body == Array(#"[{"group": true}]"#.utf8))
  }
}
