import CLibcrypto

/// HMAC with SHA-256 (RFC 2104), by the system's libcrypto.
enum HMACSHA256 {
  /// The code of `message` under `key`, 32 bytes.
  ///
  /// - Throws: `UsageError` when libcrypto does not compute it, as a configuration of its own may forbid it.
  static func code(for message: some Sequence<UInt8>, key: [UInt8]) throws(UsageError) -> [UInt8] {
    let message = Array(message)
    var code = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard HMAC(EVP_sha256(), key, Int32(clamping: key.count), message, message.count, &code, &count) != nil else {
      throw UsageError("the key cannot sign: libcrypto computes no HMAC with SHA-256 on this system")
    }
    return Array(code.prefix(Int(count)))
  }
}
