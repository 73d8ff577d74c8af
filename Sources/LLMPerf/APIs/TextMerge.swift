/// Puts pieces of text together that a service sends either as they come or each with all text before it.
///
/// A service is believed to do what it was asked for until its pieces say otherwise: cumulative text shows when two
/// pieces in a row begin with the whole piece before them, incremental text when one does not.
package struct TextMerge: Sendable {
  private enum Mode { case incremental, maybeCumulative, cumulative }

  private var mode: Mode?
  private var previous: [UInt8] = []

  package init() {}

  /// Adds `piece` to `text`, which belongs to this merge alone.
  ///
  /// - Parameter asked: Whether incremental pieces were asked for.
  /// - Returns: Whether the piece brought anything new.
  package mutating func add(_ piece: [UInt8], to text: inout [UInt8], askedIncremental asked: Bool) -> Bool {
    guard !piece.isEmpty else { return false }
    guard let mode else {
      mode = asked ? .incremental : .cumulative
      previous = piece
      text += piece
      return true
    }
    let continues = piece.starts(with: previous)
    let grows = continues && piece.count > previous.count
    switch mode {
    case .cumulative where continues: return extend(piece, &text)
    // One piece may begin like the one before by chance; two in a row, or a long one, do not.
    case .maybeCumulative where grows, .incremental where grows && previous.count >= 16 && text.count == previous.count:
      self.mode = .cumulative
      return extend(piece, &text, replacing: true)
    case .incremental where grows && text.count == previous.count: self.mode = .maybeCumulative
    case .cumulative, .maybeCumulative: self.mode = .incremental
    case .incremental: break
    }
    previous = piece
    text += piece
    return true
  }

  private mutating func extend(_ piece: [UInt8], _ text: inout [UInt8], replacing: Bool = false) -> Bool {
    let isNew = piece.count > previous.count
    if replacing { text = piece } else { text += piece[previous.count...] }
    previous = piece
    return isNew
  }
}

/// The merges of visible and of reasoning output of one response. An array: small enough to be kept without an allocation
/// for each piece.
private struct OutputMerges: Sendable {
  private var merges = [TextMerge(), TextMerge()]

  mutating func add(text piece: [UInt8], to text: inout [UInt8], _ asked: Bool) -> Bool {
    merges[0].add(piece, to: &text, askedIncremental: asked)
  }

  mutating func add(reasoning piece: [UInt8], to text: inout [UInt8], _ asked: Bool) -> Bool {
    merges[1].add(piece, to: &text, askedIncremental: asked)
  }
}

extension ResponseReading {
  /// Adds a piece of visible output, of which the service may repeat what it sent before.
  ///
  /// - Returns: Whether the piece brought anything new.
  mutating func merge(text piece: [UInt8], askedIncremental asked: Bool) -> Bool {
    withState(OutputMerges()) { $0.add(text: piece, to: &$1.text, asked) }
  }

  /// The same for reasoning output.
  mutating func merge(reasoning piece: [UInt8], askedIncremental asked: Bool) -> Bool {
    withState(OutputMerges()) { $0.add(reasoning: piece, to: &$1.reasoning, asked) }
  }
}
