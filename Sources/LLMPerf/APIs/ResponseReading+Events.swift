/// What the readers of several protocols do with an event.
extension ResponseReading {
  /// Reads `data` as the event before was read, when it differs in its text only; nil when it does not.
  package mutating func matchShape(_ data: UnsafeBufferPointer<UInt8>) -> EventMeaning? {
    guard let string = shape?.match(data), let meaning = shape?.meaning else { return nil }
    shapeMisses = 0
    return append(UnsafeBufferPointer(rebasing: data[string]), meaning)
  }

  /// Remembers how an event looks that brought one string of text and nothing else. A stream whose events all differ
  /// elsewhere too, by a number or an id of their own, is soon left alone.
  package mutating func remember(_ shape: EventShape) {
    guard shapeMisses < 16 else {
      if self.shape != nil { self.shape = nil }
      return
    }
    self.shape = shape
    shapeMisses += 1
  }

  /// Adds the inside of a JSON string to the output that `meaning` names, and says what the event means with it.
  package mutating func append(_ inside: UnsafeBufferPointer<UInt8>, _ meaning: EventMeaning) -> EventMeaning {
    if meaning.contains(.reasoning) {
      JSONString.decode(inside, into: &reasoning)
    } else {
      JSONString.decode(inside, into: &text)
    }
    return inside.isEmpty ? meaning.subtracting([.output, .reasoning]) : meaning
  }

  /// Parses `bytes`; notes them as malformed and returns nil when they are not JSON.
  public mutating func parse(_ bytes: ArraySlice<UInt8>) -> JSON? {
    if let json = try? JSON(parsing: bytes) { return json }
    noteMalformed(bytes)
    return nil
  }

  /// Notes `bytes` as what should have been JSON, if they are the first: such a response has failed, and its message shows
  /// them.
  public mutating func noteMalformed(_ bytes: ArraySlice<UInt8>) {
    if malformed == nil { malformed = bytes }
  }

  /// Takes the error that `data` tells, whole when it has no form that is known.
  package mutating func fail(_ data: ArraySlice<UInt8>) -> EventMeaning {
    if error == nil {
      let json = try? JSON(parsing: data)
      error = json.flatMap { ServiceError(body: $0) } ?? ServiceError(message: String(decoding: data, as: UTF8.self))
    }
    return .error
  }
}

extension ResponseReading {
  /// Takes the error that an event without a type tells, if it tells one.
  package mutating func failIfError(_ data: ArraySlice<UInt8>) -> EventMeaning {
    guard let found = (try? JSON(parsing: data)).flatMap({ ServiceError(body: $0) }) else { return .bookkeeping }
    error = error ?? found
    return .error
  }
}

extension ServerSentEvent {
  /// Whether the `event` line says `error`.
  package var isError: Bool { !name.isEmpty && name.elementsEqual("error".utf8) }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether there is nothing but white space.
  package var isBlank: Bool { first.map { $0 <= 0x20 } ?? true && allSatisfy { $0 <= 0x20 } }
}

extension ArraySlice<UInt8> {
  /// Whether these are the bytes of `[DONE]`, white space around them aside. Gateways end streams of every protocol with it.
  package var isDoneMarker: Bool {
    let trimmed = drop { $0 <= 0x20 }
    guard trimmed.starts(with: "[DONE]".utf8) else { return false }
    return trimmed.dropFirst(6).allSatisfy { $0 <= 0x20 }
  }
}
