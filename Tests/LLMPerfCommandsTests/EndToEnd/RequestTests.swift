import Foundation
import LLMPerf
import LLMPerfWire
import Testing

struct RequestTests {
  private func send(
    _ arguments: [String], files: [String: String] = [:], environment: [String: String] = [:]
  ) throws -> EchoService {
    let tool = try Tool()
    for (name, text) in files { try tool.write(text, to: name) }
    let service = try EchoService()
    let result = try tool.run(
      ["perf", "--url", service.url + "/v1/chat/completions", "--no-probe", "--name", "run"] + arguments,
      environment: environment)
    #expect(result.status == 0, "\(result.errors)")
    return service
  }

  @Test
  func `a prompt comes from a file as it is`() throws {
    let prompt = "line one\n\"quoted\" \\ 日本 %m %p\n"
    let service = try send(["--model", "m", "--prompt", "@prompt.txt"], files: ["prompt.txt": prompt])
    #expect(service.bodies.map { $0["messages"]?[0]?["content"]?.stringValue } == [prompt])
  }

  @Test(arguments: [("/api", true), ("/v1", false)])
  func `says which path is usual when the service does not know another`(path: String, isSaid: Bool) throws {
    let service = try EchoService(status: 404)
    let address = service.url + path
    let result = try Tool().run(["perf", "--url", address, "--model", "m", "--prompt", "Hi", "--no-calibrate"])
    #expect(result.status == 1)
    #expect(result.errors.contains("(asked: POST \(address.dropFirst("http://".count))"))
    #expect(result.errors.contains("usual path is /v1/chat/completions") == isSaid)
  }

  @Test
  func `two at signs stand for one`() throws {
    let service = try send(["--model", "m", "--prompt", "@@someone"])
    #expect(service.bodies.map { $0["messages"]?[0]?["content"]?.stringValue } == ["@someone"])
  }

  @Test
  func `a prompt may begin with a hyphen`() throws {
    let service = try send(["--model", "m", "--prompt", "--parallel"])
    #expect(service.bodies.map { $0["messages"]?[0]?["content"]?.stringValue } == ["--parallel"])
  }

  @Test
  func `a template comes from a file, and keeps its keys' order and its numbers`() throws {
    let template = #"{"z": 1.0, "model": "%m", "messages": [{"content": "<%p> for %m", "role": "user"}], "a": 1e2}"#
    let service = try send(
      ["--model", "org/model-7B", "--prompt", "hi", "--query-template", "@template.json"],
      files: ["template.json": template])
    let body = String(decoding: try #require(service.requests.first).body, as: UTF8.self)
    #expect(
      body
        == #"{"z": 1.0, "model": "org/model-7B", "messages": [{"content": "<hi> for org/model-7B", "role": "user"}], "a": 1e2}"#
    )
  }

  @Test
  func `headers keep equals signs, and the user's win`() throws {
    let service = try send(
      [
        "--model", "m", "--prompt", "p", "--headers", "X-Token=a=b==", "authorization=Bearer k=v",
        "Content-Type=text/x",
        "X-Empty=", "X-Colon: c=d",
      ], environment: ["OPENAI_API_KEY": "from-the-environment"])
    let request = try #require(service.requests.first)
    #expect(request.header("X-Token") == "a=b==")
    #expect(request.header("Authorization") == "Bearer k=v")
    #expect(request.header("Content-Type") == "text/x")
    #expect(request.header("X-Empty") == "")
    #expect(request.header("X-Colon") == "c=d")
    #expect(request.header("Accept-Encoding") == "identity")
  }

  @Test
  func `a key comes from the environment, and is in no output`() throws {
    let tool = try Tool()
    let service = try EchoService()
    let result = try tool.run(
      [
        "perf", "--url", service.url, "--model", "m", "--prompt", "p", "--no-probe", "--debug", "--name", "run",
        "--output-json", "report.json", "--headers", "X-Api-Key=hidden-header",
      ], environment: ["OPENAI_API_KEY": "hidden-key"])
    #expect(service.requests.first?.header("Authorization") == "Bearer hidden-key")
    let report = try String(contentsOf: tool.folder.appending(path: "report.json"), encoding: .utf8)
    let database = try Data(contentsOf: tool.folder.appending(path: "run.db"))
    for secret in ["hidden-key", "hidden-header"] {
      #expect(!result.output.contains(secret))
      #expect(!result.errors.contains(secret))
      #expect(!report.contains(secret))
      #expect(database.firstRange(of: Data(secret.utf8)) == nil)
    }
  }

  @Test
  func `a model's slashes stay out of the database's path`() throws {
    let tool = try Tool()
    let service = try EchoService()
    let result = try tool.run("perf", "--url", service.url, "--model", "org/a/b", "--prompt", "p", "--no-probe")
    #expect(result.status == 0, "\(result.errors)")
    #expect(service.bodies.first?["model"]?.stringValue == "org/a/b")
    let databases = try tool.files.filter { $0.hasSuffix(".db") }
    #expect(databases.count == 1)
    #expect(databases.first?.hasPrefix("org_a_b_20") == true)
  }

  @Test
  func `a data set is sent line by line and begun again`() throws {
    let service = try send(
      ["--model", "m", "--dataset-path", "lines.txt", "-n", "7", "--max-prompt-length", "4"],
      files: ["lines.txt": "  one \r\ntoolong\ntwo\n\nsix"])
    let prompts = service.bodies.compactMap { $0["messages"]?[0]?["content"]?.stringValue }
    #expect(prompts == ["one", "two", "six", "one", "two", "six", "one"])
  }

  @Test(arguments: [
    ["--rate", "250.5"], ["--rate", "-1"], ["--rate=-1", "--max-in-flight", "2"], ["--parallel", "3"],
  ])
  func `each pattern sends every request`(pattern: [String]) throws {
    let service = try send(["--model", "m", "--prompt", "p", "-n", "20"] + pattern)
    #expect(service.requests.count == 20)
  }

  @Test
  func `a run of which everything failed ends with status 3 and a report`() throws {
    let tool = try Tool()
    let service = try EchoService(status: 500)
    let failed = try tool.run(
      "perf", "--url", service.url, "--model", "m", "--prompt", "p", "-n", "5", "--no-probe", "--name", "run")
    #expect(failed.status == 3)
    #expect(failed.output.contains("http-500"))
    #expect(service.requests.count == 5)
    let none = try tool.run(
      "perf", "--url", try SilentPort().address, "--model", "m", "--prompt", "p", "-n", "30", "--parallel", "10",
      "--no-probe", "--name",
      "other")
    #expect(none.status == 3)
    #expect(none.output.contains("refused"))
  }
}
