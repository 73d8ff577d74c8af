import LLMPerf
import LLMPerfLock
import Testing

/// What each protocol sends.
struct RequestTests {
  struct Sent: Sendable, CustomTestStringConvertible {
    let api: String
    let path: String
    let header: HTTPHeader
    let body: String
    var testDescription: String { api }
  }

  static let defaults = [
    Sent(
      api: "openai", path: "/v1/chat/completions", header: HTTPHeader("Authorization", "Bearer key"),
      body:
        #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true,"stream_options":{"include_usage":true}}"#
    ),
    Sent(
      api: "openai-responses", path: "/v1/responses", header: HTTPHeader("Authorization", "Bearer key"),
      body: #"{"model":"m","input":"Hi","stream":true,"store":false}"#),
    Sent(
      api: "anthropic", path: "/v1/messages", header: HTTPHeader("x-api-key", "key"),
      body: #"{"model":"m","max_tokens":1024,"messages":[{"role":"user","content":"Hi"}],"stream":true}"#),
    Sent(
      api: "dashscope", path: "/api/v1/services/aigc/text-generation/generation",
      header: HTTPHeader("X-DashScope-SSE", "enable"),
      body:
        #"{"model":"m","input":{"messages":[{"role":"user","content":"Hi"}]},"parameters":{"result_format":"message","incremental_output":true}}"#
    ),
    Sent(
      api: "zhipu", path: "/api/paas/v4/chat/completions", header: HTTPHeader("Authorization", "Bearer key"),
      body: #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true}"#),
    Sent(
      api: "openai-embeddings", path: "/v1/embeddings", header: HTTPHeader("Content-Type", "application/json"),
      body: #"{"model":"m","input":"Hi"}"#),
  ]

  @Test(arguments: defaults)
  func `sends a sensible body to the protocol's endpoint by default`(sent: Sent) throws {
    let plugin = try Plugins.builtIn.makeAPI(sent.api, APIOptions(model: "m", apiKey: "key"))
    let request = try plugin.makeRequest(for: Prompt("Hi"))
    #expect(request.path == sent.path)
    #expect(request.headers.contains(sent.header))
    #expect(try JSON(parsing: request.body) == JSON(sent.body))
  }

  @Test(arguments: Plugins.builtIn.apis.map(\.name))
  func `lets the user's headers win over the protocol's`(api: String) throws {
    let mine = [
      HTTPHeader("authorization", "mine"), HTTPHeader("X-API-Key", "mine"), HTTPHeader("x-dashscope-sse", "no"),
    ]
    let plugin = try Plugins.builtIn.makeAPI(api, APIOptions(model: "m", headers: mine, apiKey: "id.secret"))
    let headers = try plugin.makeRequest(for: Prompt("Hi")).headers
    for header in mine { #expect(headers.filter { $0.name.lowercased() == header.name.lowercased() } == [header]) }
  }

  @Test(arguments: [
    ("", "/v1/messages", "/v1/messages"), ("/", "/v1/messages", "/v1/messages"),
    ("/proxy/v1", "/v1/messages", "/proxy/v1/messages"), ("/v1/?key=1", "/v1/messages", "/v1/messages?key=1"),
    ("/api/coding/paas/v4", "/api/paas/v4/chat/completions", "/api/coding/paas/v4/chat/completions"),
    ("/v1/chat/completions", "/v1/messages", "/v1/chat/completions"), ("/v2", "/v1/messages", "/v2"),
    ("/v1beta", "/v1beta/models/m:generate?alt=sse", "/v1beta/models/m:generate?alt=sse"),
  ])
  func `completes a path that names no endpoint`(given: String, standard: String, path: String) {
    #expect(EndpointPath.resolve(given, standard: standard) == path)
  }

  @Test
  func `sends the template that the help shows`() throws {
    let shown = try QueryTemplate(OpenAIAPI.usualTemplate, model: "m").render(Prompt("Hi"))
    let sent = try OpenAIAPI(APIOptions(model: "m")).makeRequest(for: Prompt("Hi")).body
    #expect(String(decoding: sent, as: UTF8.self) == String(decoding: shown, as: UTF8.self))
    let limited = try JSON(parsing: AnthropicAPI(APIOptions(model: "m")).makeRequest(for: Prompt("Hi")).body)
    #expect(limited["max_tokens"] == .number("1024"))
  }

  @Test
  func `asks for token counts only with its own template, and can do without`() throws {
    let own = try OpenAIAPI(APIOptions(model: "m"))
    let without = try #require(try own.withoutUsageRequest())
    let body = try without.makeRequest(for: Prompt("Hi")).body
    #expect(
      String(decoding: body, as: UTF8.self)
        == #"{"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": true}"#)
    #expect(try without.withoutUsageRequest() == nil)
    #expect(try OpenAIAPI(APIOptions(model: "m", template: #"{"stream": true}"#)).withoutUsageRequest() == nil)
    #expect(try AnthropicAPI(APIOptions(model: "m")).withoutUsageRequest() == nil)
  }

  @Test
  func `asks DashScope for a stream unless the template says no`() throws {
    let template = #"{"model": "%m", "input": {"prompt": "%p"}, "stream": false}"#
    let plain = try DashScopeAPI(APIOptions(model: "m", template: template)).makeRequest(for: Prompt("Hi"))
    #expect(plain.headers[field: "X-DashScope-SSE"] == nil)
    let compatible = try DashScopeAPI.make(APIOptions(model: "m", path: "/compatible-mode/v1"))
    #expect(compatible is OpenAIAPI)
  }

  @Test
  func `signs Zhipu's token from an ID and a secret, and renews it in time`() throws {
    let options = APIOptions(model: "m", apiKey: "the-id.the-secret")
    // The signature was computed with another implementation of HMAC-SHA256.
    let expected =
      "Bearer eyJhbGciOiJIUzI1NiIsInNpZ25fdHlwZSI6IlNJR04ifQ."
      + "eyJhcGlfa2V5IjoidGhlLWlkIiwiZXhwIjoxNzAwMDAwMjEwMDAwLCJ0aW1lc3RhbXAiOjE3MDAwMDAwMDAwMDB9."
      + "Zz0X1xkjyBgYUL8ny6OgwcdWipztf78lZcW__LAy6aw"
    let clock = ManualMilliseconds(1_700_000_000_000)
    let plugin = try ZhipuAPI(options, now: { clock.value.withLock { $0 } })
    func authorization() throws -> String? { try plugin.makeRequest(for: Prompt("Hi")).headers[field: "Authorization"] }
    #expect(try authorization() == expected)
    clock.value.withLock { $0 += 179_999 }
    #expect(try authorization() == expected)
    clock.value.withLock { $0 += 1 }
    #expect(try authorization() != expected)
  }

  @Test(arguments: [("id.secret", "eyJ"), ("plain", "plain"), ("eyJ.a.b", "eyJ.a.b")])
  func `sends Zhipu version 3 its token without the word Bearer`(key: String, prefix: String) throws {
    let options = APIOptions(model: "glm", path: "/api/paas/v3/model-api", apiKey: key)
    let request = try ZhipuAPI(options).makeRequest(for: Prompt("Hi"))
    #expect(request.path == "/api/paas/v3/model-api/glm/sse-invoke")
    #expect(request.headers[field: "Authorization"]?.hasPrefix(prefix) == true)
    #expect(try JSON(parsing: request.body)["incremental"] == true)
  }

  @Test
  func `names the environment variables of a key`() {
    #expect(Plugins.builtIn.keyVariables(of: "zhipu") == ["ZHIPUAI_API_KEY", "ZAI_API_KEY"])
    #expect(Plugins.builtIn.adding(api: "mine") { try OpenAIAPI($0) }.keyVariables(of: "mine") == [])
  }
}

/// A clock that a test moves.
private final class ManualMilliseconds: Sendable {
  let value: Lock<Int64>
  init(_ value: Int64) { self.value = Lock(value) }
}
