import CLibyaml

/// One step through a document, as libyaml tells it.
struct YAMLEvent {
  enum Kind {
    case streamStart, streamEnd, documentStart, documentEnd
    /// A text; `isPlain` when it stands without quotes and not in a block, so that it may be something else.
    case scalar(String, isPlain: Bool)
    case alias(String)
    case sequenceStart, sequenceEnd, mappingStart, mappingEnd
  }

  var kind: Kind
  /// The name that aliases use for it.
  var anchor: String?
  /// Counted from 1.
  var line: Int
}

/// libyaml's parser over a text.
final class YAMLReader {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  /// The text, which libyaml reads where it lies.
  private let input: UnsafeMutableBufferPointer<UInt8>

  init(_ text: String) {
    let bytes = Array(text.utf8)
    input = .allocate(capacity: bytes.count)
    _ = input.initialize(fromContentsOf: bytes)
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    // It fails for want of memory alone, and then the first event does, too.
    if yaml_parser_initialize(parser) == 1 {
      yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  /// The next event.
  func next() throws(YAMLError) -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1, event.type != YAML_NO_EVENT else { throw problem }
    defer { yaml_event_delete(&event) }
    let (kind, anchor) = Self.content(of: event)
    return YAMLEvent(kind: kind, anchor: anchor, line: Self.line(event.start_mark))
  }

  private static func content(of event: yaml_event_t) -> (YAMLEvent.Kind, anchor: String?) {
    switch event.type {
    case YAML_STREAM_START_EVENT: (.streamStart, nil)
    case YAML_DOCUMENT_START_EVENT: (.documentStart, nil)
    case YAML_DOCUMENT_END_EVENT: (.documentEnd, nil)
    case YAML_ALIAS_EVENT: (.alias(name(event.data.alias.anchor) ?? ""), nil)
    case YAML_SCALAR_EVENT: (scalar(event), name(event.data.scalar.anchor))
    case YAML_SEQUENCE_START_EVENT: (.sequenceStart, name(event.data.sequence_start.anchor))
    case YAML_SEQUENCE_END_EVENT: (.sequenceEnd, nil)
    case YAML_MAPPING_START_EVENT: (.mappingStart, name(event.data.mapping_start.anchor))
    case YAML_MAPPING_END_EVENT: (.mappingEnd, nil)
    default: (.streamEnd, nil)
    }
  }

  /// A text may hold zeros, so its length counts.
  private static func scalar(_ event: yaml_event_t) -> YAMLEvent.Kind {
    let scalar = event.data.scalar
    let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    return .scalar(String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
  }

  private static func name(_ anchor: UnsafePointer<UInt8>?) -> String? { anchor.map { String(cString: $0) } }

  private static func line(_ mark: yaml_mark_t) -> Int { Int(clamping: mark.line) + 1 }

  /// Why there is no next event.
  private var problem: YAMLError {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "memory ran out"
    switch parser.pointee.error {
    case YAML_SCANNER_ERROR, YAML_PARSER_ERROR:
      let context = parser.pointee.context.map { String(cString: $0) + ", " } ?? ""
      return .mistake(context + problem, line: Self.line(parser.pointee.problem_mark))
    default:
      return .mistake("not YAML: \(problem)", line: nil)
    }
  }
}
