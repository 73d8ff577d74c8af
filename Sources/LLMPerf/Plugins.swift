/// The protocols, data sets and workloads that a tool knows, by name, and who else is told of its runs. A value: a user's
/// tool is ours plus theirs.
///
/// ```swift
/// await LLMPerfTool.main(plugins: .builtIn.adding(api: "acme") { try AcmeAPI($0) })
/// ```
public struct Plugins: Sendable {
  /// Makes a protocol from the command line's options.
  public typealias MakeAPI = @Sendable (APIOptions) throws -> any APIPlugin
  /// Makes a data set from the command line's options.
  public typealias MakeDataset = @Sendable (DatasetOptions) throws -> any DatasetPlugin
  /// Makes a sink for one run; nil when this run has nothing for it.
  public typealias MakeSink = @Sendable (SinkOptions) throws -> sending (any RecordSink)?
  /// Makes a workload from the command line's options.
  public typealias MakeWorkload = @Sendable (DatasetOptions) throws -> any Workload

  /// The protocols by the name that `--api` takes, in the order of the help.
  public private(set) var apis: [(name: String, make: MakeAPI)] = []
  /// The data sets by the name that `--dataset` takes, in the order of the help.
  public private(set) var datasets: [(name: String, make: MakeDataset)] = []
  /// The workloads by the name that `--dataset` takes, in the order of the help.
  public private(set) var workloads: [(name: String, make: MakeWorkload)] = []
  /// Who is told of every run of `perf`, by name, in the order of being told.
  public private(set) var sinks: [(name: String, make: MakeSink)] = []

  private var keys: [String: [String]] = [:]

  /// No plugin.
  public init() {}

  /// These plugins and a protocol called `name`, which replaces an earlier one of that name.
  ///
  /// `keys` are the environment variables that may hold the protocol's key, the first one that is set counting.
  public func adding(api name: String, keys: [String] = [], _ make: @escaping MakeAPI) -> Plugins {
    var result = self
    result.apis.removeAll { $0.name == name }
    result.apis.append((name, make))
    result.keys[name] = keys
    return result
  }

  /// The environment variables that may hold the key of the protocol called `api`, in the order to look at them.
  public func keyVariables(of api: String) -> [String] { keys[api] ?? [] }

  /// These plugins and a data set called `name`, which replaces an earlier one of that name.
  public func adding(dataset name: String, _ make: @escaping MakeDataset) -> Plugins {
    var result = self
    result.datasets.removeAll { $0.name == name }
    result.datasets.append((name, make))
    return result
  }

  /// These plugins and a sink called `name`, which replaces an earlier one of that name. It is made for each run of `perf`,
  /// before anything is sent, and told after the tool's own; when it throws, the run ends, and keeps what was measured.
  public func adding(sink name: String, _ make: @escaping MakeSink) -> Plugins {
    var result = self
    result.sinks.removeAll { $0.name == name }
    result.sinks.append((name, make))
    return result
  }

  /// These plugins and a workload called `name`, which replaces an earlier one of that name and goes before a data set of it.
  public func adding(workload name: String, _ make: @escaping MakeWorkload) -> Plugins {
    var result = self
    result.workloads.removeAll { $0.name == name }
    result.workloads.append((name, make))
    return result
  }

  /// The names that `--dataset` takes, in the order of the help.
  public var datasetNames: [String] { datasets.map(\.name) + workloads.map(\.name) }

  /// The workload called `name`; nil when there is none.
  ///
  /// - Throws: what the workload says of the options.
  public func makeWorkload(_ name: String, _ options: DatasetOptions) throws -> (any Workload)? {
    try workloads.first { $0.name == name }?.make(options)
  }

  /// The protocol called `name`.
  ///
  /// - Throws: `UsageError` that names the known ones; or what the protocol says of the options.
  public func makeAPI(_ name: String, _ options: APIOptions) throws -> any APIPlugin {
    guard let plugin = apis.first(where: { $0.name == name }) else {
      throw UsageError("--api \(name) is not known; use one of \(apis.map(\.name).joined(separator: ", "))")
    }
    return try plugin.make(options)
  }

  /// The data set called `name`.
  ///
  /// - Throws: `UsageError` that names the known ones; or what the data set says of the options.
  public func makeDataset(_ name: String, _ options: DatasetOptions) throws -> any DatasetPlugin {
    guard let plugin = datasets.first(where: { $0.name == name }) else {
      throw UsageError("--dataset \(name) is not known; use one of \(datasetNames.joined(separator: ", "))")
    }
    return try plugin.make(options)
  }
}

extension Plugins {
  /// The tool's own protocols and data sets.
  public static let builtIn = Plugins()
    .adding(api: "openai", keys: ["OPENAI_API_KEY"]) { try OpenAIAPI($0) }
    .adding(api: "openai-responses", keys: ["OPENAI_API_KEY"]) { try OpenAIResponsesAPI($0) }
    .adding(api: "anthropic", keys: ["ANTHROPIC_API_KEY"]) { try AnthropicAPI($0) }
    .adding(api: "dashscope", keys: ["DASHSCOPE_API_KEY"]) { try DashScopeAPI.make($0) }
    .adding(api: "zhipu", keys: ["ZHIPUAI_API_KEY", "ZAI_API_KEY"]) { try ZhipuAPI($0) }
    .adding(api: "openai-embeddings", keys: ["OPENAI_API_KEY"]) { try OpenAIEmbeddingsAPI($0) }
    .adding(api: "rerank", keys: ["OPENAI_API_KEY"]) { try RerankAPI($0) }
    .adding(dataset: "line_by_line") { try LineByLineDataset($0) }
    .adding(dataset: "openqa") { try OpenQADataset($0) }
    .adding(dataset: "longalpaca") { try LongAlpacaDataset($0) }
}
