import LLMPerf

/// Encodes the bodies and event times of a record for its row. Keeps its buffers from row to row, but for request and
/// messages: those are long, and the row keeps them as they are.
struct RowEncoder {
  private(set) var request: [UInt8] = []
  private(set) var messages: [UInt8] = []
  /// How long the messages are; where they alone are longer than a row, they are not made, and this is the least they take.
  private(set) var messagesLength = 0
  private(set) var chunkTimes: [UInt8] = []
  private(set) var kinds: [UInt8] = []
  private(set) var otherTimes: [UInt8] = []
  private(set) var otherEvents: [UInt8] = []
  private var pickle = PickleWriter()
  private var decimals = DecimalWriter()
  private let saved: SavedBodies
  /// Keeps to the events that the original tool's readers understand.
  private let isClassicOnly: Bool
  private let longestRow: Int

  init(saved: SavedBodies, isClassicOnly: Bool, longestRow: Int) {
    self.longestRow = longestRow
    self.saved = saved
    self.isClassicOnly = isClassicOnly
  }

  /// Fills the buffers for one record.
  mutating func encode(_ record: RequestRecord) {
    encodeTimes(record.bodies?.events ?? [])
    guard saved == .full, let bodies = record.bodies else {
      request = []
      messages = []
      messagesLength = 0
      otherEvents.removeAll(keepingCapacity: true)
      return
    }
    encodeRequest(bodies.request)
    encodeMessages(bodies)
    encodeOthers(bodies)
  }

  /// Fills the buffers for a row that is as `stored`.
  mutating func encode(_ stored: StoredBodies) {
    request = stored.request ?? []
    messages = stored.messages ?? []
    messagesLength = messages.count
    otherEvents = stored.otherEvents ?? []
    kinds = stored.kinds
    chunkTimes = Self.array(of: stored.classicTimes, &decimals)
    otherTimes = Self.array(of: stored.otherTimes, &decimals)
  }

  private static func array(of times: [RunInstant], _ decimals: inout DecimalWriter) -> [UInt8] {
    var output: [UInt8] = []
    for time in times {
      output.append(UInt8(ascii: output.isEmpty ? "[" : ","))
      decimals.append(time, to: &output)
    }
    close(&output)
    return output
  }

  private func isClassic(_ event: RequestBodies.Event) -> Bool {
    isClassicOnly ? event.meaning.contains(.classic) : !event.meaning.contains(.sentinel)
  }

  private mutating func encodeTimes(_ events: [RequestBodies.Event]) {
    chunkTimes.removeAll(keepingCapacity: true)
    otherTimes.removeAll(keepingCapacity: true)
    kinds.removeAll(keepingCapacity: true)
    for event in events {
      let isClassic = isClassic(event)
      kinds.append(EventKind.letter(of: event.meaning, isClassic: isClassic))
      if isClassic {
        chunkTimes.append(UInt8(ascii: chunkTimes.isEmpty ? "[" : ","))
        decimals.append(event.at, to: &chunkTimes)
      } else {
        otherTimes.append(UInt8(ascii: otherTimes.isEmpty ? "[" : ","))
        decimals.append(event.at, to: &otherTimes)
      }
    }
    Self.close(&chunkTimes)
    Self.close(&otherTimes)
  }

  private static func close(_ array: inout [UInt8]) {
    if array.isEmpty { array.append(UInt8(ascii: "[")) }
    array.append(UInt8(ascii: "]"))
  }

  private mutating func encodeRequest(_ body: [UInt8]) {
    pickle.begin()
    body.withUnsafeBufferPointer { pickle.jsonOrString($0) }
    pickle.end()
    request = Base64.encoded(pickle.bytes)
  }

  private mutating func encodeMessages(_ bodies: RequestBodies) {
    let bytes = bodies.plain?.count ?? bodies.events.reduce(0) { isClassic($1) ? $0 + $1.data.count : $0 }
    messagesLength = Base64.length(of: bytes)
    // Nothing that is to be left out is worth twice its size in memory.
    guard messagesLength <= longestRow else {
      messages = []
      return
    }
    defer { messagesLength = messages.count }
    pickle.begin()
    pickle.beginList()
    if let plain = bodies.plain {
      bodies.response[plain].withUnsafeBufferPointer { pickle.jsonOrString($0) }
    }
    bodies.response.withUnsafeBufferPointer { response in
      for event in bodies.events where isClassic(event) {
        pickle.string(UnsafeBufferPointer(rebasing: response[event.data]))
      }
    }
    pickle.endList()
    pickle.end()
    messages = Base64.encoded(pickle.bytes)
  }

  /// The other events as a JSON array: each its data as a string, or `[name, data]` where it has a name.
  private mutating func encodeOthers(_ bodies: RequestBodies) {
    otherEvents.removeAll(keepingCapacity: true)
    for event in bodies.events where !isClassic(event) {
      otherEvents.append(UInt8(ascii: otherEvents.isEmpty ? "[" : ","))
      let data = JSON.string(String(decoding: bodies.data(of: event), as: UTF8.self))
      let name = String(decoding: bodies.response[event.name], as: UTF8.self)
      otherEvents += (name.isEmpty ? data : .array([.string(name), data])).utf8()
    }
    Self.close(&otherEvents)
  }
}
