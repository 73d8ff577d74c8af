import Glibc

/// An address with its port, as the system's calls take it.
struct NetworkAddress: Sendable, Hashable {
  /// Why a host has none: the resolver's words.
  struct Failure: Error {
    var reason: String
  }

  /// `AF_INET` or `AF_INET6`.
  let family: Int32
  /// A `sockaddr` of that family.
  let bytes: [UInt8]

  /// The addresses of `host`, in the order in which the system would try them; at least one.
  static func resolve(_ host: String, port: UInt16) throws(Failure) -> [NetworkAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let result = getaddrinfo(host, String(port), &hints, &list)
    defer { if list != nil { freeaddrinfo(list) } }
    guard result == 0 else { throw Failure(reason: String(cString: gai_strerror(result))) }
    var addresses: [NetworkAddress] = []
    var next = list
    while let entry = next?.pointee {
      if let pointer = entry.ai_addr {
        let bytes = UnsafeRawBufferPointer(start: pointer, count: Int(entry.ai_addrlen))
        addresses.append(NetworkAddress(family: entry.ai_family, bytes: Array(bytes)))
      }
      next = entry.ai_next
    }
    guard !addresses.isEmpty else { throw Failure(reason: "no address") }
    return addresses
  }
}
