/// Reads an answer in one body: chat completion, text completion, or an error of any form.
enum OpenAIBodyReader {
  static func read(_ body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    guard let json = reading.parse(body) else { return }
    if let error = ServiceError(body: json) {
      reading.error = error
      return
    }
    OpenAIEventReader.read(answer: body, into: &reading)
    reading.sawEnd = true
    reading.endIsProof = json["choices"]?.arrayValue?.isEmpty == false || reading.finishReason != nil
  }
}
