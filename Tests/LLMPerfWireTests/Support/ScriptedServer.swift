import CLLMPerfWire
import Glibc
import LLMPerf
import LLMPerfLock
import Synchronization

/// A server on a free loopback port that does with each connection what a test tells it to, on a thread of its own.
final class ScriptedServer: Sendable {
  /// What a connection goes through; the first one has number 0.
  typealias Script = @Sendable (_ number: Int, _ peer: Peer) -> Void

  let port: UInt16
  private let listener: Int32
  private let isStopped = Stop()
  private let accepting: Lock<WorkerThread?> = Lock(nil)
  private let state = Lock(State())

  private struct State {
    var peers: [Peer] = []
    var threads: [WorkerThread] = []
  }

  /// Whether the test is over; whoever waits looks here.
  fileprivate final class Stop: Sendable {
    let flag = Atomic(false)
    var isSet: Bool { flag.load(ordering: .relaxed) }
  }

  init(on address: String = "127.0.0.1", _ script: @escaping Script) throws {
    let listener = lw_listen(address, 0, 128, false)
    guard listener >= 0 else { throw SystemError(-listener, "listen") }
    self.listener = listener
    port = UInt16(lw_local_port(listener))
    let thread = try WorkerThread("scripted-server") { [self] in accept(script) }
    accepting.withLock { $0 = thread }
  }

  var url: String { "http://127.0.0.1:\(port)" }

  /// Connections accepted so far.
  var connections: Int { state.withLock(\.peers.count) }

  /// Requests read so far, connection by connection.
  var requests: [[String]] { state.withLock { $0.peers.map(\.requests) } }

  /// Where the connections came from.
  var sources: [String] { state.withLock { $0.peers.map(\.source) } }

  /// Ends every connection and waits for the threads.
  func stop() {
    isStopped.flag.store(true, ordering: .relaxed)
    accepting.withLock { $0.take() }?.join()
    for thread in state.withLock(\.threads) { thread.join() }
    lw_close(listener)
  }

  private func accept(_ script: @escaping Script) {
    while !isStopped.isSet {
      guard lw_wait(listener, false, 10_000_000) == 1 else { continue }
      let descriptor = lw_accept(listener, false)
      guard descriptor >= 0 else { continue }
      let peer = Peer(descriptor, isStopped)
      let number = state.withLock { state in
        state.peers.append(peer)
        return state.peers.count - 1
      }
      let thread = try? WorkerThread("scripted-peer") {
        script(number, peer)
        peer.close()
      }
      if let thread { state.withLock { $0.threads.append(thread) } }
    }
  }

  /// The server's end of one connection. It is closed when the script returns.
  final class Peer: Sendable {
    private let descriptor: Lock<Int32>
    private let read = Lock<[String]>([])
    private let isStopped: Stop
    /// The client's address.
    let source: String

    fileprivate init(_ descriptor: Int32, _ isStopped: Stop) {
      self.descriptor = Lock(descriptor)
      self.isStopped = isStopped
      var address = sockaddr_in()
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getpeername(descriptor, $0, &length) }
      }
      let number = UInt32(bigEndian: address.sin_addr.s_addr)
      source = [24, 16, 8, 0].map { String(number >> UInt32($0) & 255) }.joined(separator: ".")
    }

    var requests: [String] { read.withLock { $0 } }

    /// Reads one request with a `Content-Length`, or nil when the client has closed.
    @discardableResult
    func readRequest() -> String? {
      var bytes: [UInt8] = []
      while true {
        if let size = Self.size(of: bytes), bytes.count >= size {
          let request = String(decoding: bytes, as: UTF8.self)
          read.withLock { $0.append(request) }
          return request
        }
        guard let more = readSome() else { return nil }
        bytes += more
      }
    }

    /// Has the kernel keep only some KiB that are not read yet, so that the rest stays with the client.
    func keepLittleUnread() {
      var size: Int32 = 64 << 10
      let descriptor = descriptor.withLock { $0 }
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Reads a large request, with a pause after every `part` bytes, until its last byte has come.
    func readRequest(pausing milliseconds: Int64, every part: Int = 1 << 20) {
      var size: Int?
      var count = 0
      var nextPause = part
      while let more = readSome() {
        count += more.count
        size = size ?? Self.size(of: more)
        if let size, count >= size { return }
        if count >= nextPause {
          nextPause += part
          pause(milliseconds: milliseconds)
        }
      }
    }

    /// Whether the client has closed its end, or the test is over.
    var isClosed: Bool {
      let descriptor = descriptor.withLock { $0 }
      guard !isStopped.isSet, descriptor >= 0, lw_wait(descriptor, false, 0) == 1 else { return isStopped.isSet }
      var byte: UInt8 = 0
      return lw_receive(descriptor, &byte, 1).count <= 0
    }

    /// Waits until the client closes its end, or the test is over.
    func waitForClose() {
      while readSome() != nil {}
    }

    /// Does nothing until the test is over.
    func hold() {
      while !isStopped.isSet { pause(milliseconds: 5) }
    }

    func pause(milliseconds: Int64) {
      lw_sleep_until(lw_monotonic() + milliseconds * 1_000_000)
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
      let descriptor = descriptor.withLock { $0 }
      var offset = 0
      while offset < bytes.count, descriptor >= 0, !isStopped.isSet {
        let count = bytes[offset...].withUnsafeBytes { lw_send(descriptor, $0.baseAddress, $0.count) }
        if count == -Int64(EAGAIN) {
          _ = lw_wait(descriptor, true, 10_000_000)
        } else if count < 0 {
          return
        } else {
          offset += Int(count)
        }
      }
    }

    func close() {
      descriptor.withLock { descriptor in
        if descriptor >= 0 { lw_close(descriptor) }
        descriptor = -1
      }
    }

    /// Ends the connection with a reset.
    func reset() {
      descriptor.withLock { descriptor in
        if descriptor >= 0 { lw_close_reset(descriptor) }
        descriptor = -1
      }
    }

    private func readSome() -> [UInt8]? {
      let descriptor = descriptor.withLock { $0 }
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while !isStopped.isSet, descriptor >= 0 {
        guard lw_wait(descriptor, false, 10_000_000) == 1 else { continue }
        let count = lw_receive(descriptor, &buffer, buffer.count).count
        if count == -Int64(EAGAIN) { continue }
        return count > 0 ? Array(buffer[..<Int(count)]) : nil
      }
      return nil
    }

    /// The size of the whole request at the start of `bytes`; nil while its head is not complete.
    private static func size(of bytes: [UInt8]) -> Int? {
      let text = String(decoding: bytes, as: UTF8.self)
      guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
      let head = text[..<end.lowerBound].lowercased()
      let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
      let body = length.flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
      return text[..<end.upperBound].utf8.count + body
    }
  }
}

/// Responses as they go over the wire.
enum Response {
  static let streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

  /// A whole response with `Content-Length`.
  static func whole(_ status: String = "200 OK", _ body: String = "{}", headers: String = "") -> String {
    "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  /// One chunk of a chunked body.
  static func chunk(_ text: String) -> String {
    "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
  }

  static let lastChunk = "0\r\n\r\n"
}
