import ArgumentParser
import LLMPerf
import Testing

@testable import LLMPerfCommands

/// The one declaration of each option, against the parser's help and against its own way through a file.
struct PerfOptionTests {
  @Test
  func `every option of the help is declared, in its order`() {
    let help = PerfCommand.helpMessage(columns: 200)
    let shown = help.matches(of: /(?m)^  (?:-[a-z], )?--([a-z-]+)/).map { String($0.output.1) }
    #expect(PerfOption.all.map(\.name) == shown.filter { !["config", "print-config", "version", "help"].contains($0) })
    #expect(PerfOption.all.count > 50)
  }

  /// Values of every kind that options take: each takes one of them at least.
  private static let samples = ["X-A=1", "7", "0.25", "text", "after", "gbk"]

  /// A command with another value for `option` than it has by itself.
  private static func changed(_ option: PerfOption) throws -> PerfCommand {
    let plain = try PerfCommand.parse(["--model", "m"])
    let name = "--" + option.name
    let values = option.known.kind == .flag ? [[name]] : samples.map { [name, $0] }
    for arguments in values {
      let model = option.name == "model" ? [] : ["--model", "m"]
      guard let command = try? PerfCommand.parse(model + arguments), let value = option.value(command) else { continue }
      if value != option.value(plain), !value.isUnset { return command }
    }
    throw UsageError("\(name) takes none of the samples, or its declaration does not tell its value")
  }

  @Test
  func `every option is in the printed file, and the file gives it again`() throws {
    for option in PerfOption.all where option.secrecy != .whole {
      let command = try Self.changed(option)
      let file = ConfigurationList.file(of: command)
      let tree = try YAMLDocument.parse(file, file: "run.yaml")
      #expect(tree[option.name] == option.value(command), "\(option.name)")
      let document = try ConfigDocument(tree, options: ConfigFile.options, file: "run.yaml")
      let again = try PerfCommand.parse(document.arguments().flatMap(\.arguments))
      #expect(option.value(again) == option.value(command), "\(option.name)")
      #expect(ConfigurationList.file(of: again) == file, "\(option.name)")
    }
  }

  @Test
  func `every option is in what results keep, unless its value is a secret`() throws {
    for option in PerfOption.all {
      let kept = ConfigurationList.of(try Self.changed(option)).first { $0.name == option.name }
      #expect((kept == nil) == (option.secrecy == .whole), "\(option.name)")
    }
  }

  @Test
  func `a secret is named and not printed`() throws {
    for option in PerfOption.all where option.secrecy == .whole {
      let command = try PerfCommand.parse(["--model", "m", "--\(option.name)", "sk-hidden"])
      let file = ConfigurationList.file(of: command)
      #expect(file.contains("give them again: --\(option.name)\n") && !file.contains("sk-hidden"))
      #expect(Secrets.masked(["--\(option.name)", "sk-hidden"]) == ["--\(option.name)", "***"])
      #expect(Secrets.values(in: ["--\(option.name)=sk-hidden"]) == ["sk-hidden"])
    }
  }
}
