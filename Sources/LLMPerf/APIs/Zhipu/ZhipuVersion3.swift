/// Zhipu's version 3, retired by the vendor and still spoken by gateways: events of plain text, counts in a field `meta`.
enum ZhipuVersion3 {
  static func read(
    _ event: ServerSentEvent, isIncremental: Bool, into reading: inout ResponseReading
  ) -> EventMeaning {
    let name = String(decoding: event.name, as: UTF8.self)
    switch name {
    case "error", "interrupted":
      if reading.error == nil {
        let words = String(decoding: event.data, as: UTF8.self)
        reading.error = ServiceError(message: words.isEmpty ? "the service sent the event \(name)" : words)
      }
      return .error
    case "finish":
      let isNew = add(event.data, isIncremental: isIncremental, to: &reading)
      if let meta = event.otherFields.last(where: { $0.name.elementsEqual("meta".utf8) }) {
        read(meta: meta.value, into: &reading)
      }
      reading.sawEnd = true
      reading.endIsProof = true
      return isNew ? [.end, .output] : .end
    default:
      return add(event.data, isIncremental: isIncremental, to: &reading) ? .output : .bookkeeping
    }
  }

  static func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    guard let json = reading.parse(body) else { return }
    if let error = ServiceError(body: json) {
      reading.error = error
      return
    }
    let data = json["data"]
    for choice in data?["choices"]?.arrayValue ?? [] {
      reading.text += Array(unquoted(choice["content"]?.stringValue ?? "").utf8)
    }
    reading.usage.take(StatedUsage(data?["usage"]))
    reading.finishReason = data?["task_status"]?.stringValue
    reading.sawEnd = true
    reading.endIsProof = data?["choices"]?.arrayValue?.isEmpty == false
  }

  private static func add(
    _ data: ArraySlice<UInt8>, isIncremental: Bool, to reading: inout ResponseReading
  ) -> Bool {
    reading.merge(text: Array(data), askedIncremental: isIncremental)
  }

  private static func read(meta: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    guard let json = try? JSON(parsing: meta) else { return }
    reading.usage.take(StatedUsage(json["usage"]))
    reading.finishReason = json["task_status"]?.stringValue
  }

  /// The text of a plain answer stands in quotation marks of its own.
  private static func unquoted(_ text: String) -> String {
    (try? JSON(text))?.stringValue ?? text
  }
}
