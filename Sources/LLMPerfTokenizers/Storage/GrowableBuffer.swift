/// Memory for plain values that one owner fills and empties again and again.
///
/// It keeps what it has grown to between uses, so that encoding allocates nothing once it is warm. Elements are read
/// without bounds checks.
struct GrowableBuffer<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 64) {
    self.capacity = max(capacity, 1)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  var isEmpty: Bool { @inline(__always) get { count == 0 } }

  var elements: UnsafeBufferPointer<Element> {
    @inline(__always) get { UnsafeBufferPointer(start: base, count: count) }
  }

  subscript(index: Int) -> Element {
    @inline(__always) get { base[index] }
    @inline(__always) set { base[index] = newValue }
  }

  @inline(__always)
  mutating func removeAll() { count = 0 }

  @inline(__always)
  mutating func removeLast(_ removed: Int = 1) { count -= removed }

  @inline(__always)
  mutating func truncate(to newCount: Int) { count = newCount }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow(to: count + 1) }
    base[count] = element
    count += 1
  }

  @inline(__always)
  mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    guard let source = elements.baseAddress, !elements.isEmpty else { return }
    let newCount = count + elements.count
    if newCount > capacity { grow(to: newCount) }
    (base + count).update(from: source, count: elements.count)
    count = newCount
  }

  /// Makes room for `additional` elements that the caller then writes with `unsafeAppend`.
  @inline(__always)
  mutating func reserve(_ additional: Int) {
    if count + additional > capacity { grow(to: count + additional) }
  }

  /// Appends without looking at the capacity; `reserve` must have been called.
  @inline(__always)
  mutating func unsafeAppend(_ element: Element) {
    base[count] = element
    count += 1
  }

  /// Sets the count to `newCount` and every element to `value`.
  mutating func fill(_ value: Element, count newCount: Int) {
    count = 0
    reserve(newCount)
    base.update(repeating: value, count: newCount)
    count = newCount
  }

  /// Gives memory back after an unusually long text.
  mutating func shrink(above limit: Int) {
    count = 0
    guard capacity > limit else { return }
    base.deallocate()
    capacity = limit
    base = .allocate(capacity: limit)
  }

  @inline(never)
  private mutating func grow(to needed: Int) {
    let newCapacity = max(needed, capacity * 2)
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
    capacity = newCapacity
  }
}

extension Array where Element: BitwiseCopyable {
  /// An element read without a bounds check, for tables whose index is in range by construction.
  @inline(__always)
  subscript(unchecked index: Int) -> Element { span[unchecked: index] }
}
