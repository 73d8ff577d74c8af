/// Places the nodes of a `ByteTrie`.
struct ByteTrieBuilder {
  private(set) var units: [UInt64] = []
  /// Per block of 256 units: which are free, and which bases in the block are free.
  private var free: [Bits256] = []
  private var freeBases: [Bits256] = []
  private var open: [Int] = []

  /// - Parameter order: the positions of the keys that count, in the order of the keys.
  mutating func build(_ keys: ByteStrings, order: [UInt32], _ values: [UInt32]) -> Int {
    addBlock()
    // Base 0 belongs to nobody, so that a leaf, whose base is 0, has no children.
    freeBases[0].remove(0)
    struct Pending {
      var slot: Int
      var low: Int
      var high: Int
      var depth: Int
    }
    var root = 0
    var pending = [Pending(slot: -1, low: 0, high: order.count, depth: 0)]
    var labels: [UInt8] = []
    var starts: [Int] = []
    while let node = pending.popLast() {
      var low = node.low
      if node.slot >= 0, keys.count(of: Int(order[low])) == node.depth {
        units[node.slot] |= UInt64(values[Int(order[low])] + 1) << 9
        low += 1
      }
      if low == node.high { continue }
      labels.removeAll(keepingCapacity: true)
      starts.removeAll(keepingCapacity: true)
      for index in low..<node.high {
        let label = keys.byte(Int(order[unchecked: index]), node.depth)
        if labels.last != label {
          labels.append(label)
          starts.append(index)
        }
      }
      let base = place(labels)
      if node.slot < 0 { root = base } else { units[node.slot] |= UInt64(base) << 32 }
      for (number, label) in labels.enumerated() {
        let slot = base ^ Int(label)
        units[slot] = 0x100 | UInt64(label)
        let high = number + 1 < starts.count ? starts[number + 1] : node.high
        pending.append(Pending(slot: slot, low: starts[number], high: high, depth: node.depth + 1))
      }
    }
    return root
  }

  private mutating func addBlock() {
    open.append(free.count)
    free.append(Bits256(all: true))
    freeBases.append(Bits256(all: true))
    units.append(contentsOf: repeatElement(0, count: 256))
  }

  private mutating func place(_ labels: [UInt8]) -> Int {
    while true {
      for attempt in 0..<min(open.count, 24) {
        let block = open[open.count - 1 - attempt]
        var candidates = freeBases[block]
        for label in labels { candidates.formIntersection(free[block].exchanged(by: label)) }
        guard let offset = candidates.first else { continue }
        freeBases[block].remove(offset)
        for label in labels { free[block].remove(offset ^ label) }
        if free[block].isEmpty || freeBases[block].isEmpty { open.removeAll { $0 == block } }
        return block << 8 | Int(offset)
      }
      addBlock()
    }
  }
}
