import LLMPerf
import Synchronization

/// Several processes that run the same file, and share its work.
final class PluginWorkers: Sendable {
  /// The file's name without its folders, for messages.
  let name: String
  private let workers: [PluginWorker]
  private let turn = Atomic(0)

  private static let fewestItems = 16
  private static let mostItems = 256
  private static let mostBytes = 1 << 20

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

  /// Has `function` of the plugin called for each of `items`, which are JSON, and returns what it answers for each.
  func call(_ action: String, of function: String, _ items: [[UInt8]]) throws -> [ArraySlice<UInt8>] {
    let orders = orders(action, items)
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
    _ orders: ArraySlice<[UInt8]>, worker index: Int, of function: String, _ answers: inout [[PluginLink.Answer]]
  ) throws {
    guard let order = orders.first, index < workers.count else { return }
    let answer = try workers[index].exchange(order, of: function) {
      try exchange(orders.dropFirst(), worker: index + 1, of: function, &answers)
    }
    answers[orders.startIndex] = answer
  }

  /// Orders for `items`: large enough that the way there and back costs little, and enough for every worker.
  private func orders(_ action: String, _ items: [[UInt8]]) -> [[UInt8]] {
    let share = (items.count + workers.count - 1) / workers.count
    let limit = min(max(share, Self.fewestItems), Self.mostItems)
    let head = Array(#"{"do":"\#(action)","items":["#.utf8)
    var orders: [[UInt8]] = []
    var order = head
    var count = 0
    for item in items {
      if count == limit || count > 0 && order.count + item.count > Self.mostBytes {
        orders.append(order + "]}".utf8)
        order = head
        count = 0
      }
      if count > 0 { order.append(UInt8(ascii: ",")) }
      order += item
      count += 1
    }
    if count > 0 { orders.append(order + "]}".utf8) }
    return orders
  }
}

/// The elements of a JSON array as the bytes that they are.
enum JSONElements {
  static func split(_ array: [UInt8]) throws(UsageError) -> [ArraySlice<UInt8>] {
    let ranges: Result<[Range<Int>], JSON.ParseError> = array.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes)
      var ranges: [Range<Int>] = []
      do throws(JSON.ParseError) {
        try scanner.enterArray()
        while try scanner.nextElement() {
          scanner.skipWhiteSpace()
          let start = scanner.offset
          try scanner.skip()
          ranges.append(start..<scanner.offset)
        }
        return .success(ranges)
      } catch {
        return .failure(error)
      }
    }
    switch ranges {
    case .success(let ranges): return ranges.map { array[$0] }
    case .failure(let error): throw UsageError("the plugin's answer is not JSON that can be used: \(error)")
    }
  }

  /// A string as JSON. `text` should be UTF-8.
  static func string(_ text: some Collection<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count + 16)
    output.append(UInt8(ascii: "\""))
    if text.withContiguousStorageIfAvailable({ JSONString.encode($0, into: &output) }) == nil {
      Array(text).withUnsafeBufferPointer { JSONString.encode($0, into: &output) }
    }
    output.append(UInt8(ascii: "\""))
    return output
  }

  /// Whether `bytes` are one JSON value, so that they can stand inside an order.
  static func isValue(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { buffer in
      var scanner = JSONScanner(buffer)
      do {
        try scanner.skip()
      } catch {
        return false
      }
      scanner.skipWhiteSpace()
      return scanner.isAtEnd
    }
  }
}
