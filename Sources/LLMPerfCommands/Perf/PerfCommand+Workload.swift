import LLMPerf
import LLMPerfPython

extension PerfCommand {
  /// What the options ask of the service. `tokens` count where they limit a prompt's length; what `parameters` hold goes
  /// to Python files.
  ///
  /// - Throws: `UsageError` for a text or data set that cannot be opened.
  func makeWorkload(countingBy tokens: TokenCounter?, parameters: JSON) throws -> any Workload {
    let isEndless = load.number == nil && load.duration != nil
    if let argument = prompts.prompt {
      let prompt = Prompt(try Files.expand(argument, encoding: prompts.encoding ?? .utf8, option: "--prompt"))
      return PromptWorkload(repeating: prompt, number: isEndless ? .max : load.number ?? 1)
    }
    if let workload = try LLMPerfTool.plugins.makeWorkload(prompts.dataset, datasetOptions) {
      guard prompts.minPromptLength == 0, prompts.maxPromptLength == nil, self.tokens.minPromptTokens == nil,
        self.tokens.maxPromptTokens == nil
      else {
        throw UsageError(
          "--dataset \(prompts.dataset) gives sessions, and lengths choose among prompts: leave --min-prompt-length, "
            + "--max-prompt-length, --min-prompt-tokens and --max-prompt-tokens out")
      }
      return load.number.map { LimitedWorkload(workload, requests: $0) } ?? workload
    }
    return PromptWorkload(
      try makeDataset(parameters), limits: limits(countingBy: tokens), number: isEndless ? .max : load.number)
  }

  private func makeDataset(_ parameters: JSON) throws -> any DatasetPlugin {
    if PythonPlugins.isFile(prompts.dataset) {
      guard prompts.datasetPath != "-" else {
        throw UsageError(
          "--dataset-path -: a Python data set opens its file itself, and has no standard input; give a file")
      }
      return try PythonPlugins().dataset(path: prompts.dataset, parameters: parameters)
    }
    return try LLMPerfTool.plugins.makeDataset(prompts.dataset, datasetOptions)
  }

  private var datasetOptions: DatasetOptions {
    DatasetOptions(path: prompts.datasetPath, encoding: prompts.encoding ?? .utf8)
  }

  private func limits(countingBy tokens: TokenCounter?) -> PromptSource.Limits {
    var limits = PromptSource.Limits(minimum: prompts.minPromptLength, maximum: prompts.maxPromptLength ?? .max)
    if let tokens, self.tokens.minPromptTokens != nil || self.tokens.maxPromptTokens != nil {
      limits.tokens = (
        self.tokens.minPromptTokens ?? 0, self.tokens.maxPromptTokens ?? .max, { tokens.count(prompt: $0) ?? 0 }
      )
    }
    return limits
  }
}
