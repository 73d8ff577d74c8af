internal import CLLMPerfWire
import Glibc
import LLMPerf

/// A service's network addresses, and its TLS context if it has one. Shared by all loops.
final class Endpoint: Sendable {
  /// One network address.
  struct Address: Sendable {
    let family: Int32
    let bytes: [UInt8]
  }

  let addresses: [Address]
  let host: String
  let tls: TLSContext?

  /// A service whose addresses are known.
  init(addresses: [Address], host: String, tls: TLSContext?) {
    self.addresses = addresses
    self.host = host
    self.tls = tls
  }

  /// Resolves the host and loads certificates.
  ///
  /// - Throws: `RequestFailure` of code `.dns`, or `UsageError` for certificates that cannot be loaded and source addresses
  ///   that do not reach the host.
  init(_ address: ServiceAddress, _ options: ClientOptions) throws {
    host = address.host
    addresses = try Self.reachable(try Self.resolve(address), of: address.host, from: options.sourceAddresses)
    tls = address.isSecure ? try TLSContext(options) : nil
  }

  /// The addresses of a family that one of `sources` has; all of them without sources.
  private static func reachable(
    _ addresses: [Address], of host: String, from sources: [SourceAddress]
  ) throws -> [Address] {
    guard !sources.isEmpty else { return addresses }
    let reachable = addresses.filter { address in sources.contains { $0.family == address.family } }
    guard reachable.isEmpty else { return reachable }
    let family = addresses[0].family == AF_INET ? "IPv4" : "IPv6"
    throw UsageError(
      "--source-addresses \(sources[0].text): \(host) has \(family) addresses only; give \(family) addresses of this machine"
    )
  }

  private static func resolve(_ address: ServiceAddress) throws -> [Address] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let result = getaddrinfo(address.host, String(address.port), &hints, &list)
    defer { if list != nil { freeaddrinfo(list) } }
    guard result == 0 else {
      throw RequestFailure(.dns, "\(address.host) has no address: \(String(cString: gai_strerror(result)))")
    }
    var addresses: [Address] = []
    var next = list
    while let entry = next?.pointee {
      if let pointer = entry.ai_addr {
        let bytes = UnsafeRawBufferPointer(start: pointer, count: Int(entry.ai_addrlen))
        addresses.append(Address(family: entry.ai_family, bytes: Array(bytes)))
      }
      next = entry.ai_next
    }
    guard !addresses.isEmpty else { throw RequestFailure(.dns, "\(address.host) has no address") }
    return addresses
  }
}

/// OpenSSL's settings for a client.
final class TLSContext: Sendable {
  // OpenSSL counts its references atomically, so a context may serve many threads; it is written only here.
  private let bits: UInt

  init(_ options: ClientOptions) throws {
    var message = [CChar](repeating: 0, count: 256)
    let context = lw_tls_client_context(options.verifiesCertificate, options.certificateFile, &message, message.count)
    guard let context else {
      let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw UsageError("TLS: \(text)\(options.certificateFile.map { " from \($0)" } ?? "")")
    }
    bits = UInt(bitPattern: context)
  }

  deinit {
    if let context = OpaquePointer(bitPattern: bits) { lw_tls_context_free(context) }
  }

  /// A session over `descriptor` to `host`; nil when memory is short, or when no certificate could be for `host`.
  func makeSession(_ descriptor: Int32, host: String) -> OpaquePointer? {
    lw_tls_new(OpaquePointer(bitPattern: bits), descriptor, host)
  }
}
