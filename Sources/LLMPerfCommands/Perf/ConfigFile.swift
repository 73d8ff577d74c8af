import ArgumentParser
import LLMPerf

/// `--config`: puts a file's options before those of the command line.
enum ConfigFile {
  /// `arguments` of a `perf` command with its configuration file read into them; others as they are.
  ///
  /// - Throws: `UsageError` for a file that cannot be read or holds what no option is called.
  static func expand(_ arguments: [String]) throws -> [String] {
    guard arguments.first == "perf", let path = path(in: arguments) else { return arguments }
    let text = String(decoding: try Files.read(path, option: "--config"), as: UTF8.self)
    let document = try ConfigDocument(try YAMLDocument.parse(text, file: path), options: options, file: path)
    let own = Array(arguments.dropFirst())
    let byLongName = own.map { $0 == "-n" ? "--number" : $0 }
    return ["perf"] + document.arguments(before: byLongName) + own
  }

  private static func path(in arguments: [String]) -> String? {
    for (place, argument) in arguments.enumerated() {
      if argument == "--config" { return place + 1 < arguments.count ? arguments[place + 1] : nil }
      if argument.hasPrefix("--config=") { return String(argument.dropFirst("--config=".count)) }
    }
    return nil
  }

  /// Every option of `perf` that may stand in a file.
  private static var options: [KnownOption] {
    flags.map { KnownOption($0, .flag) } + lists.map { KnownOption($0, .list) } + [KnownOption("fail-if", .repeated)]
      + values.map { KnownOption($0, .value) }
  }

  private static let flags = [
    "insecure", "preconnect", "no-probe", "no-calibrate", "quiet", "debug", "live", "allow-invalid",
  ]
  private static let lists = ["headers", "source-addresses", "goodput"]
  private static let values = [
    "model", "url", "api", "api-key", "query-template", "connect-timeout", "read-timeout", "cacert", "prompt",
    "dataset",
    "dataset-path", "max-prompt-length", "min-prompt-length", "number", "parallel", "rate", "max-in-flight", "duration",
    "warmup", "seed", "loops", "tokenizer-path", "count-tokens", "max-prompt-tokens", "min-prompt-tokens", "api-spec",
    "plugin-workers", "name", "save", "output-json", "log-every-n-query", "baseline", "junit", "until", "output-html",
    "dashboard", "metrics-port", "metrics-linger", "otlp-endpoint", "wandb-api-key", "wandb-mode", "wandb-base-url",
    "wandb-entity", "wandb-project", "mlflow-tracking-uri", "mlflow-experiment",
  ]
}
