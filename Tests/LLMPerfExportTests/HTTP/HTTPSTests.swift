import Glibc
import LLMPerf
import LLMPerfWire
import Testing

@testable import LLMPerfExport

struct HTTPSTests {
  private let folder = TemporaryFolder()

  private func write(_ text: String, _ name: String) -> String {
    let path = "\(folder.path)/\(name)"
    if let file = fopen(path, "w") {
      fputs(text, file)
      fclose(file)
    }
    return path
  }

  @Test
  func `a certificate that nobody vouches for is refused, and said to be the reason`() throws {
    let tls = (certificate: write(Self.certificate, "cert.pem"), key: write(Self.key, "key.pem"))
    let server = try HTTPServer(.init(tls: tls)) { _ in Router() }
    defer { try? server.stop() }
    let error = #expect(throws: HTTPFailure.self) {
      try HTTPClient().send(HTTPRequest("GET", HTTPAddress(server.url)))
    }
    #expect(error?.description.contains("certificate") == true)
    #expect(server.url.hasPrefix("https://"))
  }

  /// A certificate for localhost that it signed itself, good for a hundred years; its key guards nothing.
  private static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIBmzCCAUGgAwIBAgIULGw2t4WLq+mocdLH0/nZaIkpBckwCgYIKoZIzj0EAwIw
    FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDE4MzUxM1oYDzIxMjYxMDMx
    MTgzNTEzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
    PQMBBwNCAAQqHiQojCe4BLKibGjR3+WVrOM7MNn3ggj9lyfOQdQb04nUMqLK2jo4
    FDbcsESAsZVMp5T2MY6oHS9ypnlniGWao28wbTAdBgNVHQ4EFgQUtBpsgUQgFR1R
    K3WFBBEne+LEqXAwHwYDVR0jBBgwFoAUtBpsgUQgFR1RK3WFBBEne+LEqXAwDwYD
    VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
    zj0EAwIDSAAwRQIhALvH+Ui3XwVKvwAYgK5vGF8Od9zraS5JYKv8JmwgJc9WAiA/
    qOcm2cUCUEBYtCK9+iKCYE2/3bR2geGVo1VM5c5IvA==
    -----END CERTIFICATE-----
    """

  private static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7uQuOl5ULhIaYiDx
    jc+AiotcPbDMA9g4q8MmR3fEX16hRANCAAQqHiQojCe4BLKibGjR3+WVrOM7MNn3
    ggj9lyfOQdQb04nUMqLK2jo4FDbcsESAsZVMp5T2MY6oHS9ypnlniGWa
    -----END PRIVATE KEY-----
    """
}
