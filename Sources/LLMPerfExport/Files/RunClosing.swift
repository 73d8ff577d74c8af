/// What the command line adds to a finished run for the services that keep it.
package struct RunClosing: Sendable {
  /// The status that the process will exit with.
  package var exitCode: Int
  /// Whether the user ended the run.
  package var wasInterrupted: Bool
  /// Files to keep with the run: the HTML report, the JSON report.
  package var files: [ExportedFile]

  package init(exitCode: Int, wasInterrupted: Bool = false, files: [ExportedFile] = []) {
    self.exitCode = exitCode
    self.wasInterrupted = wasInterrupted
    self.files = files
  }
}

/// A file that goes to a service with the run.
package struct ExportedFile: Sendable {
  /// A relative name, parts joined by `/`.
  package var name: String
  package var contentType: String
  package var bytes: [UInt8]

  package init(name: String, contentType: String, bytes: [UInt8]) {
    self.name = name
    self.contentType = contentType
    self.bytes = bytes
  }
}
