import LLMPerf
import LLMPerfPython

extension PerfCommand {
  /// The protocol that the options name, for a service at `path`. What `parameters` hold goes to Python files.
  ///
  /// - Throws: `UsageError` for a protocol that is not known, or that does not take the options.
  func makeAPI(path: String, headers: [HTTPHeader], parameters: JSON) throws -> any APIPlugin {
    let template = try service.queryTemplate.map { argument in
      try Files.expand(argument, encoding: prompts.encoding ?? .utf8, option: "--query-template")
    }
    if let template { LLMPerfTool.secrets.learn(fromTemplate: template) }
    let known = LLMPerfTool.plugins
    var options = APIOptions(model: service.model, path: path, template: template, headers: headers)
    if let file = plugins.apiSpec {
      let spec = try YAMLDocument.parse(try Files.text(file, option: "--api-spec"), file: file)
      options.apiKey = try key(from: try DeclarativeAPI.keyVariables(of: spec, source: file))
      return try DeclarativeAPI(spec: spec, options, source: file)
    }
    if PythonPlugins.isFile(service.apiName) {
      options.apiKey = try key(from: ["OPENAI_API_KEY"])
      return try PythonPlugins().api(
        path: service.apiName, options: options, parameters: parameters, workers: plugins.pluginWorkers ?? 1)
    }
    options.apiKey = try key(from: known.keyVariables(of: service.apiName))
    return try known.makeAPI(service.apiName, options)
  }

  /// The path of the protocol for an address without one; nil where users describe the protocol.
  var usualPath: String? {
    guard plugins.apiSpec == nil, !PythonPlugins.isFile(service.apiName) else { return nil }
    let api = try? LLMPerfTool.plugins.makeAPI(service.apiName, APIOptions(model: service.model))
    return try? api?.makeRequest(for: Prompt("")).path
  }

  /// The key that was given, or that of the first of the environment's variables that is set.
  private func key(from variables: [String]) throws -> String? {
    if let key = service.apiKey { return key }
    for name in variables {
      guard let key = environment(name) else { continue }
      LLMPerfTool.secrets.learn([key])
      try KeyText.check(key, from: name)
      return key
    }
    return nil
  }
}
