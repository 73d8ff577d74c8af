import Foundation
import LLMPerfSimulator
import Testing

struct AuthorityTests {
  /// A service with a certificate that signed itself.
  private final class SecureService {
    let tool: Tool
    let simulator: Simulator

    init() throws {
      tool = try Tool()
      let openssl = Process()
      openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      openssl.arguments =
        [
          "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
          "2", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-out", tool.path("own.pem"), "-keyout",
          tool.path("key.pem"),
        ]
      openssl.standardError = FileHandle.nullDevice
      try openssl.run()
      openssl.waitUntilExit()
      var configuration = SimulatorConfiguration()
      configuration.makeNull()
      configuration.tlsCertificate = tool.path("own.pem")
      configuration.tlsKey = tool.path("key.pem")
      simulator = try Simulator.start(configuration)
    }

    deinit {
      _ = try? simulator.stop()
    }

    func run(_ environment: [String: String]) throws -> Tool.Result {
      try tool.run(
        [
          "perf", "--url", simulator.url, "--model", "m", "--prompt", "p", "-n", "2", "--no-calibrate", "--quiet",
          "--name", UUID().uuidString,
        ], environment: environment)
    }
  }

  @Test func `trusts the authorities of SSL_CERT_FILE`() throws {
    let service = try SecureService()
    #expect(try service.run(["SSL_CERT_FILE": service.tool.path("own.pem")]).status == 0)
    let other = try service.run([:])
    #expect(other.status != 0)
    #expect(other.errors.contains("certificate"))
  }

  @Test func `says that there are none, and what would help`() throws {
    let service = try SecureService()
    let missing = service.tool.path("missing")
    let result = try service.run(["SSL_CERT_FILE": missing, "SSL_CERT_DIR": missing])
    #expect(result.status != 0)
    #expect(result.errors.contains("no certificates of authorities were found"), "\(result.errors)")
    #expect(result.errors.contains("SSL_CERT_FILE"))
  }
}
