import LLMPerf
import Synchronization

/// Several processes that run the same file, and share its work.
final class PluginWorkers: Sendable {
  /// The file's name without its folders, for messages.
  let name: String
  private let workers: [PluginWorker]
  private let turn = Atomic(0)

  /// Starts `count` workers and waits until all have loaded the file.
  init(_ launch: PluginWorker.Launch, count: Int) throws {
    name = launch.name
    workers = try (0..<count).map { _ in try PluginWorker(launch) }
    for worker in workers { try worker.waitUntilLoaded() }
  }

  deinit {
    // All end side by side; each is waited for when it goes.
    for worker in workers { worker.finish() }
  }

  /// Ends the processes at once, with the calls that wait for them.
  func stop() {
    for worker in workers { worker.stop() }
  }

  /// Has `function` of the plugin called for each of `items`, and returns what it answers for each.
  func call(
    _ action: PluginOrder.Action, of function: String, _ items: [PluginOrder.Item]
  ) throws -> [ArraySlice<UInt8>] {
    let orders = PluginOrder.make(action, items, workers: workers.count)
    var answers = [[PluginLink.Answer]](repeating: [], count: orders.count)
    if orders.count == 1 {
      let next = turn.wrappingAdd(1, ordering: .relaxed).oldValue
      answers[0] = try workers[next % workers.count].exchange(orders[0], of: function)
    } else {
      for start in stride(from: 0, to: orders.count, by: workers.count) {
        try exchange(orders[start...], worker: 0, of: function, &answers)
      }
    }
    let results = try answers.flatMap { try $0.flatMap { try JSONElements.split($0.body) } }
    guard results.count == items.count else {
      throw UsageError("\(name): \(function) was called for \(items.count) items and gave \(results.count) answers")
    }
    return results
  }

  /// Gives one order to each worker from `index` on before it waits for the first answer. Workers are taken in ascending
  /// order, so that two threads that do this cannot wait for each other.
  private func exchange(
    _ orders: ArraySlice<PluginOrder>, worker index: Int, of function: String, _ answers: inout [[PluginLink.Answer]]
  ) throws {
    guard let order = orders.first, index < workers.count else { return }
    let answer = try workers[index].exchange(order, of: function) {
      try exchange(orders.dropFirst(), worker: index + 1, of: function, &answers)
    }
    answers[orders.startIndex] = answer
  }
}
