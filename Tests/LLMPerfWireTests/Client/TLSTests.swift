import CLLMPerfWire
import LLMPerf
import LLMPerfSimulator
import Testing

@testable import LLMPerfWire

struct TLSTests {
  /// A simulated service with a certificate of its own.
  private final class SecureService {
    let certificate: Certificate
    let simulator: Simulator

    init(for names: String) throws {
      certificate = try Certificate(for: names)
      var configuration = SimulatorConfiguration()
      configuration.makeNull()
      configuration.tlsCertificate = certificate.certificate
      configuration.tlsKey = certificate.key
      simulator = try Simulator.start(configuration)
    }

    deinit {
      _ = try? simulator.stop()
    }
  }

  private static let body = Array(#"{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true}"#.utf8)

  private func send(to url: String, _ change: (inout ClientOptions) -> Void) throws -> [FinishedExchange] {
    let (wire, _) = APIRequest(path: "/v1/chat/completions", headers: [], body: Self.body)
      .wire(to: try ServiceAddress(url))
    var sending = Sending(pattern: .closedLoop(parallel: 2), requests: 6, wire: wire)
    change(&sending.options)
    return try sending.run(to: url)
  }

  @Test
  func `a certificate that nobody vouches for fails each request`() throws {
    let service = try SecureService(for: "IP:127.0.0.1")
    let exchanges = try send(to: service.simulator.url) { _ in }
    #expect(exchanges.count == 6)
    #expect(exchanges.allSatisfy { $0.failure?.code == .tls && $0.sentAt == nil })
    #expect(exchanges.allSatisfy { $0.failure?.message.contains("certificate") == true })
  }

  @Test
  func `a certificate that is not checked is accepted`() throws {
    let service = try SecureService(for: "DNS:elsewhere")
    let exchanges = try send(to: service.simulator.url) { $0.verifiesCertificate = false }
    #expect(exchanges.count == 6)
    #expect(exchanges.allSatisfy { $0.status == 200 && $0.isComplete && $0.text.hasSuffix("data: [DONE]\n\n") })
    #expect(exchanges.count { $0.reusedConnection } == 4)
  }

  @Test
  func `a certificate that the user vouches for is accepted`() throws {
    let service = try SecureService(for: "IP:127.0.0.1")
    let exchanges = try send(to: service.simulator.url) { $0.certificateFile = service.certificate.certificate }
    #expect(exchanges.allSatisfy { $0.status == 200 && $0.isComplete })
  }

  @Test(arguments: [16_384, 16_398, 16_399, 16_500, 16_648, 16_649, 32_800, 33_000, 66_000, 300_000])
  func `a request of several records is read to its end`(size: Int) throws {
    let service = try SecureService(for: "IP:127.0.0.1")
    let url = service.simulator.url
    let head = APIRequest(path: "/v1/chat/completions", headers: [], body: Self.body).wire(to: try ServiceAddress(url))
    // White space behind the JSON makes the request as long as wanted, its length's digits included.
    let padding = [UInt8](repeating: 0x20, count: size - head.bytes.count)
    let (wire, _) = APIRequest(path: "/v1/chat/completions", headers: [], body: Self.body + padding)
      .wire(to: try ServiceAddress(url))
    var sending = Sending(pattern: .closedLoop(parallel: 1), requests: 2, wire: wire)
    sending.options.certificateFile = service.certificate.certificate
    sending.options.readTimeout = .seconds(3)
    let exchanges = try sending.run(to: url)
    #expect(exchanges.allSatisfy { $0.status == 200 && $0.isComplete }, "\(exchanges.map(\.failure))")
  }

  @Test(arguments: [
    ("localhost", true), ("localhost.", true), ("127.0.0.1", true), ("::1", true), ("fe80::1%eth0", true),
    (String(repeating: "a.", count: 126) + "a", true), (String(repeating: "a.", count: 200), false), ("", false),
  ])
  func `without a check of the host's name there is no session`(host: String, isPossible: Bool) throws {
    var message = [CChar](repeating: 0, count: 256)
    let context = try #require(lw_tls_client_context(true, nil, &message, message.count))
    defer { lw_tls_context_free(context) }
    let session = lw_tls_new(context, -1, host)
    #expect((session != nil) == isPossible)
    if let session { lw_tls_free(session) }
  }

  @Test
  func `a certificate for another name is refused`() throws {
    let service = try SecureService(for: "DNS:elsewhere")
    let exchanges = try send(to: service.simulator.url) { $0.certificateFile = service.certificate.certificate }
    #expect(exchanges.allSatisfy { $0.failure?.code == .tls })
  }

  @Test
  func `a service without TLS fails the handshake`() throws {
    let server = try ScriptedServer { _, peer in
      peer.send("HTTP/1.1 400 Bad Request\r\n\r\n")
      peer.waitForClose()
    }
    defer { server.stop() }
    let exchanges = try send(to: "https://127.0.0.1:\(server.port)") { _ in }
    #expect(exchanges.count == 6)
    #expect(exchanges.allSatisfy { $0.failure?.code == .tls })
  }

  @Test
  func `certificates that cannot be loaded are a usage error before anything is sent`() throws {
    let server = try ScriptedServer { _, _ in }
    defer { server.stop() }
    let error = #expect(throws: UsageError.self) {
      try send(to: "https://127.0.0.1:\(server.port)") { $0.certificateFile = "/nonexistent/ca.pem" }
    }
    #expect(error?.message.contains("/nonexistent/ca.pem") == true)
    #expect(server.connections == 0)
  }
}
