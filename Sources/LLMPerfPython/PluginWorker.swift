import Glibc
import LLMPerf
import LLMPerfLock

/// One process that runs a plugin's file, and the exchange of orders and answers with it.
///
/// Calls block; one is served at a time, others wait their turn.
final class PluginWorker: Sendable {
  /// What a worker is started with.
  struct Launch: Sendable {
    enum Kind: String { case api, dataset }

    let plugins: PythonPlugins
    let file: String
    let kind: Kind
    let parameters: JSON

    init(_ plugins: PythonPlugins, file: String, kind: Kind, parameters: JSON) {
      self.plugins = plugins
      self.file = file
      self.kind = kind
      self.parameters = parameters
    }

    /// The file's name without its folders, for messages.
    var name: String { file.split(separator: "/").last.map(String.init) ?? file }
  }

  let process: PythonProcess
  let link: Lock<PluginLink>
  private let startLimit: Duration

  /// Starts the process and has it load the file, without waiting for that.
  init(_ launch: Launch) throws {
    process = try PythonProcess(launch.plugins.interpreter, ["-X", "utf8", "-c", Self.start])
    link = Lock(PluginLink(process, launch))
    startLimit = launch.plugins.startLimit
    try link.withLock { link in
      try link.send(PackageResources.worker_py, of: "loading")
      try link.send(Self.order(launch), of: "loading")
    }
  }

  deinit {
    process.end()
    link.withLock { $0.finishPrints() }
  }

  /// Reads the worker's source from the socket and runs it.
  private static let start = """
    import struct, sys
    if sys.version_info < (3, 8): sys.exit("Python 3.8 or newer is needed, and this is " + sys.version.split()[0])
    orders = open(3, "rb")
    exec(compile(orders.read(struct.unpack("<II", orders.read(8))[0]), "<llmuses>", "exec"))
    """

  private static func order(_ launch: Launch) -> [UInt8] {
    let modules = [
      ("api_plugin_base", PackageResources.api_plugin_base_py),
      ("dataset_plugin_base", PackageResources.dataset_plugin_base_py),
      ("plugin_registry", PackageResources.plugin_registry_py),
      ("query_parameters", PackageResources.query_parameters_py),
    ].map { JSON.Member("llmuses.perf.\($0.0)", .string(String(decoding: $0.1, as: UTF8.self))) }
    let order: JSON = [
      "modules": .object(modules), "file": .string(launch.file), "kind": .string(launch.kind.rawValue),
      "parameters": launch.parameters,
    ]
    return order.utf8()
  }

  /// Waits until the file is loaded.
  ///
  /// - Returns: The name of the function that is asked first, for messages.
  /// - Throws: `UsageError` when it cannot be loaded.
  @discardableResult
  func waitUntilLoaded() throws -> String {
    try link.withLock { link in
      let answer = try link.receive(of: "loading", within: startLimit)
      return (try? JSON(parsing: answer.body))?[0]?.stringValue ?? ""
    }
  }

  /// Sends an order, does `meanwhile`, and waits for the parts of the answer.
  ///
  /// - Parameter function: The plugin's function that does the work, for messages.
  /// - Throws: `UsageError` with what the plugin did wrong, or what `meanwhile` throws.
  func exchange(
    _ order: PluginOrder, of function: String, meanwhile: () throws -> Void = {}
  ) throws -> [PluginLink.Answer] {
    try link.withLock { link in
      try link.send(order.json, attached: order.attached, of: function)
      var failure: (any Error)?
      do { try meanwhile() } catch { failure = error }
      var answers: [PluginLink.Answer] = []
      repeat { answers.append(try link.receive(of: function)) } while answers.last?.isLast == false
      if let failure { throw failure }
      return answers
    }
  }

  /// Sends an order and waits for one part of the answer, the only one.
  func exchangeOnce(_ order: [UInt8], of function: String) throws -> PluginLink.Answer {
    try link.withLock { link in
      try link.send(order, of: function)
      return try link.receive(of: function)
    }
  }

  /// Tells the process that no more is wanted.
  func finish() { process.finish() }

  /// Ends the process at once, with the calls that wait for it.
  func stop() { process.stop() }
}
