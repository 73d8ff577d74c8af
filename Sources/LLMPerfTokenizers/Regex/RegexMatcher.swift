/// What the matcher writes on, kept from text to text.
struct RegexScratch: ~Copyable {
  enum Kind: UInt8, BitwiseCopyable {
    /// Go on at an instruction and a position.
    case choice
    /// Give a run one scalar less, then go on.
    case shorten
    /// Give a lazy run one scalar more, then go on.
    case lengthen
    /// Undo a change of a slot.
    case restore
  }

  struct Entry: BitwiseCopyable {
    var kind: Kind
    var target: Int32
    var position: Int
    /// For a run: the position below which it may not shrink, or how many scalars it may still take.
    var bound: Int
  }

  var stack = GrowableBuffer<Entry>(capacity: 256)
  var slots = GrowableBuffer<Int>(capacity: 32)
  var steps = 0
}

/// Runs a program over one stretch of text; what lies outside the stretch does not exist for it.
struct RegexMatcher {
  let program: RegexProgram
  let text: UTF8Bytes
  let bytes: UnsafePointer<UInt8>
  let tables: UnicodeTables
  private let stepLimit: Int

  init?(_ program: RegexProgram, text: UTF8Bytes, tables: UnicodeTables) {
    guard let bytes = text.baseAddress else { return nil }
    self.program = program
    self.text = text
    self.bytes = bytes
    self.tables = tables
    stepLimit = 2_000_000 + 2000 * text.count
  }

  /// The first match at or after `start`.
  func firstMatch(from start: Int, scratch: inout RegexScratch) throws(TokenizerError) -> Range<Int>? {
    var position = start
    while position <= text.count {
      if let first = program.firstScalars {
        while position < text.count {
          let (scalar, length) = bytes.scalar(at: position)
          if first.contains(scalar) { break }
          position += length
        }
        if position == text.count { return nil }
      }
      scratch.slots.fill(-1, count: program.slotCount)
      scratch.stack.removeAll()
      if let end = try run(0, from: position, mustEnd: nil, scratch: &scratch) { return position..<end }
      if position == text.count { break }
      position += scalarLength(firstByte: bytes[position])
    }
    return nil
  }

  /// Runs from an instruction to the next `match`.
  ///
  /// - Returns: where the match ends, or nil. The stack is as it was.
  func run(
    _ start: Int, from position: Int, mustEnd: Int?, scratch: inout RegexScratch
  ) throws(TokenizerError) -> Int? {
    let floor = scratch.stack.count
    var instruction = start
    var position = position
    while true {
      scratch.steps += 1
      guard scratch.steps < stepLimit else {
        throw .unencodable("the tokenizer's regular expression takes too many steps on this text")
      }
      var fails = false
      switch program.instructions[instruction] {
      case .set(let number):
        if position < text.count {
          let (scalar, length) = bytes.scalar(at: position)
          fails = !program.sets[number].contains(scalar)
          position += length
          instruction += 1
        } else {
          fails = true
        }
      case .run(let number, let min, let max, let greed):
        if let end = take(program.sets[number], min: min, max: max, greed, instruction, position, &scratch) {
          position = end
          instruction += 1
        } else {
          fails = true
        }
      case .split(let first, let second):
        scratch.stack.append(.init(kind: .choice, target: Int32(second), position: position, bound: 0))
        instruction = first
      case .jump(let target): instruction = target
      case .save(let slot), .mark(let slot):
        scratch.stack.append(.init(kind: .restore, target: Int32(slot), position: scratch.slots[slot], bound: 0))
        scratch.slots[slot] = position
        instruction += 1
      case .exitIfEmpty(let slot, let exit):
        instruction = scratch.slots[slot] == position ? exit : instruction + 1
      case .assertion(let assertion):
        fails = !holds(assertion, at: position)
        instruction += 1
      case .look(let ahead, let negative, let min, let max, let body, let next):
        let found =
          if ahead {
            try run(body, from: position, mustEnd: nil, scratch: &scratch) != nil
          } else {
            try endsHere(body, min: min, max: max, at: position, scratch: &scratch)
          }
        fails = found == negative
        instruction = next
      case .atomic(let body, let next):
        if let end = try run(body, from: position, mustEnd: nil, scratch: &scratch) {
          position = end
          instruction = next
        } else {
          fails = true
        }
      case .backReference(let index):
        if let end = repeated(scratch.slots[2 * index], scratch.slots[2 * index + 1], at: position) {
          position = end
          instruction += 1
        } else {
          fails = true
        }
      case .graphemeCluster:
        fails = position == text.count
        position = GraphemeClusters.end(in: text, from: position, tables: tables)
        instruction += 1
      case .match:
        if mustEnd == nil || mustEnd == position {
          scratch.stack.truncate(to: floor)
          return position
        }
        fails = true
      }
      if fails {
        guard let resumed = backtrack(to: floor, &scratch) else { return nil }
        (instruction, position) = resumed
      }
    }
  }

