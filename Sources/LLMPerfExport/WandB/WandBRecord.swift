import LLMPerf

/// What is written down of a run, in the order it happened. A run's file holds these, and what is uploaded is made of
/// them, so that a run that could not be uploaded has lost nothing.
enum WandBRecord {
  /// Names with values as JSON text, in order.
  typealias Items = [(key: String, json: String)]

  case header(version: String)
  case run(WandBRun)
  case history(step: Int, Items)
  /// The whole summary each time.
  case summary(Items)
  /// System metrics; keys without `system.`.
  case stats(at: Double, Items)
  case output(text: String, isError: Bool, at: Double)
  /// Files that lie in the folder `files` beside the run's file.
  case files([String])
  case exit(code: Int, runtime: Int)

  /// The record as the protobuf message of number `number`.
  func encoded(number: Int) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.field(1, varint: Int64(number))
    writer.field(fieldNumber) { body in
      switch self {
      case .header(let version): body.field(1) { $0.field(1, string: version) }
      case .run(let run): run.encode(to: &body)
      case .history(let step, let items):
        body.add(items, field: 1)
        body.field(2) { $0.field(1, varint: Int64(step)) }
      case .summary(let items): body.add(items, field: 1)
      case .stats(let at, let items):
        body.timestamp(2, at)
        body.add(items, field: 3)
      case .output(let text, let isError, let at):
        body.field(1, varint: isError ? 0 : 1)
        body.timestamp(2, at)
        body.field(3, string: text + "\n")
      case .files(let names):
        for name in names { body.field(1) { $0.field(1, string: name) } }
      case .exit(let code, let runtime):
        body.field(1, varint: Int64(code))
        body.field(2, varint: Int64(runtime))
      }
    }
    return writer.bytes
  }

  private var fieldNumber: Int {
    switch self {
    case .history: 2
    case .summary: 3
    case .files: 6
    case .stats: 7
    case .output: 13
    case .run: 17
    case .exit: 18
    case .header: 21
    }
  }
}

extension ProtobufWriter {
  /// `{ key = 1, value_json = 16 }`, repeated.
  mutating func add(_ items: WandBRecord.Items, field number: Int) {
    for (key, json) in items {
      // Some thirty of these for each request: written in place, not as messages of their own.
      beginMessage(
        number,
        count: Self.size(ofField: 1, count: key.utf8.count) + Self.size(ofField: 16, count: json.utf8.count))
      field(1, string: key)
      field(16, string: json)
    }
  }

  /// A `Timestamp` of `seconds` since 1970.
  mutating func timestamp(_ number: Int, _ seconds: Double) {
    field(number) {
      $0.field(1, varint: Int64(seconds))
      $0.field(2, varint: Int64((seconds - seconds.rounded(.down)) * 1e9))
    }
  }
}
