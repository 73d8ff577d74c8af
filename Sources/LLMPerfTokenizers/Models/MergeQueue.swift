/// The next merge: a priority queue for keys that mostly arrive in runs of ascending order.
///
/// In repetitive text, where words are long, new candidates come in a few interleaved ascending runs, which need no
/// heap. What fits in no run goes to one.
struct MergeQueue: ~Copyable {
  private static let none = UInt64.max

  private struct Run: ~Copyable {
    var keys = GrowableBuffer<UInt64>(capacity: 64)
    var head = 0
    @inline(__always)
    var first: UInt64 { head < keys.count ? keys[head] : none }
  }

  private var first = Run()
  private var second = Run()
  private var third = Run()
  private var fourth = Run()
  private var heap = GrowableBuffer<UInt64>(capacity: 64)

  mutating func removeAll() {
    Self.clear(&first)
    Self.clear(&second)
    Self.clear(&third)
    Self.clear(&fourth)
    heap.shrink(above: 1 << 16)
  }

  private static func clear(_ run: inout Run) {
    run.keys.shrink(above: 1 << 16)
    run.head = 0
  }

  mutating func push(_ key: UInt64) {
    if Self.push(key, to: &first) || Self.push(key, to: &second) || Self.push(key, to: &third)
      || Self.push(key, to: &fourth)
    {
      return
    }
    heap.append(key)
    siftUp()
  }

  @inline(__always)
  private static func push(_ key: UInt64, to run: inout Run) -> Bool {
    if run.head == run.keys.count {
      run.keys.removeAll()
      run.head = 0
    } else if run.keys[run.keys.count - 1] > key {
      return false
    }
    run.keys.append(key)
    return true
  }

  /// Removes and returns the smallest key; nil if there is none.
  mutating func pop() -> UInt64? {
    let keys = (first.first, second.first, third.first, fourth.first)
    let smallest = min(min(keys.0, keys.1), min(keys.2, keys.3))
    if !heap.isEmpty, heap[0] < smallest { return popHeap() }
    if smallest == Self.none { return nil }
    if keys.0 == smallest {
      first.head += 1
    } else if keys.1 == smallest {
      second.head += 1
    } else if keys.2 == smallest {
      third.head += 1
    } else {
      fourth.head += 1
    }
    return smallest
  }

  private mutating func siftUp() {
    var child = heap.count - 1
    let key = heap[child]
    while child > 0 {
      let parent = (child - 1) / 2
      if heap[parent] <= key { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = key
  }

  private mutating func popHeap() -> UInt64 {
    let top = heap[0]
    let key = heap[heap.count - 1]
    heap.removeLast()
    if heap.isEmpty { return top }
    var parent = 0
    while true {
      var child = 2 * parent + 1
      if child >= heap.count { break }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      if heap[child] >= key { break }
      heap[parent] = heap[child]
      parent = child
    }
    heap[parent] = key
    return top
  }
}
