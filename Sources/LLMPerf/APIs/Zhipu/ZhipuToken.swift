import Glibc
import LLMPerfLock

/// A JWT made from a key `ID.SECRET`, renewed while a run goes on.
final class ZhipuToken: Sendable {
  /// How long a token is valid, in milliseconds.
  static let validity: Int64 = 210_000
  /// How long it is used. The rest is for requests that are built ahead of their time.
  static let use: Int64 = 180_000
  /// How long a request with such a token may wait to be sent: what is left of the token at its last use, but for ten
  /// seconds in which the clocks of client and service may differ.
  static let leftAtBuilding = Duration.milliseconds(validity - use - 10_000)

  private struct Minted {
    var token: String
    var at: Int64
  }

  private let id: String
  private let secret: [UInt8]
  private let now: @Sendable () -> Int64
  private let minted = Lock<Minted?>(nil)

  /// A token for `key`; nil when the key is not of the form `ID.SECRET`. `now` tells milliseconds since 1970.
  init?(key: String, now: @escaping @Sendable () -> Int64) {
    let parts = key.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    id = String(parts[0])
    secret = Array(parts[1].utf8)
    self.now = now
  }

  /// A token that is valid now.
  ///
  /// - Throws: `UsageError` when it cannot be signed on this system.
  func current() throws -> String {
    let now = now()
    return try minted.withLock { minted in
      if let minted, now - minted.at < Self.use, now >= minted.at { return minted.token }
      let token = try mint(at: now)
      minted = Minted(token: token, at: now)
      return token
    }
  }

  private func mint(at now: Int64) throws -> String {
    let header = #"{"alg":"HS256","sign_type":"SIGN"}"#
    let payload: JSON = ["api_key": .string(id), "exp": .int(Int(now + Self.validity)), "timestamp": .int(Int(now))]
    let signed = Base64.encode(header.utf8, .url) + "." + Base64.encode(payload.utf8(), .url)
    let signature = try HMACSHA256.code(for: signed.utf8, key: secret)
    return signed + "." + Base64.encode(signature, .url)
  }

  /// The system's time in milliseconds since 1970.
  static let wallClock: @Sendable () -> Int64 = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
