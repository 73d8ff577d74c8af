import LLMPerf
import LLMPerfSQLite

/// The options of a run as results keep them: by long name, secrets left out.
enum ConfigurationList {
  /// The options as they took effect, in the order of the help.
  static func of(_ command: PerfCommand, seed: UInt64?) -> [(name: String, value: JSON)] {
    service(command.service) + prompts(command.prompts) + load(command.load, seed: seed) + tokens(command.tokens)
      + [
        ("api-spec", .optional(command.plugins.apiSpec)), ("plugin-workers", .optional(command.plugins.pluginWorkers)),
      ]
      + output(command.output) + checks(command.checks) + exports(command.exports)
  }

  /// The process's arguments, with what follows a secret's option masked.
  static var maskedArguments: [String] { mask(CommandLine.arguments) }

  static func mask(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var isSecret = false
    var isHeader = false
    for argument in arguments {
      let name = argument.prefix { $0 != "=" }
      if isSecret {
        result.append("***")
        isSecret = false
        continue
      }
      if argument.hasPrefix("--") { isHeader = name == "--headers" }
      if secretOptions.contains(String(name)) {
        let hasValue = name.endIndex < argument.endIndex
        result.append(hasValue ? "\(name)=***" : argument)
        isSecret = !hasValue
      } else {
        result.append(isHeader && !argument.hasPrefix("--") ? maskHeader(argument) : argument)
      }
    }
    return result
  }

  private static let secretOptions: Set = ["--api-key", "--wandb-api-key"]

  /// A header argument whose value may be a secret, without the value.
  private static func maskHeader(_ item: String) -> String {
    let name = item.prefix { $0 != "=" && $0 != ":" }
    return isSecretHeader(String(name)) ? "\(name)=***" : item
  }

  private static func isSecretHeader(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["authorization", "key", "token", "cookie", "secret"].contains { name.contains($0) }
  }

  private static func service(_ options: ServiceOptions) -> [(name: String, value: JSON)] {
    [
      ("model", .string(options.model)), ("url", .string(options.url)), ("api", .string(options.apiName)),
      ("headers", .array(options.headers.map { .string(maskHeader($0)) })),
      ("query-template", .optional(options.queryTemplate)), ("connect-timeout", .double(options.connectTimeout)),
      ("read-timeout", .double(options.readTimeout)), ("insecure", .bool(options.insecure)),
      ("cacert", .optional(options.cacert)), ("source-addresses", .array(options.sourceAddresses.map { .string($0) })),
      ("preconnect", .bool(options.preconnect)), ("no-calibrate", .bool(options.noCalibrate)),
      ("no-probe", .bool(options.noProbe)),
    ]
  }

  private static func prompts(_ options: PromptOptions) -> [(name: String, value: JSON)] {
    [
      ("prompt", .optional(options.prompt)), ("dataset", options.prompt == nil ? .string(options.dataset) : .null),
      ("dataset-path", .optional(options.datasetPath)), ("max-prompt-length", .optional(options.maxPromptLength)),
      ("min-prompt-length", .int(options.minPromptLength)),
    ]
  }

  private static func load(_ options: LoadOptions, seed: UInt64?) -> [(name: String, value: JSON)] {
    [
      ("number", .optional(options.number)), ("parallel", .optional(options.pattern.parallel)),
      ("rate", .double(options.rate)), ("max-in-flight", .optional(options.maxInFlight)),
      ("duration", .double(options.duration)), ("warmup", .int(options.warmup)),
      ("seed", seed.map { .number(String($0)) } ?? .null),
      ("loops", .optional(options.loops)),
    ]
  }

  private static func output(_ options: OutputOptions) -> [(name: String, value: JSON)] {
    [
      ("name", .optional(options.name)), ("save", .string(options.save.rawValue)),
      ("output-json", .optional(options.outputJson)),
      ("log-every-n-query", .int(options.logEveryNQuery ?? OutputOptions.usualLogInterval)),
      ("quiet", .bool(options.quiet)), ("debug", .bool(options.debug)),
    ]
  }

  private static func tokens(_ options: TokenOptions) -> [(name: String, value: JSON)] {
    [
      ("tokenizer-path", .optional(options.tokenizerPath)), ("count-tokens", .optional(options.countTokens?.rawValue)),
      ("max-prompt-tokens", .optional(options.maxPromptTokens)),
      ("min-prompt-tokens", .optional(options.minPromptTokens)),
    ]
  }

  private static func checks(_ options: CheckOptions) -> [(name: String, value: JSON)] {
    [
      ("goodput", .array(options.goodput.map { .string($0) })), ("fail-if", .array(options.failIf.map { .string($0) })),
      ("baseline", .optional(options.baseline)), ("junit", .optional(options.junit)),
      ("allow-invalid", .bool(options.allowInvalid)), ("until", .optional(options.until)),
    ]
  }

  private static func exports(_ options: ExportOptions) -> [(name: String, value: JSON)] {
    [
      ("output-html", .optional(options.outputHtml)), ("live", .bool(options.live)),
      ("dashboard", .optional(options.dashboard)), ("metrics-port", .optional(options.metricsPort)),
      ("metrics-linger", .double(options.metricsLinger)), ("otlp-endpoint", .optional(options.otlpEndpoint)),
      ("wandb-mode", .optional(options.wandbMode)), ("wandb-base-url", .optional(options.wandbBaseUrl)),
      ("wandb-entity", .optional(options.wandbEntity)), ("wandb-project", .optional(options.wandbProject)),
      ("mlflow-tracking-uri", .optional(options.mlflowTrackingUri)),
      ("mlflow-experiment", .optional(options.mlflowExperiment)),
    ]
  }
}
