import Foundation
import LLMPerf
import Testing

@testable import LLMPerfSQLite

/// What users of the original tool read its databases with must read ours.
struct OriginalReadersTests {
  private static func write(_ records: [RequestRecord], to path: String, api: String = "openai") throws {
    var run = RunDescription.sample
    run.api = api
    let writer = try ResultWriter(path: path, saving: .full) { _ in "{}" }
    try writer.begin(run)
    try writer.receive(records)
    try writer.close()
  }

  @Test
  func `the analysis script of the original prints every answer`() throws {
    let folder = try TemporaryFolder()
    let recorded = try SampleExchanges.recorded
    #expect(recorded.count >= 10)
    let records = try SampleExchanges.records(recorded.map(\.exchange))
    #expect(records.allSatisfy { $0.succeeded })
    try Self.write(records, to: folder.path("run.db"))
    let script = Bundle.module.bundleURL.appending(path: "Fixtures/original-analysis.py").path
    let result = try Python.run(["-X", "utf8", script, folder.path("run.db")])
    #expect(result.errors == "")
    let expected = records.map { record -> String in
      let text = String(decoding: record.bodies?.text ?? [], as: UTF8.self)
      let (input, output) = (record.usage.input.map(String.init), record.usage.output.map(String.init))
      return
        "prompt: prompt \(record.index), tokens: \(input ?? "None"), completion: \(text), tokens: \(output ?? "None")\n"
    }
    #expect(result.output == expected.joined())
  }

  @Test
  func `the table begins with the columns of the original, in its order and types`() throws {
    let folder = try TemporaryFolder()
    try Self.write(try SampleExchanges.records(SampleExchanges.all), to: folder.path("run.db"))
    let script = """
      import sqlite3, sys
      con = sqlite3.connect(sys.argv[1])
      names = [row[1] for row in con.execute("PRAGMA table_info(result)")][:12]
      print(" ".join(names))
      types = ", ".join(f"group_concat(distinct typeof({n}))" for n in names)
      for ok in ("True", "False"):
          print(" ".join(con.execute(f"select {types} from result where success = ?", (ok,)).fetchone()))
      """
    let lines = try Python.run(["-c", script, folder.path("run.db")]).output.split(separator: "\n")
    #expect(
      lines.first == """
        request start_time chunk_times success response_messages completed_time latency first_chunk_latency n_chunks \
        chunk_time prompt_tokens completion_tokens
        """)
    try #require(lines.count == 3)
    let success = lines[1].split(separator: " ")
    #expect(success[..<10].joined(separator: " ") == "text real text text text real real real integer real")
    #expect(success[10...].allSatisfy { $0.split(separator: ",").allSatisfy { ["integer", "null"].contains($0) } })
    #expect(lines[2] == "text real text text text real null null null null null null")
  }

  @Test
  func `the columns of the original decode to what its readers expect`() throws {
    let folder = try TemporaryFolder()
    let records = try SampleExchanges.records(SampleExchanges.all)
    try Self.write(records, to: folder.path("run.db"))
    let script = """
      import sqlite3, sys, json, base64, pickle
      con = sqlite3.connect(sys.argv[1])
      load = lambda text: pickle.loads(base64.b64decode(text))
      for request, times, messages, success, latency, first, n, total in con.execute(
          "select request, chunk_times, response_messages, success, latency, first_chunk_latency, n_chunks, chunk_time"
          " from result"):
          request, times, messages = load(request), json.loads(times), load(messages)
          assert request["messages"][0]["role"] == "user" and request["t"] == 0.7 and request["stream"] is True
          assert isinstance(messages, list) and all(isinstance(t, float) for t in times)
          strings = [m for m in messages if isinstance(m, str)]
          if times:
              assert len(times) == len(strings) == len(messages), (times, messages)
              for m in strings:
                  assert isinstance(json.loads(m)["choices"][0]["delta"]["content"], str)
          if success == "True":
              assert 0 <= first <= latency and n >= 1 and total >= 0
          print(success, len(messages))
      """
    let result = try Python.run(["-c", script, folder.path("run.db")])
    #expect(result.errors == "")
    #expect(result.output.split(separator: "\n").map { $0.hasPrefix("True") } == records.map(\.succeeded))
  }

  @Test
  func `every text of every table is UTF-8 that Python reads, whatever the service sent`() throws {
    let folder = try TemporaryFolder()
    try Self.write(try SampleExchanges.records(SampleExchanges.all), to: folder.path("run.db"))
    let script = """
      import sqlite3, sys
      con = sqlite3.connect(sys.argv[1])
      for table in ("result", "run", "health"):
          print(table, len(con.execute(f"select * from {table}").fetchall()))
      """
    let result = try Python.run(["-c", script, folder.path("run.db")])
    #expect(result.errors == "")
    #expect(result.output == "result \(SampleExchanges.all.count)\nrun 1\nhealth 0\n")
  }

  @Test
  func `an answer in one body is kept as the object it is`() throws {
    let folder = try TemporaryFolder()
    let plain = SampleExchanges.exchange(0, [#"{"choices":[{"message":{"content":"ü"},"finish_reason":"stop"}]}"#])
    try Self.write(try SampleExchanges.records([plain]), to: folder.path("run.db"))
    let script = """
      import sqlite3, sys, base64, pickle
      text, = sqlite3.connect(sys.argv[1]).execute("select response_messages from result").fetchone()
      print(ascii(pickle.loads(base64.b64decode(text))))
      """
    let result = try Python.run(["-c", script, folder.path("run.db")])
    #expect(
      result.output == #"[{'choices': [{'message': {'content': '\xfc'}, 'finish_reason': 'stop'}]}]"# + "\n")
  }
}
