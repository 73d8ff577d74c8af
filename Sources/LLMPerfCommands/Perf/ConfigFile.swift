import ArgumentParser
import LLMPerf

/// `--config`: puts a file's options before those of the command line.
enum ConfigFile {
  /// `arguments` of a `perf` command with its configuration file read into them; others as they are.
  ///
  /// - Throws: `UsageError` for a file that cannot be read or holds what no option is called.
  static func expand(_ arguments: [String]) throws -> [String] {
    guard arguments.first == "perf", let path = try path(in: arguments) else { return arguments }
    let text = try Files.text(path, option: "--config")
    let document = try ConfigDocument(try YAMLDocument.parse(text, file: path), options: options, file: path)
    let own = Array(arguments.dropFirst())
    let byLongName = own.map { $0 == "-n" ? "--number" : $0 }
    let added = document.arguments(before: byLongName)
    for setting in added { try check(setting, file: path) }
    return ["perf"] + added.flatMap(\.arguments) + own
  }

  /// Has the parser look at one setting alone, so that it is the file that is named when a value cannot be read.
  private static func check(_ setting: (key: String, arguments: [String]), file: String) throws {
    let (key, arguments) = setting
    if key == "api-key", let value = Secrets.values(in: arguments).first {
      try KeyText.check(value, from: "\(file): \(key)")
    }
    do {
      // The one option that must be there.
      _ = try PerfCommand.parse((key == "model" ? [] : ["--model", "m"]) + arguments)
    } catch {
      let lines = PerfCommand.message(for: error).split(separator: "\n")
      let message = lines.map { $0.drop { $0 == " " } }.joined(separator: " ")
      throw UsageError("\(file): \(key): \(message)")
    }
  }

  private static func path(in arguments: [String]) throws -> String? {
    var found: String?
    for (place, argument) in arguments.enumerated() {
      var path: String?
      if argument == "--config" { path = place + 1 < arguments.count ? arguments[place + 1] : nil }
      if argument.hasPrefix("--config=") { path = String(argument.dropFirst("--config=".count)) }
      guard let path else { continue }
      guard found == nil else { throw UsageError("--config is given twice: one file can be read") }
      found = path
    }
    return found
  }

  /// Every option of `perf` that may stand in a file.
  static var options: [KnownOption] { PerfOption.all.map(\.known) }
}
