import LLMPerf

/// Reads the answers of a service of which only a Python file knows the form.
///
/// OpenAI's forms (and Zhipu's, which are the same) are read as `--api openai` reads them; of others, DashScope's
/// `output` and Triton's `text_output` are known. Any other event that has data counts as visible output: its text is not
/// known, its time is. Such a form has no end of its own: `endIsProof` says so, and the end of the body is taken for it.
struct PythonResponseReader: Sendable {
  private let openAI: OpenAIAPI
  private let dashScope: DashScopeAPI

  init() throws {
    openAI = try OpenAIAPI(APIOptions(model: ""))
    dashScope = try DashScopeAPI(APIOptions(model: ""))
  }

  func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    let start = event.data.first { $0 > 0x20 }
    guard let start else { return .bookkeeping }
    guard start == UInt8(ascii: "{") || event.data.isDoneMarker else { return readText(event, into: &reading) }
    let before = reading.text.count
    // Choices are told apart for definitions of tools that speak OpenAI's protocol, which a file's own need not be.
    let meaning = openAI.read(event, into: &reading).subtracting([.choices, .usage])
    if meaning.contains(.classic) || !meaning.isDisjoint(with: [.error, .end]) { return meaning }
    guard let json = try? JSON(parsing: event.data) else { return meaning }
    if json["choices"] != nil || json["stop"]?.boolValue != nil {
      reading.endIsProof = false
      return meaning
    }
    if json["output"]?.members != nil { return dashScope.read(event, into: &reading) }
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
    if json["output"]?.members != nil { return dashScope.read(body: body, into: &reading) }
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
    reading.endIsProof = true
    if let piece = json["text_output"]?.stringValue {
      reading.text += Array(piece.utf8)
      return piece.isEmpty ? .bookkeeping : .output
    }
    if isKnown { return .bookkeeping }
    reading.remarks.insert(.guessedOutput)
    return .output
  }
}
