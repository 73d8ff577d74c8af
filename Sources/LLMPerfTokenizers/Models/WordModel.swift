/// A model that turns one word, as the pre-tokenizer cut it, into token ids.
protocol WordModel: Sendable {
  /// Whether looking words up in the cache is worth it and right.
  var usesCache: Bool { get }

  /// Writes the ids of a word to `scratch.output`, which is empty. The word is not.
  func encode(_ word: UTF8Bytes, scratch: inout ModelScratch) throws(TokenizerError)
}

/// Collects ids, or only counts them.
struct TokenSink: ~Copyable {
  var ids = GrowableBuffer<UInt32>(capacity: 1024)
  var count = 0
  var keepsIDs = true

  mutating func begin(keepsIDs: Bool) {
    ids.shrink(above: 1 << 18)
    count = 0
    self.keepsIDs = keepsIDs
  }

  @inline(__always)
  mutating func append(_ id: UInt32) {
    count += 1
    if keepsIDs { ids.append(id) }
  }

  @inline(__always)
  mutating func append(contentsOf more: UnsafeBufferPointer<UInt32>) {
    count += more.count
    if keepsIDs { ids.append(contentsOf: more) }
  }
}

/// The words of a section, through the cache and the model.
enum WordEncoding {
  @inline(__always)
  static func encode(
    _ pieces: UnsafeBufferPointer<SplitPiece>, of text: UTF8Bytes, with model: some WordModel,
    cache: inout WordCache, scratch: inout ModelScratch, to sink: inout TokenSink
  ) throws(TokenizerError) {
    guard let bytes = text.baseAddress else { return }
    let usesCache = model.usesCache
    for piece in pieces {
      let start = Int(piece.start)
      let length = piece.count
      if usesCache, length <= WordCache.longestWord {
        let key = WordCache.key(bytes, start, length, limit: text.count)
        let slot = WordCache.slot(key, length)
        if cache.append(slot: slot, key, length, to: &sink) { continue }
        scratch.output.removeAll()
        try model.encode(text.slice(start, start + length), scratch: &scratch)
        cache.store(slot: slot, key, length, scratch.output.elements)
      } else {
        scratch.output.removeAll()
        try model.encode(text.slice(start, start + length), scratch: &scratch)
      }
      sink.append(contentsOf: scratch.output.elements)
    }
  }
}

/// The ids of short words that were seen before: one place per hash, of fixed size, for one worker.
struct WordCache: ~Copyable {
  static let longestWord = 16
  static let mostTokens = 6
  private static let slotBits: UInt64 = 15

  typealias Key = (low: UInt64, high: UInt64)

  // Not private: the compiler cannot emit a buffer of a private type that another file destroys.
  struct Slot: BitwiseCopyable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    /// The word's length, and the number of its tokens in the upper half; 0 is an empty slot.
    var lengths: UInt32 = 0
    var ids: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0, 0, 0)
  }

  private var slots = GrowableBuffer<Slot>(capacity: 1 << Int(slotBits))

  init() { slots.fill(Slot(), count: 1 << Int(Self.slotBits)) }

  /// A word's bytes as two integers.
  @inline(__always)
  static func key(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ length: Int, limit: Int) -> Key {
    if start + 16 <= limit {
      let low = bytes.eightBytes(at: start)
      if length <= 8 { return (low & (~0 >> UInt64(64 - 8 * length)), 0) }
      return (low, bytes.eightBytes(at: start + 8) & (~0 >> UInt64(128 - 8 * length)))
    }
    var key: Key = (0, 0)
    for offset in 0..<min(length, 8) { key.low |= UInt64(bytes[start + offset]) << UInt64(8 * offset) }
    for offset in min(length, 8)..<length { key.high |= UInt64(bytes[start + offset]) << UInt64(8 * offset - 64) }
    return key
  }

  @inline(__always)
  static func slot(_ key: Key, _ length: Int) -> Int {
    let hash = (key.low &* 0x9E37_79B9_7F4A_7C15) ^ ((key.high &+ UInt64(length)) &* 0xC2B2_AE3D_27D4_EB4F)
    let mixed = (hash ^ hash >> 32) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> (64 - slotBits))
  }

  /// Appends the word's ids to `sink` if they are known.
  @inline(__always)
  func append(slot: Int, _ key: Key, _ length: Int, to sink: inout TokenSink) -> Bool {
    let entry = slots.base + slot
    guard entry.pointee.low == key.low, entry.pointee.high == key.high,
      entry.pointee.lengths & 0xFFFF == UInt32(length)
    else { return false }
    let count = Int(entry.pointee.lengths >> 16)
    sink.count += count
    guard sink.keepsIDs else { return true }
    sink.ids.reserve(Self.mostTokens)
    let ids = entry.pointee.ids
    let target = sink.ids.base + sink.ids.count
    target[0] = ids.0
    if count > 1 {
      target[1] = ids.1
      target[2] = ids.2
      target[3] = ids.3
      target[4] = ids.4
      target[5] = ids.5
    }
    sink.ids.truncate(to: sink.ids.count + count)
    return true
  }

  @inline(__always)
  mutating func store(slot: Int, _ key: Key, _ length: Int, _ ids: UnsafeBufferPointer<UInt32>) {
    guard ids.count <= Self.mostTokens, !ids.isEmpty else { return }
    func id(_ index: Int) -> UInt32 { index < ids.count ? ids[index] : 0 }
    slots[slot] = Slot(
      low: key.low, high: key.high, lengths: UInt32(length) | UInt32(ids.count) << 16,
      ids: (id(0), id(1), id(2), id(3), id(4), id(5)))
  }
}
