public import LLMPerf
import Synchronization

/// A data set that a user's Python file registers with `@register_dataset`.
///
/// Prompts are pulled a page at a time, so a generator may yield more than fits into memory. A text becomes the prompt
/// of one user message, as does a list of just that message; other lists and dicts become JSON. Each pass iterates over
/// a new object of the plugin's class, in the same process.
public struct PythonDataset: DatasetPlugin {
  private let source: Source

  init(_ launch: PluginWorker.Launch) throws {
    source = try Source(launch)
  }

  public func makeReader() throws -> any PromptReader {
    let reader = Reader(source)
    // What is wrong with the generator's beginning shows here, before anything is sent.
    try reader.turnPage()
    return reader
  }

  /// Ends the plugin's process at once. Calls that wait for it, and later ones, throw.
  public func stop() { source.worker.stop() }

  /// The process, shared by all passes.
  private final class Source: Sendable {
    let worker: PluginWorker
    private let function: String
    private let passes = Atomic(0)

    init(_ launch: PluginWorker.Launch) throws {
      worker = try PluginWorker(launch)
      function = try worker.waitUntilLoaded()
    }

    func nextPass() -> Int { passes.wrappingAdd(1, ordering: .relaxed).oldValue }

    func ask(_ action: String, pass: Int) throws -> PluginLink.Answer {
      try worker.exchangeOnce(Array(#"{"do":"\#(action)","pass":\#(pass)}"#.utf8), of: function)
    }
  }

  /// One pass.
  private final class Reader: PromptReader {
    private let source: Source
    private let pass: Int
    private var page: ArraySlice<Prompt> = []
    private var isLastPage = false

    init(_ source: Source) {
      self.source = source
      pass = source.nextPass()
    }

    deinit {
      if !isLastPage { _ = try? source.ask("close", pass: pass) }
    }

    func next() throws -> Prompt? {
      while page.isEmpty, !isLastPage { try turnPage() }
      return page.popFirst()
    }

    func turnPage() throws {
      let answer = try source.ask("next", pass: pass)
      isLastPage = answer.isLast
      page = try JSONElements.split(answer.body).map { try Self.prompt($0) }[...]
    }

    private static func prompt(_ json: ArraySlice<UInt8>) throws -> Prompt {
      guard json.first == UInt8(ascii: "\"") else { return Prompt(json: Array(json)) }
      var text: [UInt8] = []
      text.reserveCapacity(json.count)
      json.dropFirst().dropLast().withUnsafeBufferPointer { JSONString.decode($0, into: &text) }
      return Prompt(utf8: text)
    }
  }
}
