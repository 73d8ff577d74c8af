#if canImport(Glibc)
  public import Glibc
#elseif canImport(Musl)
  public import Musl
#endif

extension UnsafeBufferPointer<UInt8> {
  /// Whether the bytes at `range` are those of `word`.
  @inlinable @inline(__always)
  package func holds(_ word: StaticString, at range: Range<Int>) -> Bool {
    let count = word.utf8CodeUnitCount
    guard range.count == count, let base = baseAddress else { return false }
    return count == 0
      || base[range.lowerBound] == word.utf8Start[0] && memcmp(base + range.lowerBound, word.utf8Start, count) == 0
  }
}
