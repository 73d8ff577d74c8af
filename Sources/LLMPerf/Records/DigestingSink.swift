/// A sink whose work has a part that needs neither order nor what the sink holds, such as the encoding of rows. That part is
/// done on the workers that read the answers; the sink is told of what it makes, a digest, in place of the records.
package protocol DigestingSink: RecordSink {
  associatedtype Digest: Sendable

  /// What makes digests of records, in which no secret is left; asked for once, after `begin(_:)`. It runs on several threads
  /// at the same time.
  func makeDigester() -> @Sendable (_ records: [RequestRecord]) -> Digest

  /// Takes the digest of requests that have ended, as `receive(_:)` takes their records.
  func receive(digest: Digest) throws
}

/// Makes a digest of some kind.
typealias RecordDigester = @Sendable (_ records: [RequestRecord]) -> any Sendable

extension RecordSink {
  /// What makes this sink's digests; nil when it takes records.
  var digester: RecordDigester? {
    (self as? any DigestingSink)?.erasedDigester
  }

  /// Tells of records, or of the digest of them that this sink's digester made.
  func receive(_ records: [RequestRecord], _ digest: (any Sendable)?) throws {
    if let digest, let sink = self as? any DigestingSink {
      try sink.receive(erased: digest)
    } else {
      try receive(records)
    }
  }
}

extension DigestingSink {
  fileprivate var erasedDigester: RecordDigester {
    let digester = makeDigester()
    return { digester($0) }
  }

  fileprivate func receive(erased digest: any Sendable) throws {
    if let digest = digest as? Digest { try receive(digest: digest) }
  }
}
