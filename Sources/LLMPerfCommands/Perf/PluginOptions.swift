import ArgumentParser
import LLMPerf
import LLMPerfPython

/// Users' own protocols and data sets.
struct PluginOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A protocol of your own, described in a YAML file (see Examples/specs); excludes --api.", valueName: "file"))
  var apiSpec: String?

  @Option(help: ArgumentHelp("Processes that a Python API plugin runs in. (default: 1)", valueName: "n"))
  var pluginWorkers: Int?

  /// Throws a usage error for values that make no sense.
  func check(api: String?) throws {
    try require(apiSpec == nil || api == nil, "--api-spec and --api exclude each other: each names the protocol")
    if let pluginWorkers {
      try requireWhole(pluginWorkers, "--plugin-workers", 1...256)
      try require(
        api.map(PythonPlugins.isFile) ?? false, "--plugin-workers is for a Python API plugin: give --api FILE.py")
    }
  }
}

extension PluginOptions {
  /// The options for all but the parser, in the order of the help.
  static let declared: [PerfOption] = [
    PerfOption("api-spec") { .optional($0.plugins.apiSpec) },
    PerfOption("plugin-workers") { .optional($0.plugins.pluginWorkers) },
  ]
}
