public import LLMPerf

/// Makes protocols and data sets from users' Python files.
///
/// A file is written as for the original tool: it imports `llmuses.perf.api_plugin_base`,
/// `llmuses.perf.dataset_plugin_base` and `llmuses.perf.plugin_registry`, which the tool brings along, and registers a
/// class with `@register_api` or `@register_dataset`. It runs in a process of its own, off the timed path: requests are
/// built ahead of time, responses parsed after they have ended.
public struct PythonPlugins: Sendable {
  /// The Python to run, by name or path: 3.8 or newer.
  public var interpreter: String
  /// How long loading a file may take, with all that it imports.
  public var startLimit: Duration
  /// How long the plugin may work on one prompt or response.
  public var answerLimit: Duration
  /// Takes each line that a plugin prints, on stdout or stderr, with the file's name before it.
  public var print: @Sendable (String) -> Void

  /// Makes plugins that run under `interpreter`; their printing goes to stderr.
  public init(
    interpreter: String = "python3", startLimit: Duration = .seconds(120), answerLimit: Duration = .seconds(30),
    print: @escaping @Sendable (String) -> Void = PrintedLines.toStandardError
  ) {
    self.interpreter = interpreter
    self.startLimit = startLimit
    self.answerLimit = answerLimit
    self.print = print
  }

  /// Whether the value of `--api` or `--dataset` names a Python file.
  public static func isFile(_ name: String) -> Bool { name.hasSuffix(".py") }

  /// Loads the file at `path` and makes the protocol that it registers with `@register_api`.
  ///
  /// - Parameters:
  ///   - path: The file, absolute or relative to the working directory.
  ///   - options: Model, path, template, headers and key. Requests go to the path of `--url` as it is.
  ///   - parameters: A JSON object with the options of the command line by their names with underscores
  ///     (`tokenizer_path`, `max_tokens`, …): what the plugin sees as `QueryParameters`. The model and the template of
  ///     `options` are added. It should hold no secrets that the plugin need not know.
  ///   - workers: How many processes share the work.
  /// - Throws: `UsageError` that says what is wrong with the file, with Python's traceback where there is one.
  public func api(path: String, options: APIOptions, parameters: JSON = [:], workers: Int = 1) throws -> PythonAPI {
    guard workers >= 1 else { throw UsageError("--plugin-workers \(workers): give a number of 1 or more") }
    let parameters = parameters.adding([
      JSON.Member("model", .string(options.model)),
      JSON.Member("query_template", .string(options.template ?? OpenAIAPI.defaultTemplate)),
    ])
    let launch = PluginWorker.Launch(self, file: path, kind: .api, parameters: parameters)
    return try PythonAPI(PluginWorkers(launch, count: workers), options: options)
  }

  /// Loads the file at `path` and makes the data set that it registers with `@register_dataset`.
  ///
  /// - Parameters:
  ///   - path: The file, absolute or relative to the working directory.
  ///   - parameters: A JSON object with the options of the command line by their names with underscores
  ///     (`dataset_path`, `min_prompt_length`, …): what the plugin sees as `QueryParameters`.
  /// - Throws: `UsageError` that says what is wrong with the file, with Python's traceback where there is one.
  public func dataset(path: String, parameters: JSON = [:]) throws -> PythonDataset {
    let template = JSON.Member("query_template", .string(OpenAIAPI.defaultTemplate))
    let given = parameters["query_template"] ?? .null
    let launch = PluginWorker.Launch(
      self, file: path, kind: .dataset, parameters: given == .null ? parameters.adding([template]) : parameters)
    return try PythonDataset(launch)
  }
}

extension JSON {
  /// The object with `others` in place of its members of those names.
  fileprivate func adding(_ others: [Member]) -> JSON {
    .object((members ?? []).filter { member in !others.contains { $0.key == member.key } } + others)
  }
}
