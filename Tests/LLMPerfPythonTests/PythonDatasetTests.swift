import Glibc
import LLMPerf
import LLMPerfPython
import Testing

struct PythonDatasetTests {
  @Test
  func `runs the example as it is, pass after pass`() throws {
    let dataset = try PythonPlugins().dataset(
      path: PluginFiles.example("my_data.py"),
      parameters: [
        "dataset_path": .string(PluginFiles.example("questions.jsonl")), "min_prompt_length": 9,
        "max_prompt_length": 50,
      ])
    var first = try dataset.makeReader()
    #expect(try first.next() == Prompt("Why is the sky blue?"))
    // Passes do not disturb each other.
    var second = try dataset.makeReader()
    #expect(try second.rest().map(\.text) == ["Why is the sky blue?"])
    #expect(try first.rest() == [])
    var third = try dataset.makeReader()
    #expect(try third.rest().count == 1)
  }

  @Test
  func `passes every prompt when no limits are given`() throws {
    let dataset = try PythonPlugins().dataset(
      path: PluginFiles.example("my_data.py"),
      parameters: ["dataset_path": .string(PluginFiles.example("questions.jsonl")), "max_prompt_length": .null])
    var reader = try dataset.makeReader()
    #expect(
      try reader.rest().map(\.text)[2...] == [
        "为什么海水是咸的？", "What is the difference between a \"process\" and a thread?",
      ])
  }

  @Test
  func `a list of one user message is a text, other messages are JSON`() throws {
    let path = "/tmp/llmuses-python-\(getpid()).json"
    let file = try #require(fopen(path, "w"))
    fputs(#"["Hello \u00e9\n", "far too long for it"]"#, file)
    fclose(file)
    defer { unlink(path) }
    let dataset = try PythonPlugins().dataset(
      path: PluginFiles.fixture("working/messages_data.py"),
      parameters: ["dataset_path": .string(path), "max_prompt_length": 10])
    var reader = try dataset.makeReader()
    #expect(
      try reader.rest() == [
        Prompt("Hello é\n"),
        Prompt(json: Array(#"[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]"#.utf8)),
        Prompt("alone"),
      ])
  }

  @Test
  func `pulls an endless generator in pieces`() throws {
    let dataset = try PythonPlugins().dataset(path: PluginFiles.fixture("working/endless_data.py"))
    var reader = try dataset.makeReader()
    for number in 0..<2000 {
      let prompt = try #require(try reader.next())
      #expect(prompt.text.hasPrefix("\(number) xxx"))
    }
  }

  @Test
  func `stop ends the pass`() throws {
    let dataset = try PythonPlugins().dataset(path: PluginFiles.fixture("working/endless_data.py"))
    var reader = try dataset.makeReader()
    dataset.stop()
    let error = try #require(throws: UsageError.self) { while try reader.next() != nil {} }
    #expect(error.message.hasPrefix("endless_data.py: the Python process ended in build_prompt"))
  }
}
