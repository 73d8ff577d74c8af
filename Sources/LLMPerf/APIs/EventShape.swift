import Glibc

/// The JSON of one event, remembered, to read the next one quickly.
///
/// The events of a stream differ in one string mostly: the piece of text that each brings. When everything before and
/// after that string is the same, byte by byte, and the string itself is well formed, then the rest means what it meant
/// before, and only the string has to be read. That costs a tenth of scanning the whole event.
package struct EventShape: Sendable {
  private var data: ArraySlice<UInt8>
  /// The string's inside, as offsets from the start of `data`.
  private var string: Range<Int>
  /// What the remembered event meant; the meaning of its string being empty or not is the reader's affair.
  package let meaning: EventMeaning

  /// Remembers `data`, whose variable string has its inside at `string` (offsets from the data's start).
  package init(data: ArraySlice<UInt8>, string: Range<Int>, meaning: EventMeaning) {
    self.data = data
    self.string = string
    self.meaning = meaning
  }

  /// The inside of the string in `other`, as offsets from its start; nil when `other` differs elsewhere.
  package func match(_ other: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    data.withUnsafeBufferPointer { known -> Range<Int>? in
      guard let left = known.baseAddress, let right = other.baseAddress else { return nil }
      let tail = known.count - string.upperBound
      guard other.count >= string.lowerBound + tail, memcmp(left, right, string.lowerBound) == 0,
        let end = JSONString.end(in: other, from: string.lowerBound), other.count - end == tail,
        memcmp(left + string.upperBound, right + end, tail) == 0
      else { return nil }
      return string.lowerBound..<end
    }
  }
}
