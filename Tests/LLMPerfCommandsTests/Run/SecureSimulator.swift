import Foundation

/// The simulator in a process of its own, with a certificate that signed itself.
final class SecureSimulator {
  let url: String
  private let tool: Tool
  private let process = Process()

  init() throws {
    tool = try Tool()
    let openssl = Process()
    openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    openssl.arguments =
      [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-out", tool.path("own.pem"), "-keyout",
        tool.path("key.pem"),
      ]
    openssl.standardError = FileHandle.nullDevice
    try openssl.run()
    openssl.waitUntilExit()
    let output = Pipe()
    process.executableURL = Tool.executable
    process.arguments = [
      "simulate", "--null", "--port", "0", "--tls-cert", tool.path("own.pem"), "--tls-key", tool.path("key.pem"),
    ]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var line = ""
    while !line.contains("\n"), case let bytes = output.fileHandleForReading.availableData, !bytes.isEmpty {
      line += String(decoding: bytes, as: UTF8.self)
    }
    guard let start = line.firstRange(of: "https://")?.lowerBound else { throw CocoaError(.executableLoad) }
    url = String(line[start...].prefix { !$0.isWhitespace })
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
  }
}
