/// What becomes of the matches of a split and of the gaps between them.
enum SplitBehavior: String, Sendable {
  case removed = "Removed"
  case isolated = "Isolated"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"
}

/// A split of every piece of a text by a pattern.
struct Splitter: Sendable {
  let pattern: SplitPattern
  let behavior: SplitBehavior
  let isInverted: Bool

  func apply(
    _ pieces: UnsafeBufferPointer<SplitPiece>, of text: UTF8Bytes, tables: UnicodeTables,
    scratch: inout PatternScratch, into output: inout GrowableBuffer<SplitPiece>
  ) throws(TokenizerError) {
    if behavior == .isolated || behavior == .removed {
      let keepsMatches = behavior == .isolated || isInverted
      let keepsGaps = behavior == .isolated || !isInverted
      switch pattern {
      case .contractionWords(let scanner):
        return Self.cut(pieces, text, scanner, keepsMatches, keepsGaps, &output)
      case .casedWords(let scanner): return Self.cut(pieces, text, scanner, keepsMatches, keepsGaps, &output)
      case .gpt2(let scanner): return Self.cut(pieces, text, scanner, keepsMatches, keepsGaps, &output)
      case .deepSeek(let scanner): return Self.cut(pieces, text, scanner, keepsMatches, keepsGaps, &output)
      case .run(let scanner): return Self.cut(pieces, text, scanner, keepsMatches, keepsGaps, &output)
      case .wordRuns(let scanner): return Self.cut(pieces, text, scanner, keepsMatches, keepsGaps, &output)
      case .literal, .regex: break
      }
    }
    for piece in pieces where piece.count > 0 {
      let stretch = text.slice(Int(piece.start), Int(piece.end))
      scratch.matches.removeAll()
      try pattern.appendMatches(in: stretch, tables: tables, scratch: &scratch)
      assemble(scratch.matches.elements, piece, &output)
    }
  }

  @inline(__always)
  private static func cut(
    _ pieces: UnsafeBufferPointer<SplitPiece>, _ text: UTF8Bytes, _ scanner: some PatternScanner,
    _ keepsMatches: Bool, _ keepsGaps: Bool, _ output: inout GrowableBuffer<SplitPiece>
  ) {
    guard let bytes = text.baseAddress else { return }
    for piece in pieces {
      let end = Int(piece.end)
      var position = Int(piece.start)
      var gap = position
      while position < end {
        let match = scanner.matchEnd(bytes, at: position, start: Int(piece.start), end: end)
        if match > position {
          if keepsGaps, gap < position { output.append(SplitPiece(gap, position)) }
          if keepsMatches { output.append(SplitPiece(position, match)) }
          position = match
          gap = match
        } else {
          position += scalarLength(firstByte: bytes[position])
        }
      }
      if keepsGaps, gap < end { output.append(SplitPiece(gap, end)) }
    }
  }

  /// Appends what is left of a piece, given the matches in it, which count from its own start.
  private func assemble(
    _ matches: UnsafeBufferPointer<SplitPiece>, _ piece: SplitPiece, _ output: inout GrowableBuffer<SplitPiece>
  ) {
    let offset = Int(piece.start)
    var assembly = PieceAssembly(behavior: behavior)
    var end = 0
    for match in matches {
      if end != Int(match.start) {
        assembly.add(offset + end, offset + Int(match.start), isMatch: isInverted, &output)
      }
      assembly.add(offset + Int(match.start), offset + Int(match.end), isMatch: !isInverted, &output)
      end = Int(match.end)
    }
    if end != piece.count { assembly.add(offset + end, offset + piece.count, isMatch: isInverted, &output) }
    assembly.finish(&output)
  }
}

/// Joins matches and gaps, which come in order, as a behaviour says.
private struct PieceAssembly {
  let behavior: SplitBehavior
  private var held: SplitPiece?
  private var lastWasMatch = false

  init(behavior: SplitBehavior) { self.behavior = behavior }

  mutating func add(_ start: Int, _ end: Int, isMatch: Bool, _ output: inout GrowableBuffer<SplitPiece>) {
    let joins: Bool
    switch behavior {
    case .removed:
      if !isMatch { emit(SplitPiece(start, end), &output) }
      return
    case .isolated:
      emit(SplitPiece(start, end), &output)
      return
    case .contiguous: joins = isMatch == lastWasMatch
    case .mergedWithPrevious: joins = isMatch && !lastWasMatch
    case .mergedWithNext: joins = !isMatch && lastWasMatch
    }
    lastWasMatch = isMatch
    if joins, let before = held {
      held = SplitPiece(Int(before.start), end)
    } else {
      finish(&output)
      held = SplitPiece(start, end)
    }
  }

  mutating func finish(_ output: inout GrowableBuffer<SplitPiece>) {
    if let held { emit(held, &output) }
    held = nil
  }

  private func emit(_ piece: SplitPiece, _ output: inout GrowableBuffer<SplitPiece>) {
    if piece.count > 0 { output.append(piece) }
  }
}
