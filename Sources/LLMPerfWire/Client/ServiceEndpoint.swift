import Glibc
import LLMPerf

/// The service that a load goes to: its network addresses, and TLS settings if it has them. Shared by all loops.
final class ServiceEndpoint: Sendable {
  let addresses: [NetworkAddress]
  let host: String
  let tls: TLSContext?

  /// A service whose addresses are known.
  init(addresses: [NetworkAddress], host: String, tls: TLSContext?) {
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
    tls = address.isSecure ? try Self.tlsContext(options) : nil
  }

  /// The addresses of a family that one of `sources` has; all of them without sources.
  private static func reachable(
    _ addresses: [NetworkAddress], of host: String, from sources: [SourceAddress]
  ) throws -> [NetworkAddress] {
    guard !sources.isEmpty else { return addresses }
    let reachable = addresses.filter { address in sources.contains { $0.family == address.family } }
    guard reachable.isEmpty else { return reachable }
    let family = addresses[0].family == AF_INET ? "IPv4" : "IPv6"
    throw UsageError(
      "--source-addresses \(sources[0].text): \(host) has \(family) addresses only; give \(family) addresses of this machine"
    )
  }

  private static func resolve(_ address: ServiceAddress) throws -> [NetworkAddress] {
    do throws(NetworkAddress.Failure) {
      return try NetworkAddress.resolve(address.host, port: address.port)
    } catch {
      throw RequestFailure(.dns, "\(address.host) has no address: \(error.reason)")
    }
  }

  private static func tlsContext(_ options: ClientOptions) throws -> TLSContext {
    do throws(TLSContext.Failure) {
      return try TLSContext(
        verifiesCertificate: options.verifiesCertificate, certificateFile: options.certificateFile)
    } catch {
      throw UsageError("TLS: \(error.reason)\(options.certificateFile.map { " from \($0)" } ?? "")")
    }
  }
}
