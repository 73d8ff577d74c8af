import Foundation

/// The built tool, run as a child process in a folder of its own.
final class Tool {
  /// What one run of the tool printed and how it ended.
  struct Result {
    var output: String
    var errors: String
    var status: Int32
    /// Whether a signal ended it, as a trap does.
    var wasKilled: Bool
  }

  /// A child that runs.
  final class Child {
    let process = Process()
    fileprivate let output: URL
    fileprivate let errors: URL

    /// What it has written to standard error so far.
    var errorsFile: URL { errors }

    fileprivate init(_ folder: URL) {
      let name = UUID().uuidString
      output = folder.appending(path: ".output-\(name)")
      errors = folder.appending(path: ".errors-\(name)")
    }

    /// Waits for its end.
    func wait() throws -> Result {
      process.waitUntilExit()
      return Result(
        output: try String(contentsOf: output, encoding: .utf8),
        errors: try String(contentsOf: errors, encoding: .utf8),
        status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal)
    }

    var isRunning: Bool { process.isRunning }

    func signal(_ number: Int32) {
      kill(process.processIdentifier, number)
    }
  }

  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "llmuses-tool-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  /// The product lies beside the test bundle that runs.
  static let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "llmuses")

  /// Runs the tool to its end; `input` comes to its standard input through a pipe.
  func run(_ arguments: [String], environment: [String: String] = [:], input: String? = nil) throws -> Result {
    guard let input else { return try start(arguments, environment: environment).wait() }
    let pipe = Pipe()
    let child = try start(arguments, environment: environment, input: pipe.fileHandleForReading)
    try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try pipe.fileHandleForWriting.close()
    return try child.wait()
  }

  func run(_ arguments: String...) throws -> Result {
    try run(arguments)
  }

  /// Runs a script of bash, for which `llmuses` is the tool, with standard output and standard error as the tool's.
  func shell(_ script: String) throws -> Result {
    try startShell(script).wait()
  }

  /// Starts a script of bash; `exec "$LLMUSES" …` makes the tool of the child itself.
  func startShell(_ script: String) throws -> Child {
    try start(
      Child(folder), URL(fileURLWithPath: "/bin/bash"), ["-c", "llmuses() { \"$LLMUSES\" \"$@\"; }\n" + script],
      environment: ["LLMUSES": Self.executable.path])
  }

  /// Starts the tool. Output goes to files, which never fill up.
  func start(
    _ arguments: [String], environment: [String: String] = [:], input: FileHandle = .nullDevice
  ) throws -> Child {
    try start(Child(folder), Self.executable, arguments, environment: environment, input: input)
  }

  private func start(
    _ child: Child, _ executable: URL, _ arguments: [String], environment: [String: String],
    input: FileHandle = .nullDevice
  ) throws -> Child {
    for url in [child.output, child.errors] { try Data().write(to: url) }
    child.process.executableURL = executable
    child.process.arguments = arguments
    child.process.currentDirectoryURL = folder
    child.process.environment = environment.merging(["PATH": "/usr/bin:/bin", "TZ": "UTC"]) { given, _ in given }
    child.process.standardInput = input
    child.process.standardOutput = try FileHandle(forWritingTo: child.output)
    child.process.standardError = try FileHandle(forWritingTo: child.errors)
    try child.process.run()
    return child
  }

  /// The path of a file of the folder.
  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// Puts a file into the folder.
  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  /// The text of a file of the folder.
  func read(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  /// The files that are in the folder now.
  var files: [String] {
    get throws {
      try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }.sorted()
    }
  }
}
