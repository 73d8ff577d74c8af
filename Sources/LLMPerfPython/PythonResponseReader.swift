import LLMPerf

/// Reads the answers of a service of which only a Python file knows the form.
///
/// OpenAI's forms (and Zhipu's, which are the same) are read as `--api openai` reads them; of others, DashScope's
/// `output` and Triton's `text_output` are known. Any other event that has data counts as visible output: its text is not
/// known, its time is. Such a form has no end of its own: `endIsProof` says so, and the end of the body is taken for it.
struct PythonResponseReader: Sendable {
  private let openAI: OpenAIAPI

  init() throws {
    openAI = try OpenAIAPI(APIOptions(model: ""))
  }

  func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    let start = event.data.first { $0 > 0x20 }
    guard let start else { return .bookkeeping }
    guard start == UInt8(ascii: "{") || event.data.isDoneMarker else { return readText(event, into: &reading) }
    let before = reading.text.count
    let meaning = openAI.read(event, into: &reading)
    if meaning.contains(.classic) || !meaning.isDisjoint(with: [.error, .end]) { return meaning }
    guard let json = try? JSON(parsing: event.data) else { return meaning }
    if json["choices"] != nil || json["stop"]?.boolValue != nil {
      reading.endIsProof = false
      return meaning
    }
    return meaning.union(readOther(json, isKnown: reading.text.count > before, into: &reading))
  }

  func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    openAI.read(body: body, into: &reading)
    guard reading.error == nil else { return }
    guard let json = try? JSON(parsing: body) else {
      // Perhaps the service answers in plain text: that is for the plugin to say.
      reading.endIsProof = true
      return
    }
    guard json["choices"] == nil else { return }
    _ = readOther(json, isKnown: !reading.text.isEmpty, into: &reading)
    reading.endIsProof = true
  }

  /// Data that is no JSON object: text, as Zhipu's third version sends it.
  private func readText(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    if event.name.elementsEqual("error".utf8) {
      if reading.error == nil { reading.error = ServiceError(message: String(decoding: event.data, as: UTF8.self)) }
      return .error
    }
    reading.text += event.data
    reading.endIsProof = true
    return .output
  }

  private func readOther(_ json: JSON, isKnown: Bool, into reading: inout ResponseReading) -> EventMeaning {
    if let output = json["output"], output.members != nil {
      return readDashScope(output, json["usage"], into: &reading)
    }
    reading.endIsProof = true
    if let piece = json["text_output"]?.stringValue {
      reading.text += Array(piece.utf8)
      return piece.isEmpty ? .bookkeeping : .output
    }
    return isKnown ? .bookkeeping : .output
  }

  private func readDashScope(_ output: JSON, _ usage: JSON?, into reading: inout ResponseReading) -> EventMeaning {
    let choice = output["choices"]?[0]
    let message = choice?["message"]
    var meaning = EventMeaning.bookkeeping
    if Self.merge(output["text"] ?? message?["content"], into: &reading.text) { meaning.insert(.output) }
    if Self.merge(message?["reasoning_content"], into: &reading.reasoning) { meaning.insert(.reasoning) }
    if let reason = (output["finish_reason"] ?? choice?["finish_reason"])?.stringValue, reason != "null" {
      reading.finishReason = reason
    }
    reading.usage.input = usage?["input_tokens"]?.intValue ?? reading.usage.input
    reading.usage.output = usage?["output_tokens"]?.intValue ?? reading.usage.output
    return meaning
  }

  /// Adds a piece of text; true when there is more text now. DashScope repeats the text from its beginning unless asked
  /// not to.
  private static func merge(_ piece: JSON?, into text: inout [UInt8]) -> Bool {
    let piece = Array((piece?.stringValue ?? "").utf8)
    let before = text.count
    text = piece.starts(with: text) ? piece : text + piece
    return text.count > before
  }
}
