import LLMPerf
import LLMPerfCommands

await LLMPerfTool.main(plugins: .builtIn)
