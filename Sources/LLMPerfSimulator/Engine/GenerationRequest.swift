import LLMPerf

/// What a request asks for, whatever protocol it speaks: all of them use the same few names.
struct GenerationRequest {
  var model: String?
  var isStreaming = false
  var maximumTokens: Int?
  var ignoresEnd = false
  /// `stream_options.include_usage`.
  var wantsUsage = false
  /// The prompt, counted in words; characters of scripts without blanks count one each.
  var promptTokens = 0
  /// The tool that an answer calls; nil when none is offered.
  var tool: Tool?
  /// `incremental_output` of DashScope, `incremental` of Zhipu's third version.
  var isIncremental: Bool?
  /// `result_format` of DashScope.
  var resultFormat: String?
  /// Tokens of each input of an embedding request, or of each document to rank.
  var inputTokens: [Int] = []
  /// `encoding_format` of an embedding request.
  var wantsBase64 = false
  /// `top_n` of a ranking.
  var topCount: Int?

  /// A function that the answer calls with one argument.
  struct Tool: Hashable {
    var name: String
    var argument: String
  }

  /// Reads a request's body.
  init(_ body: [UInt8]) throws(JSON.ParseError) {
    let result: Result<GenerationRequest, JSON.ParseError> = body.withUnsafeBufferPointer { bytes in
      var reader = Reader(bytes)
      do throws(JSON.ParseError) {
        return .success(try reader.read())
      } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }

  fileprivate init() {}
}

private struct Reader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var scanner: JSONScanner
  private var request = GenerationRequest()

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    scanner = JSONScanner(bytes)
  }

  mutating func read() throws(JSON.ParseError) -> GenerationRequest {
    guard try scanner.kind() == .object else { throw scanner.error("an object expected") }
    try readObject()
    scanner.skipWhiteSpace()
    guard scanner.isAtEnd else { throw scanner.error("the end of the text expected") }
    return request
  }

  private mutating func readObject() throws(JSON.ParseError) {
    try scanner.enterObject()
    while try scanner.nextKey() {
      switch String(decoding: scanner.keyBytes(), as: UTF8.self) {
      case "model": request.model = try scanner.stringIfPresent()
      case "stream": request.isStreaming = try flag() ?? false
      case "max_tokens", "max_completion_tokens", "max_output_tokens", "n_predict":
        if let count = try scanner.intIfPresent() { request.maximumTokens = max(1, count) }
      case "ignore_eos": request.ignoresEnd = try flag() ?? false
      case "include_usage": request.wantsUsage = try flag() ?? false
      case "incremental_output", "incremental": request.isIncremental = try flag()
      case "result_format": request.resultFormat = try scanner.stringIfPresent()
      case "encoding_format": request.wantsBase64 = try scanner.stringIfPresent() == "base64"
      case "top_n": request.topCount = try scanner.intIfPresent()
      case "stream_options", "parameters":
        if try scanner.kind() == .object { try readObject() } else { try scanner.skip() }
      case "messages", "prompt", "system", "instructions", "query": request.promptTokens += try words()
      case "input", "documents": try readInputs()
      case "tools": readTool(try scanner.value())
      case "tool_choice":
        if try scanner.stringIfPresent() == "none" { forbidsTools = true }
      default: try scanner.skip()
      }
    }
    if forbidsTools { request.tool = nil }
  }

  private var forbidsTools = false

  private mutating func flag() throws(JSON.ParseError) -> Bool? {
    switch try scanner.kind() {
    case .true, .false: return try scanner.bool()
    default:
      try scanner.skip()
      return nil
    }
  }

  /// Inputs are a text or a list; their words are the prompt too.
  private mutating func readInputs() throws(JSON.ParseError) {
    guard try scanner.kind() == .array else {
      let count = try words()
      request.inputTokens.append(count)
      request.promptTokens += count
      return
    }
    try scanner.enterArray()
    while try scanner.nextElement() {
      let count = try words()
      request.inputTokens.append(count)
      request.promptTokens += count
    }
  }

  /// Counts the words of every text inside the value at the cursor, but for those that are no content. A list of numbers
  /// is a prompt of token ids.
  private mutating func words() throws(JSON.ParseError) -> Int {
    var count = 0
    switch try scanner.kind() {
    case .string: count = wordCount(UnsafeBufferPointer(rebasing: bytes[try scanner.stringRange()]))
    case .array:
      try scanner.enterArray()
      while try scanner.nextElement() { count += try words() }
    case .object:
      try scanner.enterObject()
      while try scanner.nextKey() {
        if scanner.keyIs("role") || scanner.keyIs("type") || scanner.keyIs("id") || scanner.keyIs("url") {
          try scanner.skip()
        } else {
          count += try words()
        }
      }
    case .number:
      try scanner.skip()
      count = 1
    default: try scanner.skip()
    }
    return count
  }

  private func wordCount(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    var isInside = false
    for byte in text {
      if byte >= 0xE2 {
        // The first byte of a character of three or four: Chinese and its neighbours, emoji.
        count += 1
        isInside = false
      } else if byte <= 0x20 {
        isInside = false
      } else if byte < 0x80 || byte >= 0xC0 {
        if !isInside { count += 1 }
        isInside = true
      }
    }
    return count
  }

  private mutating func readTool(_ tools: JSON) {
    guard let tool = tools[0] else { return }
    let function = tool["function"] ?? tool
    let schema = function["parameters"] ?? function["input_schema"]
    request.tool = GenerationRequest.Tool(
      name: function["name"]?.stringValue ?? "function",
      argument: schema?["properties"]?.members?.first?.key ?? "input")
  }
}
