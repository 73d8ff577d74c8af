/// What a process is asked to do for several items at once.
struct PluginOrder: Sendable {
  enum Action: String { case build, parse }

  /// One thing to call the plugin for.
  struct Item {
    /// What it is, as JSON.
    var json: [UInt8]
    /// Bytes that `json` describes. They are sent as they are: to escape a response for JSON and read it back would cost
    /// more than all the rest.
    var attached: [ArraySlice<UInt8>] = []

    var count: Int { attached.reduce(json.count) { $0 + $1.count } }
  }

  private(set) var json: [UInt8]
  private(set) var attached: [UInt8] = []
  private var items = 0

  private static let fewestItems = 16
  private static let mostItems = 256
  private static let mostBytes = 1 << 20

  private init(_ action: Action) {
    json = Array(#"{"do":"\#(action.rawValue)","items":["#.utf8)
  }

  /// Orders for `items`: large enough that the way there and back costs little, and enough of them for all workers.
  static func make(_ action: Action, _ items: [Item], workers: Int) -> [PluginOrder] {
    let share = (items.count + workers - 1) / workers
    let limit = min(max(share, fewestItems), mostItems)
    var orders: [PluginOrder] = []
    var order = PluginOrder(action)
    for item in items {
      if order.items == limit || order.items > 0 && order.json.count + order.attached.count + item.count > mostBytes {
        orders.append(order.closed())
        order = PluginOrder(action)
      }
      order.add(item)
    }
    return order.items > 0 ? orders + [order.closed()] : orders
  }

  private mutating func add(_ item: Item) {
    if items > 0 { json.append(UInt8(ascii: ",")) }
    json += item.json
    for bytes in item.attached { attached += bytes }
    items += 1
  }

  private func closed() -> PluginOrder {
    var order = self
    order.json += "]}".utf8
    return order
  }
}
