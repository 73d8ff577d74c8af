internal import CLLMPerfWire

/// OpenSSL's settings, for all sessions of a client or of a server.
final class TLSContext: Sendable {
  /// Why there is none: OpenSSL's words.
  struct Failure: Error {
    var reason: String
  }

  // OpenSSL counts its references atomically, so a context may serve many threads; it is written only here.
  private let bits: UInt

  /// A client's. `certificateFile` names certificates to trust instead of the system's.
  init(verifiesCertificate: Bool = true, certificateFile: String? = nil) throws(Failure) {
    bits = try Self.make { lw_tls_client_context(verifiesCertificate, certificateFile, $0, $1) }
  }

  /// A server's, from PEM files.
  init(certificate: String, key: String) throws(Failure) {
    bits = try Self.make { lw_tls_server_context(certificate, key, $0, $1) }
  }

  private static func make(_ make: (UnsafeMutablePointer<CChar>, Int) -> OpaquePointer?) throws(Failure) -> UInt {
    var message = [CChar](repeating: 0, count: 256)
    guard let context = make(&message, message.count) else {
      throw Failure(reason: String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    return UInt(bitPattern: context)
  }

  deinit {
    if let context = OpaquePointer(bitPattern: bits) { lw_tls_context_free(context) }
  }

  /// A session over `descriptor`: a client's to `host`, or a server's where that is nil. Nil when memory is short, or when no
  /// certificate could be for `host`.
  func makeSession(_ descriptor: Int32, host: String?) -> OpaquePointer? {
    lw_tls_new(OpaquePointer(bitPattern: bits), descriptor, host)
  }
}
