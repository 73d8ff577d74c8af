/// A response that becomes whole: the parser of all responses, with every header kept and a limit on the body.
package struct FetchReading {
  private var parser: ResponseParser
  private var body: [UInt8] = []
  /// Whether bytes came behind the response: the connection cannot be trusted with another request.
  private var isOutOfStep = false
  private var hasEnded = false

  /// The longest head of a response that is fetched, and what may stand behind its last chunk.
  private static let longestHead = 64 << 10

  /// A reading of the response to a request of `method`; that to `HEAD` has no body.
  package init(method: String = "GET", longestBody: Int = 256 << 20) {
    parser = ResponseParser(
      limits: .init(head: Self.longestHead, body: longestBody), answersHead: method == "HEAD", keepsHeaders: true)
  }

  /// Whether the response is whole.
  package var isComplete: Bool { parser.isDone || hasEnded }

  /// Whether the connection can carry another request.
  package var keepsAlive: Bool { parser.isDone && !parser.closesConnection && !isOutOfStep && !hasEnded }

  /// The response; whole once `isComplete`.
  package var response: FetchResponse {
    FetchResponse(status: parser.status ?? 0, headers: parser.headers, body: body)
  }

  /// Takes more bytes.
  ///
  /// - Throws: `FetchFailure` when they are not HTTP/1, or more than the limits allow.
  package mutating func feed(_ bytes: some Collection<UInt8>) throws(FetchFailure) {
    do throws(ResponseParser.Failure) {
      let taken = try Array(bytes).withUnsafeBufferPointer { bytes throws(ResponseParser.Failure) in
        try parser.feed(bytes, into: &body)
      }
      if taken < bytes.count { isOutOfStep = true }
    } catch {
      throw FetchFailure(error.message)
    }
  }

  /// The connection has ended.
  ///
  /// - Throws: `FetchFailure` when the response had not.
  package mutating func end() throws(FetchFailure) {
    guard parser.endsWithConnection else {
      throw FetchFailure(
        parser.isBeforeHead
          ? "the connection closed before a response came" : "the connection closed in the middle of the response")
    }
    hasEnded = true
  }
}
