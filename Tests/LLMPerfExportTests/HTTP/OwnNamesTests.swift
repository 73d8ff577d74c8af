import LLMPerf
import LLMPerfWire
import Testing

@testable import LLMPerfExport

struct OwnNamesTests {
  private func names(_ place: String) throws -> OwnNames {
    OwnNames(try ListenAddress(place, option: "--metrics-port"), machine: "loadgen.example.org")
  }

  @Test(arguments: ["localhost", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:9", "[::1]", "[::1]:9", "127.1.2.3"])
  func `on loopback this machine's addresses of loopback are its names`(host: String) throws {
    #expect(try names("9090").contains(host))
  }

  @Test(arguments: [
    "", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "192.0.2.1", "[::2]", "loadgen", ":80",
    "127.0.0.1:x", "localhost:", "localhost@evil.example", "[::1", "[::1]evil", "127.1", "2130706433", "0x7f.1",
    "localhost:80:80", "127.0.0.1 ", "evil.example:127.0.0.1",
  ])
  func `other names are none of ours`(host: String) throws {
    #expect(try !names("9090").contains(host))
  }

  @Test(arguments: [
    ("192.0.2.1:9", true), ("[2001:db8::1]", true), ("127.0.0.1", true), ("localhost", true), ("loadgen", true),
    ("loadgen.example.org:9", true), ("Loadgen", true), ("loadgen.evil.example", false), ("evil.example", false),
    ("192.0.2.1.evil.example", false), ("", false), ("example.org", false),
  ])
  func `elsewhere any address is, and the machine's own name`(host: String, isOwn: Bool) throws {
    #expect(try names("0.0.0.0:9090").contains(host) == isOwn)
  }

  @Test
  func `the metrics are shown to those alone who ask by them, and take no body`() throws {
    let exporter = try PrometheusExporter(try ListenAddress("0", option: "--metrics-port")) { 0 }
    defer { exporter.close() }
    let client = FetchClient()
    for (host, status) in [("evil.example", 403), ("localhost:1", 200), ("", 403)] {
      let request = FetchRequest("GET", try HTTPAddress(exporter.url), headers: [("Host", host)])
      #expect(try client.send(request).status == status, "\(host)")
    }
    #expect(try client.send(FetchRequest("GET", HTTPAddress(exporter.url), body: [1])).status == 413)
  }
}
