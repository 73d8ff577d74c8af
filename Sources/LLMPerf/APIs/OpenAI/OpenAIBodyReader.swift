/// Reads an answer in one body: chat completion, text completion, or an error of any form.
enum OpenAIBodyReader {
  static func read(_ body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    guard let json = reading.parse(body) else { return }
    if let error = ServiceError(body: json) {
      reading.error = error
      return
    }
    if let usage = json["usage"] { OpenAIUsage.read(usage, into: &reading.usage) }
    for choice in json["choices"]?.arrayValue ?? [] {
      let index = choice["index"]?.intValue ?? 0
      let text = choice["message"]?["content"]?.stringValue ?? choice["text"]?.stringValue ?? ""
      let refusal = choice["message"]?["refusal"]?.stringValue ?? ""
      if index == 0 {
        reading.text += Array((text + refusal).utf8)
      } else {
        reading.otherChoices[index, default: []] += Array((text + refusal).utf8)
      }
      let message = choice["message"]
      let reasoning = message?["reasoning_content"]?.stringValue ?? message?["reasoning"]?.stringValue ?? ""
      reading.reasoning += Array(reasoning.utf8)
      for call in message?["tool_calls"]?.arrayValue ?? [] {
        reading.toolCalls += Array((call["function"]?["name"]?.stringValue ?? "").utf8)
        reading.toolCalls += Array((call["function"]?["arguments"]?.stringValue ?? "").utf8)
      }
      reading.finishReason = choice["finish_reason"]?.stringValue ?? reading.finishReason
    }
    readNative(json, into: &reading)
    reading.sawEnd = true
    reading.endIsProof = json["choices"]?.arrayValue?.isEmpty == false || reading.finishReason != nil
  }

  /// llama.cpp's own `/completion`.
  private static func readNative(_ json: JSON, into reading: inout ResponseReading) {
    guard json["choices"] == nil, let content = json["content"]?.stringValue else { return }
    reading.text = Array(content.utf8)
    reading.usage.input = json["tokens_evaluated"]?.intValue
    reading.usage.output = json["tokens_predicted"]?.intValue
    reading.finishReason = json["stop_type"]?.stringValue ?? (json["stop"]?.boolValue == true ? "stop" : nil)
  }
}

extension ServiceError {
  /// The value of an `error` member: an object with a message, or a string.
  package init(openAI value: JSON) {
    let parts = [value["type"]?.stringValue, value["message"]?.stringValue ?? value.stringValue].compactMap(\.self)
    message = parts.isEmpty ? value.description : parts.joined(separator: ": ")
    status = value["code"]?.intValue
  }

  /// The error in a body, in any form that services use; nil when there is none.
  package init?(body json: JSON) {
    if let error = json["error"], error != .null {
      self.init(openAI: error)
    } else if json["object"]?.stringValue == "error" {
      self.init(openAI: json)
    } else if json["success"]?.boolValue == false {
      self.init(message: json["msg"]?.stringValue ?? json.description, status: json["code"]?.intValue)
    } else {
      return nil
    }
  }
}
