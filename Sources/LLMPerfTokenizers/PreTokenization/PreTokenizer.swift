/// One step of cutting a text into words, or of changing the text on the way.
enum PreTokenizationStep: Sendable {
  case split(Splitter)
  /// A space in front of each piece that does not begin with one.
  case prefixSpace
  case metaspace(Metaspace)
  /// Each byte becomes its printable stand-in.
  case byteStandIns
  case scripts
  case borders(MergeBorders)
}

/// Every space becomes another character, which may also be put in front.
struct Metaspace: Sendable {
  enum Scheme: Sendable { case always, first, never }

  let replacement: [UInt8]
  let scheme: Scheme
}

/// What pre-tokenization writes on, kept from text to text.
struct PreTokenizationScratch: ~Copyable {
  fileprivate var current = GrowableBuffer<SplitPiece>(capacity: 1024)
  fileprivate var next = GrowableBuffer<SplitPiece>(capacity: 1024)
  fileprivate var text = GrowableBuffer<UInt8>(capacity: 4096)
  fileprivate var nextText = GrowableBuffer<UInt8>(capacity: 4096)
  fileprivate var matching = PatternScratch()

  /// The pieces of the last text.
  var pieces: UnsafeBufferPointer<SplitPiece> { current.elements }

  mutating func shrink() {
    current.shrink(above: 1 << 16)
    next.shrink(above: 1 << 16)
    text.shrink(above: 1 << 18)
    nextText.shrink(above: 1 << 18)
    matching.matches.shrink(above: 1 << 16)
    matching.regex.stack.shrink(above: 1 << 12)
  }
}

/// The steps of a `tokenizer.json` pre-tokenizer, sequences opened up. Each works inside the pieces of the one before.
struct PreTokenizer: Sendable {
  let steps: [PreTokenizationStep]
  /// Whether a step treats the piece that the text begins with in its own way.
  let needsOrigin: Bool

  init(steps: [PreTokenizationStep]) {
    self.steps = steps
    needsOrigin = steps.contains {
      if case .metaspace(let metaspace) = $0 { metaspace.scheme == .first } else { false }
    }
  }

  /// Cuts a text; the pieces are in `scratch`.
  ///
  /// - Parameter originEnd: how many bytes the text begins with that come from the first character of the whole input;
  ///   none if it is below 1.
  /// - Returns: the text that the pieces are of: `text`, or bytes in `scratch`.
  func apply(
    _ text: UTF8Bytes, originEnd: Int, tables: UnicodeTables, scratch: inout PreTokenizationScratch
  ) throws(TokenizerError) -> UTF8Bytes {
    var text = text
    var originEnd = originEnd
    scratch.current.removeAll()
    guard !text.isEmpty else { return text }
    scratch.current.append(SplitPiece(0, text.count))
    for step in steps {
      scratch.next.removeAll()
      switch step {
      case .split(let splitter):
        try splitter.apply(
          scratch.current.elements, of: text, tables: tables, scratch: &scratch.matching, into: &scratch.next)
      case .borders(let borders):
        borders.cut(scratch.current.elements, of: text, into: &scratch.next)
      case .scripts:
        ScriptRuns.cut(scratch.current.elements, of: text, into: &scratch.next)
      case .prefixSpace, .metaspace, .byteStandIns:
        scratch.nextText.removeAll()
        step.rewrite(
          scratch.current.elements, of: text, originEnd: &originEnd, into: &scratch.nextText, &scratch.next)
        swap(&scratch.text, &scratch.nextText)
        text = scratch.text.elements
      }
      swap(&scratch.current, &scratch.next)
    }
    return text
  }
}

extension PreTokenizationStep {
  /// Rewrites the pieces one after the other; `originEnd` is moved along.
  fileprivate func rewrite(
    _ pieces: UnsafeBufferPointer<SplitPiece>, of text: UTF8Bytes, originEnd: inout Int,
    into output: inout GrowableBuffer<UInt8>, _ outputPieces: inout GrowableBuffer<SplitPiece>
  ) {
    var newOriginEnd = 0
    for piece in pieces where piece.count > 0 {
      let isFirst = Int(piece.start) < originEnd
      let start = output.count
      appendPrefix(of: text.slice(Int(piece.start), Int(piece.end)), isFirst: isFirst, to: &output)
      var position = Int(piece.start)
      if isFirst {
        let end = min(originEnd, Int(piece.end))
        append(text.slice(position, end), to: &output)
        newOriginEnd = output.count
        position = end
      }
      append(text.slice(position, Int(piece.end)), to: &output)
      outputPieces.append(SplitPiece(start, output.count))
    }
    originEnd = newOriginEnd
  }

  /// Appends what is put in front of a piece.
  @inline(__always)
  private func appendPrefix(of piece: UTF8Bytes, isFirst: Bool, to output: inout GrowableBuffer<UInt8>) {
    switch self {
    case .prefixSpace:
      if piece[0] != 0x20 { output.append(0x20) }
    case .metaspace(let metaspace):
      let prepends = metaspace.scheme == .always || metaspace.scheme == .first && isFirst
      if prepends, piece[0] != 0x20, !piece.hasPrefix(metaspace.replacement) {
        output.append(bytes: metaspace.replacement)
      }
    case .byteStandIns, .split, .scripts, .borders: break
    }
  }

  /// Appends what a part of a piece becomes.
  @inline(__always)
  private func append(_ part: UTF8Bytes, to output: inout GrowableBuffer<UInt8>) {
    switch self {
    case .prefixSpace: output.append(contentsOf: part)
    case .metaspace(let metaspace): metaspace.append(part, to: &output)
    case .byteStandIns: ByteStandIns.shared.append(part, to: &output)
    case .split, .scripts, .borders: break
    }
  }
}

extension Metaspace {
  fileprivate func append(_ part: UTF8Bytes, to output: inout GrowableBuffer<UInt8>) {
    replacement.withUnsafeBufferPointer { replacement in
      output.reserve(part.count)
      for byte in part {
        if byte == 0x20 {
          output.append(contentsOf: replacement)
        } else {
          output.append(byte)
        }
      }
    }
  }
}

/// The UnicodeScripts pre-tokenizer: a cut where the script changes.
enum ScriptRuns {
  static func cut(
    _ pieces: UnsafeBufferPointer<SplitPiece>, of text: UTF8Bytes, into output: inout GrowableBuffer<SplitPiece>
  ) {
    guard let bytes = text.baseAddress else { return }
    let scripts = NamedProperties.shared.scripts
    for piece in pieces {
      var position = Int(piece.start)
      // What precedes the first character with a script is lost, as in the reference.
      var start = -1
      var last: UInt8 = 0
      while position < Int(piece.end) {
        let (scalar, length) = bytes.scalar(at: position)
        let script = scripts[scalar]
        if script != 0, script != last {
          if start >= 0 { output.append(SplitPiece(start, position)) }
          start = position
          last = script
        }
        position += length
      }
      if start >= 0 { output.append(SplitPiece(start, Int(piece.end))) }
    }
  }
}
