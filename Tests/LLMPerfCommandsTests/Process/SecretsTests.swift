import Foundation
import LLMPerf
import Testing

@testable import LLMPerfCommands

struct SecretsTests {
  @Test(arguments: [
    (["perf", "--api-key", "sk-1", "--model", "m"], ["perf", "--api-key", "***", "--model", "m"]),
    (["--wandb-api-key=k1"], ["--wandb-api-key=***"]),
    (
      ["--headers", "X-A=1", "Authorization=Bearer a=b", "x-api-key: k", "-n", "5"],
      ["--headers", "X-A=1", "Authorization=***", "x-api-key=***", "-n", "5"]
    ),
    (["--headers=Cookie=c", "--headers=A=1"], ["--headers=Cookie=***", "--headers=A=1"]),
    (
      ["--mlflow-tracking-uri", "https://u:p@host/x", "--otlp-endpoint=http://u:p@h:1"],
      ["--mlflow-tracking-uri", "https://***@host/x", "--otlp-endpoint=http://***@h:1"]
    ),
    (["--url", "http://host/a@b"], ["--url", "http://host/a@b"]),
  ])
  func `masks what is secret and nothing else`(arguments: [String], masked: [String]) {
    #expect(Secrets.masked(arguments) == masked)
  }

  @Test
  func `nobody reads a secret in the list of processes`() throws {
    let port = try SilentPort()
    let tool = try Tool()
    let child = try tool.start([
      "perf", "--url", port.address, "--model", "m", "--prompt", "p", "--api-key", "sk-secret", "--headers",
      "X-Token=t-secret", "--no-calibrate",
    ])
    while port.takeConnections() == 0, child.process.isRunning { usleep(1000) }
    let shown = try Self.commandLine(of: child.process.processIdentifier)
    child.signal(SIGKILL)
    _ = try child.wait()
    #expect(shown.contains("--api-key") && shown.contains("X-Token=") && shown.contains("--no-calibrate"))
    #expect(!shown.contains("secret"), "\(shown)")
  }

  private static func commandLine(of process: Int32) throws -> String {
    String(decoding: try Files.read("/proc/\(process)/cmdline", option: "process"), as: UTF8.self)
  }
}
