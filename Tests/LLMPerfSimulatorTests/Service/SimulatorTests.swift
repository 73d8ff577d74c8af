import LLMPerf
import LLMPerfLock
import LLMPerfSimulator
import LLMPerfWire
import Testing

struct SimulatorTests {
  /// The rows of `/__truth`, by column.
  private func truth(_ port: UInt16) throws -> [[String: String]] {
    let text = try TestConnection(port: port).send("GET", "/__truth").text
    let lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  private func nanoseconds(_ row: [String: String], _ column: String) -> Int64 { Int64(row[column] ?? "") ?? -1 }

  @Test func `the truth has a row for each request, in order, that its id joins`() throws {
    try withSimulator("ttft=20ms&itl=1ms") { simulator in
      let connection = try TestConnection(port: simulator.port)
      var ids: [String] = []
      for _ in 0..<3 {
        let response = try connection.send("POST", "/v1/chat/completions", chat())
        ids.append(response.eventData[0]["id"]?.stringValue ?? "")
      }
      let rows = try truth(simulator.port)
      #expect(rows.map { "chatcmpl-sim-" + ($0["id"] ?? "") } == ids)
      for row in rows {
        // Everything is in the order of cause and effect, and due times are exact.
        #expect(nanoseconds(row, "first_due_ns") - nanoseconds(row, "arrival_ns") == 20_000_000)
        #expect(nanoseconds(row, "first_token_ns") >= nanoseconds(row, "first_due_ns"))
        #expect(nanoseconds(row, "last_token_ns") >= nanoseconds(row, "first_due_ns") + 7_000_000)
        #expect(row["tokens"] == "8" && row["events"] == "8" && row["prompt_tokens"] == "3")
        #expect(row["outcome"] == "completed" && row["status"] == "200" && row["stream"] == "1")
      }
    }
  }

  @Test func `equal seeds draw equal delays, lengths, failures and words`() throws {
    func run(_ seed: Int) throws -> [String] {
      var seen: [String] = []
      let options =
        "seed=\(seed)&ttft=exp:2ms&output-tokens=uniform:2,40&tokens-per-event=uniform:1,4&error-rate=0.3&error-kinds=429,truncated"
      try withSimulator(options) { simulator in
        let connection = try TestConnection(port: simulator.port)
        for _ in 0..<12 {
          let response = try connection.send("POST", "/v1/chat/completions", chat())
          let contents = response.eventData.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.stringValue }
          seen.append("\(response.status) \(contents)")
        }
        seen += try truth(simulator.port).map { row in
          "\(row["tokens"] ?? "") \(row["outcome"] ?? "") "
            + "\(row["status"] == "200" ? nanoseconds(row, "first_due_ns") - nanoseconds(row, "arrival_ns") : 0)"
        }
      }
      return seen
    }
    let first = try run(5)
    #expect(try run(5) == first)
    #expect(try run(6) != first)
    #expect(Set(first).count > 12)
  }

  @Test func `requests beyond the slots wait, and beyond the queue are refused`() throws {
    try withSimulator("slots=1&queue=2&ttft=150ms") { simulator in
      let connections = try (0..<5).map { _ in try TestConnection(port: simulator.port) }
      let request = Array(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: \(chat().utf8.count)\r\n\r\n\(chat())".utf8)
      for connection in connections { try connection.write(request) }
      let responses = try connections.map { try $0.readResponse() }
      #expect(responses.map(\.status).sorted() == [200, 200, 200, 503, 503])
      let rows = try truth(simulator.port).filter { $0["status"] == "200" }
      let dues = rows.map { nanoseconds($0, "first_due_ns") }
      // With one slot, an answer's first token is due 150 ms after the end of the one before.
      #expect(dues == dues.sorted())
      #expect(zip(dues, dues.dropFirst()).allSatisfy { $1 - $0 == 150_000_000 })
    }
  }

  @Test func `a client that leaves frees its slot, running or waiting`() throws {
    try withSimulator("slots=1&itl=3600s") { simulator in
      let head = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: \(chat().utf8.count)\r\n\r\n"
      var leaving: [TestConnection] = []
      for _ in 0..<2 {
        let connection = try TestConnection(port: simulator.port)
        try connection.write(Array((head + chat()).utf8))
        leaving.append(connection)
      }
      let control = try TestConnection(port: simulator.port)
      func statistics(_ key: String) throws -> Int? { try control.send("GET", "/__stats").json[key]?.intValue }
      while try statistics("running") != 1 || statistics("waiting") != 1 {}
      leaving.removeAll()
      while try statistics("active") != 0 {}
      #expect(try statistics("aborted") == 2)
      #expect(try statistics("running") == 0 && statistics("waiting") == 0)
    }
  }

  @Test func `only the latest rows are kept, and a reset forgets them`() throws {
    try withSimulator("truth-rows=3") { simulator in
      let connection = try TestConnection(port: simulator.port)
      for _ in 0..<5 { _ = try connection.send("POST", "/v1/chat/completions", chat()) }
      #expect(try truth(simulator.port).map { $0["id"] } == ["000000000002", "000000000003", "000000000004"])
      #expect(try connection.send("POST", "/__reset").status == 200)
      #expect(try truth(simulator.port).isEmpty)
      _ = try connection.send("POST", "/v1/chat/completions", chat())
      #expect(try truth(simulator.port).map { $0["id"] } == ["000000000005"])
    }
  }

  @Test func `many streams at once are all complete, and counted`() throws {
    let report = try withSimulator("ttft=uniform:1ms,20ms&itl=2ms") { simulator in
      let connections = try (0..<200).map { _ in try TestConnection(port: simulator.port) }
      let request = Array(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: \(chat().utf8.count)\r\n\r\n\(chat())".utf8)
      for connection in connections { try connection.write(request) }
      for connection in connections {
        let response = try connection.readResponse()
        #expect(response.isComplete && response.events.count == 11)
      }
    }
    #expect(report.completed == 200 && report.outputTokens == 1600 && report.events == 1600)
    #expect(report.peakStreams > 1)
    #expect(report.text.contains("200 requests: 200 completed"))
  }

  @Test func `runs until it is told to stop`() throws {
    let stop = Waker()
    let lines = Lock<[String]>([])
    let report = try Simulator.run(SimulatorConfiguration(address: "sim:?null"), until: stop) { line in
      lines.withLock { $0.append(line) }
      let port = line.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
      let answer = try? TestConnection(port: port).send("POST", "/v1/chat/completions", chat())
      #expect(answer?.status == 200)
      stop.signal()
    }
    #expect(report.completed == 1)
    #expect(lines.withLock { $0 }.count == 1)
    #expect(lines.withLock { $0 }[0].hasPrefix("listening on http://127.0.0.1:"))
  }
}
