import LLMPerfCommands
import LLMPerfSimulator
import Testing

struct SimulateTests {
  @Test
  func `the help has every setting, in 80 columns`() throws {
    let help = try Tool().run("simulate", "--help")
    #expect(help.status == 0)
    let names = Set(help.output.matches(of: /(?m)^  --([a-z-]+)/).map { String($0.output.1) })
    #expect(names == Set(SimulatorConfiguration.options.map(\.name) + ["version"]))
    #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test
  func `it has the tool's version`() throws {
    #expect(try Tool().run("simulate", "--version").output == LLMPerfTool.version + "\n")
  }

  @Test(arguments: [
    (["--ttff", "1ms"], "the simulator has no setting ttff; did you mean ttft?"),
    (["8080"], "simulate takes options only, and '8080' is none"), (["--port"], "--port has no value behind it"),
    (["--ttft", "soon"], "--ttft: 'soon'"),
  ])
  func `a mistake is a usage error`(arguments: [String], message: String) throws {
    let result = try Tool().run(["simulate"] + arguments)
    #expect(result.status == 2 && result.output == "")
    #expect(result.errors.hasPrefix("llmuses: \(message)"), "\(result.errors)")
  }
}