  /// Takes the last open choice.
  private func backtrack(to floor: Int, _ scratch: inout RegexScratch) -> (instruction: Int, position: Int)? {
    while scratch.stack.count > floor {
      var entry = scratch.stack[scratch.stack.count - 1]
      scratch.stack.removeLast()
      switch entry.kind {
      case .restore:
        scratch.slots[Int(entry.target)] = entry.position
      case .choice:
        return (Int(entry.target), entry.position)
      case .shorten:
        entry.position = bytes.scalarStart(before: entry.position)
        if entry.position > entry.bound { scratch.stack.append(entry) }
        return (Int(entry.target), entry.position)
      case .lengthen:
        guard position(entry.position, isIn: Int(entry.target) - 1) else { continue }
        entry.position += scalarLength(firstByte: bytes[entry.position])
        entry.bound -= 1
        if entry.bound > 0 { scratch.stack.append(entry) }
        return (Int(entry.target), entry.position)
      }
    }
    return nil
  }

  private func position(_ position: Int, isIn run: Int) -> Bool {
    guard position < text.count, case .run(let set, _, _, _) = program.instructions[run] else { return false }
    return program.sets[set].contains(bytes.scalar(at: position).value)
  }

  private func take(
    _ set: CharacterSet, min: Int, max: Int, _ greed: RegexNode.Greed, _ instruction: Int, _ start: Int,
    _ scratch: inout RegexScratch
  ) -> Int? {
    var position = start
    var taken = 0
    var least = start
    let wanted = greed == .lazy ? min : max
    while taken < wanted, position < text.count {
      let (scalar, length) = bytes.scalar(at: position)
      guard set.contains(scalar) else { break }
      position += length
      taken += 1
      if taken == min { least = position }
    }
    guard taken >= min else { return nil }
    scratch.steps += taken
    switch greed {
    case .greedy where position > least:
      scratch.stack.append(
        .init(kind: .shorten, target: Int32(instruction + 1), position: position, bound: least))
    case .lazy where max > min:
      scratch.stack.append(
        .init(kind: .lengthen, target: Int32(instruction + 1), position: position, bound: max - min))
    default: break
    }
    return position
  }

  /// Whether the body of a look-behind matches up to `end`.
  private func endsHere(
    _ body: Int, min: Int, max: Int, at end: Int, scratch: inout RegexScratch
  ) throws(TokenizerError) -> Bool {
    var start = end
    var taken = 0
    while taken <= max {
      if taken >= min, try run(body, from: start, mustEnd: end, scratch: &scratch) != nil { return true }
      if start == 0 { return false }
      start = bytes.scalarStart(before: start)
      taken += 1
    }
    return false
  }

  private func repeated(_ start: Int, _ end: Int, at position: Int) -> Int? {
    guard start >= 0, end >= start, position + end - start <= text.count else { return nil }
    for offset in 0..<end - start where bytes[start + offset] != bytes[position + offset] { return nil }
    return position + end - start
  }

  private func holds(_ assertion: RegexNode.Assertion, at position: Int) -> Bool {
    switch assertion {
    case .textStart: position == 0
    case .textEnd: position == text.count
    case .textEndBeforeNewline: position == text.count || position == text.count - 1 && bytes[position] == 0x0A
    case .lineStart: position == 0 || position < text.count && bytes[position - 1] == 0x0A
    case .lineEnd: position == text.count || bytes[position] == 0x0A
    case .wordBoundary: isWord(before: position) != isWord(at: position)
    case .notWordBoundary: isWord(before: position) == isWord(at: position)
    }
  }

  private func isWord(at position: Int) -> Bool {
    position < text.count && tables.classes(of: bytes.scalar(at: position).value).meets(.word)
  }

  private func isWord(before position: Int) -> Bool {
    position > 0 && isWord(at: bytes.scalarStart(before: position))
  }
}
