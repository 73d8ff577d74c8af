import Glibc
import LLMPerf

/// A server that a calibration is made against: the simulator, or a script in a test.
protocol NullServer {
  /// Its address, path and all.
  var address: String { get }
  /// What it wrote down of the requests so far.
  func truth() throws -> TruthTable
  /// Ends it.
  func stop()
}

extension ChildSimulator: NullServer {
  func truth() throws -> TruthTable {
    let address = try ServiceAddress(address)
    guard let response = Self.get("/__truth", port: address.port),
      let blank = response.firstRange(of: Array("\r\n\r\n".utf8))
    else { throw RunError("the simulator at \(address.host):\(address.port) does not tell what it did") }
    return TruthTable(csv: Array(response[blank.upperBound...]))
  }

  /// Everything that the loopback's `port` answers; nil when it cannot be asked.
  private static func get(_ path: String, port: UInt16) -> [UInt8]? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafeBytes(of: &place) { bytes in
      bytes.assumingMemoryBound(to: sockaddr.self).baseAddress.map { connect(descriptor, $0, socklen_t(bytes.count)) }
    }
    let request = Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".utf8)
    guard connected == 0, write(descriptor, request, request.count) == request.count else { return nil }
    var response: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &block, block.count)
      guard count > 0 else { return count == 0 ? response : nil }
      response += block[..<count]
    }
  }
}
