import Foundation

/// A self-signed certificate for one test, made by the `openssl` command and gone with this value.
final class Certificate {
  let folder: URL
  var certificate: String { folder.appending(path: "certificate.pem").path }
  var key: String { folder.appending(path: "key.pem").path }

  /// A certificate for the names, such as `DNS:localhost` or `IP:127.0.0.1`.
  init(for names: String) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "llmuses-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=test", "-addext", "subjectAltName=\(names)", "-out", certificate, "-keyout", key,
      ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }
}
