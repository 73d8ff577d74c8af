/// Reads an answer in one body: chat completion, text completion, or an error of any form.
enum OpenAIBodyReader {
  static func read(_ body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    OpenAIEventReader.read(answer: body, into: &reading)
    if reading.malformed == nil, reading.error == nil, reading.finishReason != nil {
      // It says why it ended: an answer, which needs no second look for the errors that services write in other forms.
      reading.sawEnd = true
      reading.endIsProof = true
      return
    }
    guard let json = reading.parse(body) else { return }
    if let error = ServiceError(body: json) {
      reading.error = error
      return
    }
    reading.sawEnd = true
    reading.endIsProof = json["choices"]?.arrayValue?.isEmpty == false || reading.finishReason != nil
  }
}
