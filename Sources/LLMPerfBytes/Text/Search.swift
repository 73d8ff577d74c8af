// Searching for one collection in another, under the names that the standard library has for it.
//
// The standard library keeps these beside its regular expressions, all of which come into a binary with any one of them:
// 1.4 MB. Swift takes what another module declares before what that one does, so wherever this module is imported, these
// are meant. A pattern that is empty is found at the beginning of a search, and replaces or splits nothing.

extension Collection where Element: Equatable {
  /// Where `other` begins and ends for the first time; nil where it does not stand.
  @inlinable
  package func firstRange<C: Collection>(of other: C) -> Range<Index>? where C.Element == Element {
    place(of: other, from: startIndex)
  }

  /// Whether `other` stands somewhere.
  @inlinable
  package func contains<C: Collection>(_ other: C) -> Bool where C.Element == Element {
    place(of: other, from: startIndex) != nil
  }

  /// The parts between the places where `separator` stands, `maxSplits` of which count at most.
  @inlinable
  package func split<C: Collection>(
    separator: C, maxSplits: Int = .max, omittingEmptySubsequences: Bool = true
  ) -> [SubSequence] where C.Element == Element {
    var parts: [SubSequence] = []
    var splits = 0
    var start = startIndex
    func add(upTo end: Index) {
      if start < end || !omittingEmptySubsequences { parts.append(self[start..<end]) }
    }
    while splits < maxSplits, !separator.isEmpty, let range = place(of: separator, from: start) {
      if start < range.lowerBound || !omittingEmptySubsequences { splits += 1 }
      add(upTo: range.lowerBound)
      start = range.upperBound
    }
    add(upTo: endIndex)
    return parts
  }

  /// Where `other` stands for the first time from `start` on.
  @inlinable
  package func place<C: Collection>(of other: C, from start: Index) -> Range<Index>? where C.Element == Element {
    var start = start
    while true {
      if let end = end(of: other, from: start) { return start..<end }
      guard start < endIndex else { return nil }
      formIndex(after: &start)
    }
  }

  /// The end of `other` where it stands at `start`.
  @inlinable
  package func end<C: Collection>(of other: C, from start: Index) -> Index? where C.Element == Element {
    var place = start
    for element in other {
      guard place < endIndex, self[place] == element else { return nil }
      formIndex(after: &place)
    }
    return place
  }
}

extension BidirectionalCollection where Element: Comparable {
  /// Where `other` begins and ends for the first time; nil where it does not stand.
  @inlinable
  package func firstRange<C: Collection>(of other: C) -> Range<Index>? where C.Element == Element {
    place(of: other, from: startIndex)
  }
}

extension StringProtocol {
  /// Whether `other` stands somewhere, by characters.
  package func contains(_ other: String) -> Bool { place(of: other, from: startIndex) != nil }

  /// Whether `other` stands somewhere, by characters.
  package func contains(_ other: Substring) -> Bool { place(of: other, from: startIndex) != nil }
}

extension RangeReplaceableCollection where Element: Equatable {
  /// The same with `replacement` in each place of `other`, `maxReplacements` of them at most.
  @inlinable
  package func replacing<C: Collection, R: Collection>(
    _ other: C, with replacement: R, maxReplacements: Int = .max
  ) -> Self where C.Element == Element, R.Element == Element {
    var output = Self()
    var replacements = 0
    var start = startIndex
    while replacements < maxReplacements, !other.isEmpty, let range = place(of: other, from: start) {
      output.append(contentsOf: self[start..<range.lowerBound])
      output.append(contentsOf: replacement)
      start = range.upperBound
      replacements += 1
    }
    output.append(contentsOf: self[start...])
    return output
  }
}
