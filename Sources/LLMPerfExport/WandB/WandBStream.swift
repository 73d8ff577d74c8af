import LLMPerf

/// Turns the records of a run into requests of the file stream: lines with contiguous offsets, each sent exactly once.
struct WandBStream {
  /// Lines that wait to be sent, by file, in order.
  private var waiting: [File: [String]] = [:]
  private var summary: String?
  private var offsets: [File: Int] = [:]
  private var sending: [File: Int] = [:]
  private var size = 0
  /// Seconds since 1970 at the run's start.
  private let startTime: Double

  private enum File: String, CaseIterable {
    case history = "wandb-history.jsonl"
    case events = "wandb-events.jsonl"
    case output = "output.log"
  }

  /// A request holds at most about this many bytes of lines; the service allows 10 MiB.
  private static let most = 2 << 20

  init(startTime: Double) {
    self.startTime = startTime
  }

  /// Whether there is nothing to send.
  var isEmpty: Bool { size == 0 && summary == nil }
  /// Whether a request should go before more is taken.
  var isFull: Bool { size >= Self.most }

  /// Takes one record as it stands in the run's file. False: it is none.
  mutating func take(_ record: [UInt8]) -> Bool {
    do {
      try record.withUnsafeBufferPointer { (record) throws(ProtobufReader.Malformed) in try read(record) }
      return !record.isEmpty
    } catch {
      return false
    }
  }

  private mutating func read(_ record: UnsafeBufferPointer<UInt8>) throws(ProtobufReader.Malformed) {
    var reader = ProtobufReader(record)
    while let (number, value) = try reader.next() {
      guard case .bytes(let body) = value else { continue }
      switch number {
      case 2: append(try Self.object(body, field: 1), to: .history)
      case 3: summary = try Self.object(body, field: 1)
      case 7: append(try event(body), to: .events)
      case 13: append(try console(body), to: .output)
      default: break
      }
    }
  }

  /// The next request's body. It stays the same until `confirm`: what may have arrived is sent again unchanged.
  mutating func payload() -> [UInt8] {
    var files: [JSON.Member] = []
    for file in File.allCases {
      guard let lines = waiting[file], !lines.isEmpty else { continue }
      sending[file] = lines.count
      files.append(chunk(file.rawValue, offset: offsets[file] ?? 0, lines))
    }
    if let summary { files.append(chunk("wandb-summary.json", offset: 0, [summary])) }
    return JSON.object(files.isEmpty ? [] : [JSON.Member("files", .object(files))]).utf8()
  }

  /// The lines of the last `payload` have arrived.
  mutating func confirm() {
    for (file, count) in sending { offsets[file, default: 0] += count }
    sending = [:]
    waiting = [:]
    summary = nil
    size = 0
  }

  /// The last request of a run.
  static func ending(uploaded: [String], exitCode: Int) -> [UInt8] {
    var members = [JSON.Member("complete", true), JSON.Member("exitcode", .int(exitCode))]
    if !uploaded.isEmpty { members.insert(JSON.Member("uploaded", .array(uploaded.map { .string($0) })), at: 0) }
    return JSON.object(members).utf8()
  }

  private mutating func append(_ line: String, to file: File) {
    waiting[file, default: []].append(line)
    size += line.utf8.count
  }

  private func chunk(_ name: String, offset: Int, _ lines: [String]) -> JSON.Member {
    JSON.Member(name, ["offset": .int(offset), "content": .array(lines.map { .string($0) })])
  }

  private func event(_ body: UnsafeBufferPointer<UInt8>) throws(ProtobufReader.Malformed) -> String {
    var at = startTime
    var reader = ProtobufReader(body)
    while let (number, value) = try reader.next() {
      if number == 2, case .bytes(let stamp) = value { at = try Self.seconds(stamp) }
    }
    let head =
      #"{"_wandb":true,"_timestamp":\#(NumberText.rounded(at, digits: 3)),"_runtime":\#(NumberText.rounded(at - startTime, digits: 3))"#
    return try Self.object(body, field: 3, prefix: "system.", opening: head + ",")
  }

  private func console(_ body: UnsafeBufferPointer<UInt8>) throws(ProtobufReader.Malformed) -> String {
    var (text, at, isError) = ("", startTime, false)
    var reader = ProtobufReader(body)
    while let (number, value) = try reader.next() {
      switch (number, value) {
      case (1, .varint(let kind)): isError = kind == 0
      case (2, .bytes(let stamp)): at = try Self.seconds(stamp)
      case (3, .bytes(let bytes)): text = String(decoding: bytes, as: UTF8.self)
      default: break
      }
    }
    while text.hasSuffix("\n") { text.removeLast() }
    return "\(isError ? "ERROR " : "")\(WallTime.iso(at)) \(text)"
  }

  /// The items in field `number` of `body` as a JSON object.
  private static func object(
    _ body: UnsafeBufferPointer<UInt8>, field wanted: Int, prefix: String = "", opening: String = "{"
  ) throws(ProtobufReader.Malformed) -> String {
    var line = Array(opening.utf8)
    var isFirst = true
    var reader = ProtobufReader(body)
    while let (number, value) = try reader.next() {
      guard number == wanted, case .bytes(let item) = value else { continue }
      if !isFirst { line.append(UInt8(ascii: ",")) }
      isFirst = false
      var fields = ProtobufReader(item)
      while let (number, value) = try fields.next() {
        guard case .bytes(let bytes) = value else { continue }
        if number == 1 {
          JSON.writeString(prefix + String(decoding: bytes, as: UTF8.self), to: &line)
          line.append(UInt8(ascii: ":"))
        } else if number == 16 {
          line += bytes
        }
      }
    }
    line.append(UInt8(ascii: "}"))
    return String(decoding: line, as: UTF8.self)
  }

  private static func seconds(_ stamp: UnsafeBufferPointer<UInt8>) throws(ProtobufReader.Malformed) -> Double {
    var result = 0.0
    var reader = ProtobufReader(stamp)
    while let (number, value) = try reader.next() {
      guard case .varint(let count) = value else { continue }
      result += number == 1 ? Double(count) : Double(count) / 1e9
    }
    return result
  }
}
