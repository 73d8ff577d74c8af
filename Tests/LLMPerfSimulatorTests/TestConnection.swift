import CLLMPerfWire
import Glibc
import LLMPerf
import LLMPerfWire
import Testing

/// A blocking HTTP client of a few lines, with a limit on its patience.
final class TestConnection {
  /// What came back.
  struct Response {
    var status = 0
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    /// Whether the body came to its proper end.
    var isComplete = false
    /// Whether the connection was reset.
    var isReset = false

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON { get throws { try JSON(parsing: body) } }

    /// The events of a stream.
    var events: [(name: String, data: String)] {
      let body = self.body[...]
      return self.body.withUnsafeBufferPointer { bytes in
        var parser = EventStreamParser(body, bytes)
        var events: [(String, String)] = []
        while let event = parser.next() {
          events.append((String(decoding: event.name, as: UTF8.self), String(decoding: event.data, as: UTF8.self)))
        }
        return events
      }
    }

    /// The data of the events that are JSON.
    var eventData: [JSON] { events.compactMap { try? JSON($0.data) } }
  }

  struct NoAnswer: Error {}

  private let socket: Int32
  private var unread: [UInt8] = []
  private var isAtEnd = false
  private var isReset = false

  init(port: UInt16) throws {
    socket = lw_tcp_socket(AF_INET, false)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        lw_connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 || result == -EINPROGRESS, lw_wait(socket, true, 10_000_000_000) == 1 else { throw NoAnswer() }
  }

  deinit {
    lw_close(socket)
  }

  /// Sends a request and reads its response.
  func send(
    _ method: String = "POST", _ path: String, _ body: String = "", headers: [String] = []
  ) throws -> Response {
    let lines = ["\(method) \(path) HTTP/1.1", "Host: localhost"] + headers
    let length = method == "POST" ? ["Content-Length: \(body.utf8.count)"] : []
    return try send(raw: Array(((lines + length).joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))
  }

  /// Sends bytes and reads a response.
  func send(raw bytes: [UInt8], isHead: Bool = false) throws -> Response {
    try write(bytes)
    return try readResponse(isHead: isHead)
  }

  func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { lw_send(socket, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(Int(count))
      } else if count != -Int64(EAGAIN) || lw_wait(socket, true, 10_000_000_000) != 1 {
        throw NoAnswer()
      }
    }
  }

  func readResponse(isHead: Bool = false) throws -> Response {
    var response = Response()
    while headEnd == nil {
      guard try fill() else {
        response.isReset = isReset
        return response
      }
    }
    let end = try #require(headEnd)
    let head = String(decoding: unread[..<end], as: UTF8.self).split(separator: "\r\n")
    unread.removeFirst(end)
    response.status = Int(head[0].split(separator: " ")[1]) ?? 0
    for line in head.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      response.headers[parts[0].lowercased()] = parts[1].drop { $0 == " " }.description
    }
    if response.status == 100 { return try readResponse() }
    if isHead {
      response.isComplete = true
    } else if response.headers["transfer-encoding"] == "chunked" {
      try readChunks(&response)
    } else if let length = response.headers["content-length"].flatMap({ Int($0) }) {
      while unread.count < length, try fill() {}
      response.isComplete = unread.count >= length
      response.body = Array(unread.prefix(length))
      unread.removeFirst(response.body.count)
    } else {
      while try fill() {}
      response.body = unread
      response.isComplete = !isReset
    }
    response.isReset = isReset
    return response
  }

  /// Whether the server has closed the connection.
  func isClosed() throws -> Bool { try unread.isEmpty && !fill() }

  private var headEnd: Int? {
    unread.indices.dropFirst(3).first { unread[$0 - 3...$0].elementsEqual("\r\n\r\n".utf8) }.map { $0 + 1 }
  }

  private func readChunks(_ response: inout Response) throws {
    while true {
      while !unread.contains(0x0A) { guard try fill() else { return } }
      let line = unread.prefix { $0 != 0x0A }
      let size = try #require(Int(String(decoding: line.dropLast(), as: UTF8.self), radix: 16))
      while unread.count < line.count + 1 + size + 2 { guard try fill() else { return } }
      response.body += unread[line.count + 1..<line.count + 1 + size]
      unread.removeFirst(line.count + 1 + size + 2)
      if size == 0 { return response.isComplete = true }
    }
  }

  /// Reads more; false at the end.
  private func fill() throws -> Bool {
    if isAtEnd { return false }
    guard lw_wait(socket, false, 10_000_000_000) == 1 else { throw NoAnswer() }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let received = lw_receive(socket, &buffer, buffer.count)
    if received.count > 0 {
      unread += buffer[..<Int(received.count)]
      return true
    }
    isReset = received.count == -Int64(ECONNRESET)
    isAtEnd = received.count != -Int64(EAGAIN)
    return !isAtEnd
  }
}
