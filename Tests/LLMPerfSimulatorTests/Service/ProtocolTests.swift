import LLMPerf
import LLMPerfSimulator
import Testing

struct ProtocolTests {
  private static let usage = #","stream_options":{"include_usage":true}"#
  private static let tool = #"{"name":"look \"up\"","parameters":{"type":"object","properties":{"wo\"rd":{}}}}"#

  private func words(_ text: String) -> Int { text.split(separator: " ").count }

  @Test func `chat streams a role, the text, a finish reason, the usage and an end mark`() throws {
    try withSimulator { simulator in
      let response = try TestConnection(port: simulator.port).send(
        "POST", "/v1/chat/completions", chat(stream: true, Self.usage))
      #expect(response.headers["content-type"] == "text/event-stream; charset=utf-8")
      #expect(response.isComplete)
      let events = response.events
      try #require(events.count == 1 + 8 + 3)
      #expect(events.last?.data == "[DONE]")
      let data = response.eventData
      #expect(data.allSatisfy { $0["id"] == "chatcmpl-sim-000000000000" && $0["model"] == "m" })
      #expect(data[0]["choices"]?[0]?["delta"]?["role"] == "assistant")
      let text = data.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.stringValue }.joined()
      #expect(words(text) == 8)
      #expect(data[9]["choices"]?[0]?["finish_reason"] == "stop")
      #expect(data[10]["choices"] == [])
      #expect(data[10]["usage"]?["prompt_tokens"] == 3 && data[10]["usage"]?["completion_tokens"] == 8)
    }
  }

  @Test func `usage comes in chat streams when asked for, always, or never`() throws {
    for (option, asked, expected) in [
      ("asked", false, false), ("asked", true, true), ("always", false, true), ("never", true, false),
    ] {
      try withSimulator("usage=\(option)") { simulator in
        let response = try TestConnection(port: simulator.port)
          .send("POST", "/v1/chat/completions", chat(stream: true, asked ? Self.usage : ""))
        #expect(response.eventData.contains { $0["usage"] != nil } == expected)
      }
    }
  }

  @Test(arguments: [
    ("at-once", 10), ("with-first-token", 10), ("never", 9),
  ])
  func `the role comes once, wherever it comes`(when: String, count: Int) throws {
    try withSimulator("role-event=\(when)") { simulator in
      let data = try TestConnection(port: simulator.port).send("POST", "/v1/chat/completions", chat()).eventData
      #expect(data.count == count)
      let roles = data.indices.filter { data[$0]["choices"]?[0]?["delta"]?["role"] != nil }
      #expect(roles == [0])
    }
  }

  @Test func `a plain answer says what a stream with the same number says`() throws {
    var texts: [String] = []
    for stream in [true, false] {
      try withSimulator("reasoning-share=0.5") { simulator in
        let response = try TestConnection(port: simulator.port).send(
          "POST", "/v1/chat/completions", chat(stream: stream))
        if stream {
          let deltas = response.eventData.compactMap { $0["choices"]?[0]?["delta"] }
          texts.append(deltas.compactMap { $0["reasoning_content"]?.stringValue }.joined())
          texts.append(deltas.compactMap { $0["content"]?.stringValue }.joined())
        } else {
          let message = try response.json["choices"]?[0]?["message"]
          #expect(message?["reasoning_content"]?.stringValue == texts[0])
          #expect(message?["content"]?.stringValue == texts[1])
          #expect(try response.json["usage"]?["completion_tokens_details"]?["reasoning_tokens"] == 4)
        }
      }
    }
    #expect(texts.map(words) == [4, 4])
  }

  @Test func `completions stream text alone`() throws {
    try withSimulator { simulator in
      let connection = try TestConnection(port: simulator.port)
      let body = #"{"model":"m","prompt":[11,12,13,14],"stream":true\#(Self.usage)}"#
      let data = try connection.send("POST", "/v1/completions", body).eventData
      #expect(words(data.compactMap { $0["choices"]?[0]?["text"]?.stringValue }.joined()) == 8)
      #expect(data.last?["usage"]?["prompt_tokens"] == 4)
      let plain = try connection.send("POST", "/v1/completions", #"{"model":"m","prompt":"one two"}"#).json
      #expect(words(plain["choices"]?[0]?["text"]?.stringValue ?? "") == 8)
      #expect(plain["id"] == "cmpl-sim-000000000001")
    }
  }

  @Test func `responses open and close their items, and number every event`() throws {
    try withSimulator("reasoning-share=0.25") { simulator in
      let connection = try TestConnection(port: simulator.port)
      let body = #"{"model":"m","input":[{"role":"user","content":"one two three"}],"stream":true}"#
      let response = try connection.send("POST", "/v1/responses", body)
      let data = response.eventData
      #expect(data.map { $0["sequence_number"]?.intValue } == data.indices.map { $0 })
      #expect(response.events.map(\.name) == data.map { $0["type"]?.stringValue })
      let deltas = data.filter { $0["type"] == "response.output_text.delta" }
      let done = data.last?["response"]
      let text = deltas.compactMap { $0["delta"]?.stringValue }.joined()
      #expect(words(text) == 6)
      #expect(done?["output"]?[1]?["content"]?[0]?["text"]?.stringValue == text)
      #expect(done?["status"] == "completed" && done?["usage"]?["input_tokens"] == 3)
      #expect(done?["usage"]?["output_tokens_details"]?["reasoning_tokens"] == 2)
      let cut = try connection.send("POST", "/v1/responses", #"{"model":"m","input":"a","max_output_tokens":2}"#).json
      #expect(cut["status"] == "incomplete")
    }
  }

  @Test func `messages open and close their blocks`() throws {
    try withSimulator("reasoning-share=0.25") { simulator in
      let connection = try TestConnection(port: simulator.port)
      let body =
        #"{"model":"m","max_tokens":5,"system":"be brief","messages":[{"role":"user","content":[{"type":"text","text":"one"}]}],"stream":true}"#
      let response = try connection.send("POST", "/v1/messages", body)
      let data = response.eventData
      #expect(response.events.map(\.name) == data.map { $0["type"]?.stringValue })
      #expect(data.first?["message"]?["usage"]?["input_tokens"] == 3)
      #expect(data.compactMap { $0["content_block"]?["type"]?.stringValue } == ["thinking", "text"])
      #expect(data.count { $0["type"] == "content_block_stop" } == 2)
      let text = data.compactMap { $0["delta"]?["text"]?.stringValue }.joined()
      #expect(words(text) == 4)
      #expect(data.dropLast().last?["delta"]?["stop_reason"] == "max_tokens")
      #expect(data.dropLast().last?["usage"]?["output_tokens"] == 5)
      #expect(data.last?["type"] == "message_stop")
    }
  }

  @Test(arguments: ["text", "message"], [true, false])
  func `DashScope repeats its text unless told to send what is new`(form: String, isIncremental: Bool) throws {
    try withSimulator { simulator in
      let connection = try TestConnection(port: simulator.port)
      let path = "/api/v1/services/aigc/text-generation/generation"
      let body = """
        {"model":"m","input":{"messages":[{"role":"user","content":"你好 one"}]},\
        "parameters":{"result_format":"\(form)","incremental_output":\(isIncremental)}}
        """
      let response = try connection.send("POST", path, body, headers: ["X-DashScope-SSE: enable"])
      let data = response.eventData
      #expect(data.count == 9)
      #expect(data.map { $0["usage"]?["output_tokens"]?.intValue } == [1, 2, 3, 4, 5, 6, 7, 8, 8])
      #expect(data.allSatisfy { $0["usage"]?["input_tokens"] == 3 })
      func text(_ output: JSON?) -> String {
        (form == "text" ? output?["text"] : output?["choices"]?[0]?["message"]?["content"])?.stringValue ?? "?"
      }
      let texts = data.map { text($0["output"]) }
      let whole = isIncremental ? texts.joined() : texts[8]
      #expect(words(whole) == 8)
      if !isIncremental { #expect(texts.indices.dropLast().allSatisfy { words(texts[$0]) == $0 + 1 }) }
      #expect(response.text.contains("id:1\nevent:result\n:HTTP_STATUS/200\ndata:{"))
      let plain = try connection.send("POST", path, body).json
      #expect(words(text(plain["output"])) == 8 && plain["usage"]?["total_tokens"] == 11)
    }
  }

  @Test func `Zhipu's fourth version has a role in each event and usage in the last`() throws {
    try withSimulator("reasoning-share=0.25") { simulator in
      let data = try TestConnection(port: simulator.port).send("POST", "/api/paas/v4/chat/completions", chat())
        .eventData
      #expect(data.allSatisfy { $0["choices"]?[0]?["delta"]?["role"] == "assistant" && $0["object"] == nil })
      #expect(data.last?["usage"]?["completion_tokens"] == 8)
      #expect(data.dropLast().allSatisfy { $0["choices"]?[0]?["finish_reason"] == nil })
    }
  }

  @Test(arguments: [true, false])
  func `Zhipu's third version sends plain text, blanks included`(isIncremental: Bool) throws {
    try withSimulator { simulator in
      let connection = try TestConnection(port: simulator.port)
      let body = #"{"prompt":[{"role":"user","content":"one two"}],"incremental":\#(isIncremental)}"#
      let response = try connection.send("POST", "/api/paas/v3/model-api/glm-4/sse-invoke", body)
      let texts = response.events.filter { $0.name == "add" }.map(\.data)
      #expect(words(isIncremental ? texts.joined() : texts.last ?? "") == 8)
      #expect(texts.count == 8)
      #expect(response.events.last?.name == "finish")
      #expect(response.text.contains(#""usage":{"prompt_tokens":2,"completion_tokens":8,"total_tokens":10}"#))
      let plain = try connection.send("POST", "/api/paas/v3/model-api/glm-4/invoke", body).json
      #expect(plain["success"] == true && plain["data"]?["usage"]?["completion_tokens"] == 8)
    }
  }

  @Test(arguments: ["/v1/chat/completions", "/api/paas/v4/chat/completions", "/compatible-mode/v1/chat/completions"])
  func `chat calls a tool when one is offered`(path: String) throws {
    try withSimulator { simulator in
      let tools = #","tools":[{"type":"function","function":\#(Self.tool)}]"#
      let connection = try TestConnection(port: simulator.port)
      let data = try connection.send("POST", path, chat(stream: true, tools)).eventData
      let calls = data.compactMap { $0["choices"]?[0]?["delta"]?["tool_calls"]?[0]?["function"] }
      #expect(calls.compactMap { $0["name"]?.stringValue } == ["look \"up\""])
      let arguments = try JSON(calls.compactMap { $0["arguments"]?.stringValue }.joined())
      #expect(words(arguments["wo\"rd"]?.stringValue ?? "") == 8)
      #expect(data.compactMap { $0["choices"]?[0]?["finish_reason"]?.stringValue } == ["tool_calls"])
      let plain = try connection.send("POST", path, chat(stream: false, tools)).json
      let call = plain["choices"]?[0]?["message"]?["tool_calls"]?[0]?["function"]
      #expect(try JSON(call?["arguments"]?.stringValue ?? "")["wo\"rd"] != nil)
      let refused = try connection.send("POST", path, chat(stream: false, tools + #","tool_choice":"none""#)).json
      #expect(refused["choices"]?[0]?["message"]?["content"]?.stringValue?.isEmpty == false)
    }
  }

  @Test func `embeddings and rankings answer whole`() throws {
    try withSimulator("embedding-dimensions=5") { simulator in
      let connection = try TestConnection(port: simulator.port)
      let embeddings = try connection.send("POST", "/v1/embeddings", #"{"model":"m","input":["one two","three"]}"#).json
      let vectors = embeddings["data"]?.arrayValue?.compactMap { $0["embedding"]?.arrayValue } ?? []
      #expect(vectors.map(\.count) == [5, 5] && embeddings["usage"]?["prompt_tokens"] == 3)
      let base64 = #"{"model":"m","input":"one","encoding_format":"base64"}"#
      // 20 bytes are 28 characters of base 64, the last of them padding.
      let text = try connection.send("POST", "/v1/embeddings", base64).json["data"]?[0]?["embedding"]?.stringValue
      #expect(text?.count == 28 && text?.hasSuffix("=") == true && text?.hasSuffix("==") == false)
      let body = #"{"model":"m","query":"one","documents":["a b","c",{"text":"d"}],"top_n":2}"#
      let ranking = try connection.send("POST", "/v1/rerank", body).json
      let scores = ranking["results"]?.arrayValue?.compactMap { $0["relevance_score"]?.doubleValue } ?? []
      #expect(scores.count == 2 && scores == scores.sorted(by: >) && ranking["usage"]?["prompt_tokens"] == 5)
    }
  }

  @Test func `length follows max_tokens and ignore_eos`() throws {
    try withSimulator { simulator in
      let connection = try TestConnection(port: simulator.port)
      for (options, tokens, reason) in [
        (#","max_tokens":5"#, 5, "length"), (#","max_completion_tokens":8"#, 8, "stop"),
        (#","max_tokens":100"#, 8, "stop"),
        (#","max_tokens":30,"ignore_eos":true"#, 30, "length"), (#","ignore_eos":true"#, 8, "stop"),
      ] {
        let answer = try connection.send("POST", "/v1/chat/completions", chat(stream: false, options)).json
        #expect(answer["usage"]?["completion_tokens"]?.intValue == tokens)
        #expect(answer["choices"]?[0]?["finish_reason"]?.stringValue == reason)
      }
    }
  }

  @Test func `several tokens share an event, and events have the size that was asked for`() throws {
    try withSimulator("tokens-per-event=3&event-bytes=400&events-per-write=100") { simulator in
      let response = try TestConnection(port: simulator.port).send("POST", "/v1/chat/completions", chat())
      let texts = response.eventData.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.stringValue }
      #expect(texts.map(words) == [0, 3, 3, 2])
      let sizes = response.events.dropFirst().prefix(3).map { $0.data.utf8.count + 8 }
      #expect(sizes.allSatisfy { abs($0 - 400) <= 20 })
    }
  }

  @Test func `lists its model, its health and its metrics`() throws {
    try withSimulator("model=tiny&slots=4") { simulator in
      let connection = try TestConnection(port: simulator.port)
      #expect(try connection.send("GET", "/v1/models").json["data"]?[0]?["id"] == "tiny")
      #expect(try connection.send("GET", "/health").status == 200)
      _ = try connection.send("POST", "/v1/chat/completions", chat())
      let metrics = try connection.send("GET", "/metrics").text
      for line in [
        #"vllm:num_requests_running{model_name="tiny"} 0.0"#, #"vllm:num_requests_waiting{model_name="tiny"} 0.0"#,
        #"vllm:generation_tokens_total{model_name="tiny"} 8.0"#,
        #"vllm:time_to_first_token_seconds_bucket{model_name="tiny",le="+Inf"} 1.0"#,
        #"vllm:time_to_first_token_seconds_count{model_name="tiny"} 1.0"#,
      ] {
        #expect(metrics.contains(line + "\n"))
      }
    }
  }

  @Test func `unknown paths, wrong methods, broken bodies and missing keys have an error object`() throws {
    try withSimulator { simulator in
      let connection = try TestConnection(port: simulator.port)
      for (method, path, body, status) in [
        ("GET", "/nothing", "", 404), ("GET", "/v1/chat/completions", "", 405),
        ("POST", "/v1/chat/completions", "{\"model\":", 400), ("POST", "/v1/chat/completions", "[]", 400),
      ] {
        let response = try connection.send(method, path, body)
        #expect(response.status == status)
        #expect(try response.json["error"]?["message"]?.stringValue?.isEmpty == false)
      }
    }
    let configuration = try SimulatorConfiguration(address: "sim:?null")
    var locked = configuration
    locked.apiKey = "secret"
    let simulator = try Simulator.start(locked)
    defer { _ = try? simulator.stop() }
    let connection = try TestConnection(port: simulator.port)
    #expect(try connection.send("POST", "/v1/chat/completions", chat()).status == 401)
    for header in ["Authorization: Bearer secret", "x-api-key: secret"] {
      #expect(try connection.send("POST", "/v1/chat/completions", chat(), headers: [header]).status == 200)
    }
  }
}
