import LLMPerf
import LLMPerfSQLite

/// The options of a run as results keep them: by long name, secrets left out.
enum ConfigurationList {
  /// The options as they took effect, in the order of the help.
  static func of(_ command: PerfCommand, seed: UInt64?) -> [(name: String, value: JSON)] {
    // A described protocol has no other name than its file's; the two options exclude each other.
    service(command.service).filter { $0.name != "api" || command.plugins.apiSpec == nil }
      + prompts(command.prompts) + load(command.load, seed: seed) + tokens(command.tokens)
      + [
        ("api-spec", .optional(command.plugins.apiSpec)), ("plugin-workers", .optional(command.plugins.pluginWorkers)),
      ]
      + output(command.output) + checks(command.checks) + exports(command.exports)
  }

  /// The options as a configuration file that gives them again. Secrets are left out, and named in a comment.
  static func file(of command: PerfCommand) -> String {
    var secrets = command.service.apiKey == nil ? [] : ["--api-key"]
    if command.exports.wandbApiKey != nil { secrets.append("--wandb-api-key") }
    let settings = of(command, seed: command.load.seed).compactMap { name, value -> (name: String, value: JSON)? in
      guard !value.isUnset else { return nil }
      if name == "headers", case .array(let headers) = value {
        let shown = headers.filter { !Secrets.isMasked($0.stringValue ?? "") }
        if shown.count < headers.count { secrets.append("--headers") }
        return shown.isEmpty ? nil : (name, .array(shown))
      }
      if Secrets.addressOptions.contains(name), Secrets.isMasked(value.stringValue ?? "") {
        secrets.append("--" + name)
        return nil
      }
      if name == "query-template", !KnownSecrets.secrets(inTemplate: value.stringValue ?? "").isEmpty {
        secrets.append("--query-template")
        return nil
      }
      return (name, value)
    }
    let note = secrets.isEmpty ? "" : "# Secrets are left out; give them again: \(secrets.joined(separator: ", "))\n"
    return note + YAMLText.render(settings)
  }

  private static func service(_ options: ServiceOptions) -> [(name: String, value: JSON)] {
    [
      ("model", .string(options.model)), ("url", .string(Secrets.maskedAddress(options.url))),
      ("api", .string(options.apiName)),
      ("headers", .array(options.headers.map { .string(Secrets.maskedHeader($0)) })),
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
      ("dataset-path", .optional(options.datasetPath)), ("encoding", .optional(options.encoding?.rawValue)),
      ("max-prompt-length", .optional(options.maxPromptLength)),
      ("min-prompt-length", .int(options.minPromptLength)),
    ]
  }

  private static func load(_ options: LoadOptions, seed: UInt64?) -> [(name: String, value: JSON)] {
    [
      ("number", .optional(options.number)), ("parallel", .optional(options.pattern.parallel)),
      ("rate", .double(options.rate)), ("max-in-flight", .optional(options.maxInFlight)),
      ("duration", .double(options.duration)), ("grace", .double(options.grace)), ("warmup", .int(options.warmup)),
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
      ("metrics-linger", .double(options.metricsLinger)),
      ("otlp-endpoint", .optional(options.otlpEndpoint.map(Secrets.maskedAddress))),
      ("wandb-mode", .optional(options.wandbMode)),
      ("wandb-base-url", .optional(options.wandbBaseUrl.map(Secrets.maskedAddress))),
      ("wandb-entity", .optional(options.wandbEntity)), ("wandb-project", .optional(options.wandbProject)),
      ("mlflow-tracking-uri", .optional(options.mlflowTrackingUri.map(Secrets.maskedAddress))),
      ("mlflow-experiment", .optional(options.mlflowExperiment)),
    ]
  }
}
