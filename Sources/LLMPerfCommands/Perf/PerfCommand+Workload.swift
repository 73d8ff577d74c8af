import LLMPerf
import LLMPerfPython

extension PerfCommand {
  /// What the options ask of the service. `tokens` count where they limit a prompt's length; what `parameters` hold goes
  /// to Python files.
  ///
  /// - Throws: `UsageError` for a text or data set that cannot be opened.
  func makeWorkload(countingBy tokens: TokenCounter?, parameters: JSON) throws -> PromptSource {
    let isEndless = load.number == nil && load.duration != nil
    if let argument = prompts.prompt {
      let prompt = Prompt(try Files.expand(argument, encoding: prompts.encoding ?? .utf8, option: "--prompt"))
      return PromptSource(repeating: prompt, number: isEndless ? .max : load.number ?? 1)
    }
    return PromptSource(
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
    return try LLMPerfTool.plugins.makeDataset(
      prompts.dataset, DatasetOptions(path: prompts.datasetPath, encoding: prompts.encoding ?? .utf8))
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
