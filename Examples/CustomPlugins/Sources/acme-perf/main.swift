import AcmePlugins
import LLMPerf
import LLMPerfCommands

// The whole tool, with Acme's service, its questions and its log:
//
//   swift run acme-perf perf --api acme --dataset acme-questions --dataset-path questions.tsv --model m --url …
await LLMPerfTool.main(
  plugins: .builtIn
    .adding(api: "acme", keys: ["ACME_API_KEY"]) { try AcmeAPI($0) }
    .adding(dataset: "acme-questions") { try AcmeQuestions($0) }
    .adding(sink: "acme-log") { try AcmeLog($0) })
