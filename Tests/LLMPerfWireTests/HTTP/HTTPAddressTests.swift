import LLMPerf
import LLMPerfWire
import Testing

struct HTTPAddressTests {
  @Test(arguments: [
    ("https://api.wandb.ai", "https://api.wandb.ai", "/", 443),
    ("localhost:5000/base/", "http://localhost:5000", "/base/", 5000),
    ("http://[::1]:80/x?y=1#z", "http://[::1]", "/x?y=1", 80),
    ("HTTP://user:p@ss@host", "http://host", "/", 80),
    ("user:pass@host/x?y=http://a@b", "http://host", "/x?y=http://a@b", 80),
  ])
  func `takes a URL apart`(url: String, origin: String, target: String, port: Int) throws {
    let address = try HTTPAddress(url)
    #expect(address.origin == origin)
    #expect(address.target == target)
    #expect(Int(address.port) == port)
  }

  @Test(arguments: [
    "ftp://host", "http://", "http://host:0", "http://host:99999", "http://host:x", "http://a b/", "http://a/b c",
  ])
  func `refuses what is no address`(url: String) {
    #expect(throws: UsageError.self) { try HTTPAddress(url) }
  }

  @Test
  func `never quotes a password`() throws {
    let error = #expect(throws: UsageError.self) {
      try HTTPAddress("http://me:secret@host:x", of: "--otlp-endpoint")
    }
    #expect(error?.message == "--otlp-endpoint http://host:x: x is not a port; use 1 to 65535")
    #expect(try HTTPAddress("http://me:secret@host").credentials == "me:secret")
  }

  @Test
  func `escapes everything but unreserved characters`() {
    #expect(PercentEncoding.encode("a/b c-ü") == "a%2Fb%20c-%C3%BC")
    #expect(PercentEncoding.encode("a/b", keepingSlashes: true) == "a/b")
    #expect(PercentEncoding.decode("a%2Fb%20c%zz") == "a/b c%zz")
  }
}
