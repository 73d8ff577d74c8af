import LLMPerf
import Testing

struct ServiceAddressTests {
  @Test(arguments: [
    ("localhost", false, "localhost", 80, "/", "localhost"),
    ("localhost:8000", false, "localhost", 8000, "/", "localhost:8000"),
    ("localhost:8000/v1/chat/completions", false, "localhost", 8000, "/v1/chat/completions", "localhost:8000"),
    ("http://host/", false, "host", 80, "/", "host"),
    ("HTTPS://Host/Path", true, "Host", 443, "/Path", "Host"),
    ("https://host:443/x", true, "host", 443, "/x", "host"),
    ("https://host:80", true, "host", 80, "/", "host:80"),
    ("http://host:443", false, "host", 443, "/", "host:443"),
    ("host?key=a/b", false, "host", 80, "/?key=a/b", "host"),
    ("http://host/p?q=1&r=#part", false, "host", 80, "/p?q=1&r=", "host"),
    ("host#part", false, "host", 80, "/", "host"),
    ("127.0.0.1:65535", false, "127.0.0.1", 65535, "/", "127.0.0.1:65535"),
    ("[::1]", false, "::1", 80, "/", "[::1]"),
    ("http://[::1]:8080/v1", false, "::1", 8080, "/v1", "[::1]:8080"),
    ("https://[fe80::1%25eth0]:1", true, "fe80::1%25eth0", 1, "/", "[fe80::1%25eth0]:1"),
    ("localhost/to?u=http://other:1/x", false, "localhost", 80, "/to?u=http://other:1/x", "localhost"),
    ("http://host//double//slash/", false, "host", 80, "//double//slash/", "host"),
  ])
  func `reads addresses as users write them`(
    text: String, isSecure: Bool, host: String, port: UInt16, path: String, hostHeader: String
  ) throws {
    let address = try ServiceAddress(text)
    #expect(address.isSecure == isSecure)
    #expect(address.host == host)
    #expect(address.port == port)
    #expect(address.path == path)
    #expect(address.hostHeader == hostHeader)
  }

  @Test(arguments: [
    ("ftp://host", "only http:// and https://"), ("ws://host/x", "only http:// and https://"),
    ("", "names no host"), ("http://", "names no host"), ("http:///path", "names no host"), (":8000", "names no host"),
    ("host:", "is not a port"), ("host:0", "is not a port"), ("host:65536", "is not a port"),
    ("host:http", "is not a port"), ("host:-1", "is not a port"), ("host:+80", "is not a port"),
    ("[::1", "closing bracket"), ("http://[::1]8080", "behind a colon"), ("::1", "in brackets"),
    ("2001:db8::1/v1", "in brackets"), ("***@host", "credentials"),
    ("host/a b", "no blanks"), ("host/a\nX: y", "no blanks"), ("ho st/", "no blanks"), ("host\r\nX: y", "no blanks"),
    ("host/a\u{A0}b", "no blanks"), ("host/a\u{9B}b", "no blanks"), ("host/a\u{202E}b", "no blanks"),
    ("ho\u{2028}st/", "no blanks"), ("host:８０", "is not a port"),
  ])
  func `refuses a mistake in one sentence that names the option and the address`(text: String, words: String) {
    let error = #expect(throws: UsageError.self) { try ServiceAddress(text) }
    #expect(error?.message.hasPrefix("--url \(text): ") == true)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test
  func `a request goes over the wire with its head, its length and its body`() throws {
    let address = try ServiceAddress("http://[::1]:8080/v1/chat?x=1")
    let request = APIRequest(
      headers: [
        HTTPHeader("Content-Type", "application/json"), HTTPHeader("Authorization", "Bearer a=b"),
        HTTPHeader("HOST", "elsewhere"), HTTPHeader("content-length", "1"), HTTPHeader("Transfer-Encoding", "chunked"),
        HTTPHeader("accept-encoding", "gzip"),
      ],
      body: Array("{\"a\":\"ü\"}".utf8))
    let (bytes, bodyStart) = request.wire(to: address)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "POST /v1/chat?x=1 HTTP/1.1\r\nHost: [::1]:8080\r\nContent-Type: application/json\r\n"
        + "Authorization: Bearer a=b\r\nAccept-Encoding: identity\r\nContent-Length: 10\r\n\r\n{\"a\":\"ü\"}")
    #expect(Array(bytes[bodyStart...]) == request.body)
  }

  @Test
  func `a protocol's own path wins over the address's`() throws {
    let (bytes, _) = APIRequest(path: "/api/x?y", headers: [], body: []).wire(to: try ServiceAddress("host/v1"))
    #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("POST /api/x?y HTTP/1.1\r\nHost: host\r\n"))
  }
}
