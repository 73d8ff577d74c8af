import LLMPerf
import LLMPerfWire
import Testing

@testable import LLMPerfExport

struct DashboardSinkTests {
  private func get(_ url: String, host: String? = nil) throws -> FetchResponse {
    try FetchClient().send(FetchRequest("GET", HTTPAddress(url), headers: host.map { [("Host", $0)] } ?? []))
  }

  @Test
  func `on loopback the page needs no token, and other names are refused`() throws {
    let sink = try DashboardSink(try ListenAddress("0", option: "--dashboard"), inFlight: { 1 })
    defer { sink.close() }
    let page = try get(sink.url)
    #expect(page.status == 200)
    #expect(page.header("Content-Security-Policy")?.contains("default-src 'none'") == true)
    let text = String(decoding: page.body, as: UTF8.self)
    #expect(text.contains("EventSource"))
    for host in ["evil.example:80", "127.0.0.1.evil.example", "[::2]"] {
      #expect(try get(sink.url, host: host).status == 403, "\(host)")
    }
    for host in ["localhost:1", "[::1]:1"] { #expect(try get(sink.url, host: host).status == 200, "\(host)") }
  }

  @Test
  func `elsewhere the token must be known`() throws {
    let place = try ListenAddress("0.0.0.0:0", option: "--dashboard")
    let access = DashboardAccess(names: OwnNames(place), token: DashboardAccess.makeToken())
    let sink = try DashboardSink(place, inFlight: { 1 }, token: access.token)
    defer { sink.close() }
    let port = try HTTPAddress(sink.url).port
    #expect(sink.url.hasSuffix(access.query) && access.token?.count == 32)
    for path in ["/", "/events", "/?token=", "/?token=wrong", "/events?token=\(access.token?.dropLast() ?? "")"] {
      #expect(try get("http://127.0.0.1:\(port)\(path)").status == 401, "\(path)")
    }
    #expect(try get("http://127.0.0.1:\(port)\(access.query)").status == 200)
    // A page of another site whose name leads here does not even learn whether its token is right.
    #expect(try get("http://127.0.0.1:\(port)\(access.query)", host: "evil.example").status == 403)
    #expect(try get("http://127.0.0.1:\(port)/nothing").status == 401)
  }

  @Test
  func `a body is refused before anything else is asked`() throws {
    let sink = try DashboardSink(try ListenAddress("0.0.0.0:0", option: "--dashboard"), inFlight: { 1 }, token: "t")
    defer { sink.close() }
    let address = try HTTPAddress("http://127.0.0.1:\(try HTTPAddress(sink.url).port)/")
    let response = try FetchClient().send(FetchRequest("POST", address, body: [1]))
    #expect(response.status == 413)
  }

  @Test
  func `a snapshot holds what the page shows`() throws {
    let run = SyntheticRun(300)
    var statistics = LiveStatistics()
    for record in run.records { statistics.add(record) }
    statistics.advance(to: .seconds(4), inFlight: 2)
    let snapshot = DashboardSnapshot(
      run: run.description, statistics: statistics, client: nil, inFlight: 2,
      verdict: Verdict(reasons: [.init(.suspect, code: "x", "why")]))
    let json = try JSON(parsing: snapshot.json.utf8())
    #expect(json["succeeded"]?.intValue == 257 && json["failed"]?.intValue == 43 && json["expected"]?.intValue == 300)
    #expect(json["points"]?.arrayValue?.count == 4 && json["points"]?[0]?.arrayValue?.count == 5)
    #expect(json["verdict"] == "SUSPECT" && json["reasons"] == ["why"] && json["cpu"] == .null)
    #expect(json["failures"]?[0]?["sample"] == "the service is <busy>")
    #expect(json["ttft"]?[3]?.intValue == 257)
  }
}
