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
    (["--url", "u:p@host/?key=k", "--prompt", "u:p@host"], ["--url", "***@host/?key=***", "--prompt", "u:p@host"]),
    (["--query-template", #"{"api_key": "secret-1"}"#], ["--query-template", #"{"api_key": "***"}"#]),
    (["--api-key", "-k", "-n", "5"], ["--api-key", "***", "-n", "5"]),
    (["--url=host?token=k"], ["--url=host?token=***"]),
    (
      ["--headers", "X-Password=1", "X-Note=Bearer abc", "no-name", "X-A: 1"],
      ["--headers", "X-Password=***", "X-Note=***", "***", "X-A: 1"]
    ),
  ])
  func `masks what is secret and nothing else`(arguments: [String], masked: [String]) {
    #expect(Secrets.masked(arguments) == masked)
  }

  @Test
  func `knows the values wherever they are given`() {
    let values = Secrets.values(in: [
      "perf", "--api-key", "key-1", "--headers", "Authorization=Bearer key-2", "X-A=1", "-n", "5",
      "--url=http://u:key-3@h/?sig=key-4", "--wandb-api-key=key-5", "--prompt", "key",
    ])
    #expect(Set(values) == ["key-1", "Bearer key-2", "key-2", "u:key-3", "key-3", "key-4", "key-5"])
    let variables = Secrets.values(in: [
      "MLFLOW_TRACKING_PASSWORD": "key-6", "OTEL_EXPORTER_OTLP_HEADERS": "a=key-7,b=key-8", "HOME": "/root",
    ])
    #expect(Set(variables) == ["key-6", "key-7", "key-8"])
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
