/// A protocol that a file describes instead of code: where requests go, what their body is, and where in the answers the
/// text, the counts, the errors and the end are found.
public struct DeclarativeAPI: APIPlugin {
  private let spec: DeclarativeSpec
  private let template: QueryTemplate
  private let path: String
  private let headers: [HTTPHeader]

  /// The protocol that `spec` describes, with the user's options.
  ///
  /// - Parameters:
  ///   - spec: The description, as the guide "Add a protocol" explains it.
  ///   - options: The user's options; their template replaces that of the description.
  ///   - source: The file's name, for messages.
  /// - Throws: `UsageError` that names the key that is unknown or has a wrong value, and what it may be.
  public init(spec: JSON, _ options: APIOptions, source: String = "--api-spec") throws {
    let spec = try DeclarativeSpec(spec, source: source)
    self.spec = spec
    template =
      try options.template.map { try QueryTemplate($0, model: options.model) }
      ?? QueryTemplate(spec.template, model: options.model)
    path = EndpointPath.resolve(options.path, standard: Self.filled(spec.path, "%m", options.model))
    var own = [HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", "*/*")]
    for header in spec.headers {
      // A header with the key in it makes no sense without one.
      if options.apiKey == nil, header.value.contains("%k") { continue }
      own.set(header.name, Self.filled(Self.filled(header.value, "%m", options.model), "%k", options.apiKey ?? ""))
    }
    headers = own.overridden(by: options.headers)
  }

  /// The environment variables that may hold the key of the protocol that `spec` describes, in the order to look at them.
  ///
  /// - Throws: `UsageError`, as making the protocol does.
  public static func keyVariables(of spec: JSON, source: String = "--api-spec") throws -> [String] {
    try DeclarativeSpec(spec, source: source).keyVariables
  }

  public func makeRequest(for prompt: Prompt) throws -> APIRequest {
    APIRequest(path: path, headers: headers, body: template.render(prompt))
  }

  public func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    let known = event.data.withUnsafeBufferPointer { data -> EventMeaning? in
      if let meaning = reading.matchShape(data) { return meaning }
      return data.isBlank ? .bookkeeping : nil
    }
    if let known { return known }
    let isMarker = spec.doneMarker.map { event.data.trimmed.elementsEqual($0.utf8) } ?? event.data.isDoneMarker
    if isMarker {
      reading.sawEnd = true
      return [.end, .sentinel]
    }
    if let meaning = spec.stream.read(
      event.data, type: event.name, isCumulative: spec.isCumulative, into: &reading)
    {
      return meaning
    }
    reading.noteMalformed(event.data)
    let isError = event.isError || spec.stream.events(of: event.name).contains { $0.meaning == .error }
    return isError ? reading.fail(event.data) : .bookkeeping
  }

  public func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    guard let meaning = spec.answer.read(body, type: [], isCumulative: false, into: &reading) else {
      reading.noteMalformed(body)
      return
    }
    if reading.error == nil, let json = try? JSON(parsing: body) { reading.error = ServiceError(body: json) }
    reading.sawEnd = true
    reading.endIsProof = meaning.isTokenEvent || reading.finishReason != nil || reading.inputCount != nil
  }

  private static func filled(_ text: String, _ mark: String, _ value: String) -> String {
    text.split(separator: mark, omittingEmptySubsequences: false).joined(separator: value)
  }
}

extension ArraySlice<UInt8> {
  /// The bytes without white space around them.
  fileprivate var trimmed: ArraySlice<UInt8> {
    let start = drop { $0 <= 0x20 }
    let end = start.lastIndex { $0 > 0x20 } ?? start.startIndex - 1
    return start[start.startIndex..<end + 1]
  }
}
