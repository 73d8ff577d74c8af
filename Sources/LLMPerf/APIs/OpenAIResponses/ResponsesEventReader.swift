/// Reads one event of a Responses stream.
struct ResponsesEventReader: NamedEventReader {
  var scanner: JSONScanner
  private var type: Range<Int> = 0..<0
  private var delta: Range<Int>?

  init(_ data: UnsafeBufferPointer<UInt8>) {
    scanner = JSONScanner(data)
  }

  mutating func readEvent() throws(JSON.ParseError) {
    try scanner.enterObject()
    while try scanner.nextKey() {
      if scanner.keyIs("type") {
        type = try scanner.stringRangeIfPresent() ?? type
      } else if scanner.keyIs("delta") {
        delta = try scanner.stringRangeIfPresent()
      } else {
        try scanner.skip()
      }
    }
  }

  func meaning(
    of data: UnsafeBufferPointer<UInt8>, _ event: ServerSentEvent, into reading: inout ResponseReading
  ) -> EventMeaning {
    // Some services leave the type to the `event` line.
    let name = String(
      decoding: type.isEmpty ? event.name : event.data.dropFirst(type.lowerBound).prefix(type.count), as: UTF8.self)
    switch name {
    case "response.output_text.delta", "response.refusal.delta":
      return text(.output, data, event.data, into: &reading)
    case "response.reasoning_text.delta", "response.reasoning_summary_text.delta":
      return text(.reasoning, data, event.data, into: &reading)
    case "response.function_call_arguments.delta", "response.custom_tool_call_input.delta":
      guard let delta, !delta.isEmpty else { return .bookkeeping }
      JSONString.decode(UnsafeBufferPointer(rebasing: data[delta]), into: &reading.toolCalls)
      return [.output, .toolCall]
    case "response.output_text.done":
      return wholeText(event.data, into: &reading)
    case "response.completed", "response.done", "response.incomplete", "response.failed", "response.cancelled":
      guard let response = (try? JSON(parsing: event.data))?["response"] else { return .bookkeeping }
      let hadOutput = !(reading.text.isEmpty && reading.reasoning.isEmpty && reading.toolCalls.isEmpty)
      if !hadOutput { OpenAIResponsesAPI.read(output: response["output"], into: &reading) }
      OpenAIResponsesAPI.read(response: response, into: &reading)
      reading.sawEnd = true
      reading.endIsProof = true
      if reading.error == nil, name == "response.failed" || name == "response.cancelled" {
        reading.error = ServiceError(message: "the response ended with the event \(name)")
      }
      var meaning: EventMeaning = reading.error == nil ? .end : [.end, .error]
      if !hadOutput, !reading.reasoning.isEmpty { meaning.insert(.reasoning) }
      if !hadOutput, !reading.text.isEmpty { meaning.insert(.output) }
      if !hadOutput, !reading.toolCalls.isEmpty { meaning.formUnion([.output, .toolCall]) }
      return meaning
    case "error":
      return fail(event, &reading)
    default:
      if event.isError { return fail(event, &reading) }
      return name.isEmpty ? reading.failIfError(event.data) : .bookkeeping
    }
  }

  /// Takes a text that is told whole at its end. It repeats what came in pieces, unless none did.
  private func wholeText(_ data: ArraySlice<UInt8>, into reading: inout ResponseReading) -> EventMeaning {
    guard reading.text.isEmpty, let text = (try? JSON(parsing: data))?["text"]?.stringValue, !text.isEmpty else {
      return .bookkeeping
    }
    reading.text += Array(text.utf8)
    return .output
  }

  private func text(
    _ meaning: EventMeaning, _ data: UnsafeBufferPointer<UInt8>, _ slice: ArraySlice<UInt8>,
    into reading: inout ResponseReading
  ) -> EventMeaning {
    guard let delta else { return .bookkeeping }
    reading.remember(EventShape(data: slice, string: delta, meaning: meaning))
    return reading.append(UnsafeBufferPointer(rebasing: data[delta]), meaning)
  }

  /// An error event has its `code` and `message` beside `type`, not in an object of their own; some put them there.
  private func fail(_ event: ServerSentEvent, _ reading: inout ResponseReading) -> EventMeaning {
    guard reading.error == nil, let json = try? JSON(parsing: event.data), json["error"] == nil,
      let message = json["message"]?.stringValue
    else { return reading.fail(event.data) }
    let words = [json["code"]?.stringValue, message].compactMap(\.self)
    reading.error = ServiceError(message: words.joined(separator: ": "), status: json["code"]?.intValue)
    return .error
  }
}
