/// Hides the secrets of a run wherever its texts leave the process: it knows their values, so that a key is found also
/// where a service repeats it.
package struct Redactor: Sendable {
  /// What is looked for, the longest first: each secret as it is, and as addresses, JSON, HTML and base64 write it.
  private let forms: [Form]

  /// A shorter text stands anywhere by chance: `EMPTY` and `ollama` are given as keys where none is needed.
  private static let fewest = 6
  private static let fewestLetters = 8
  /// So much of a secret's beginning at the end of a text that was cut off is hidden, too.
  private static let fewestOfCut = 4
  private static let shortestCut = 200

  /// A redactor of `secrets`; those too short to be told from other text are left out.
  package init(_ secrets: some Sequence<String> = []) {
    let known = Set(secrets).filter(Self.isTelling)
    forms = Set(known.flatMap(Self.forms)).sorted { $0.count > $1.count }.map { Form($0) }
  }

  /// Whether there is nothing to hide.
  package var isEmpty: Bool { forms.isEmpty }

  /// `text` with `***` in place of every secret.
  package func redacted(_ text: String) -> String {
    guard !isEmpty else { return text }
    var bytes = Array(text.utf8)
    var isChanged = false
    for form in forms {
      var start = 0
      while let found = form.firstPlace(in: bytes, from: start) {
        bytes.replaceSubrange(found..<found + form.bytes.count, with: AddressSecrets.mask.utf8)
        start = found + AddressSecrets.mask.utf8.count
        isChanged = true
      }
    }
    if let end = beginning(atEndOf: bytes) {
      bytes = bytes[..<end.start] + Array(AddressSecrets.mask.utf8) + bytes[end.end...]
      isChanged = true
    }
    return isChanged ? String(decoding: bytes, as: UTF8.self) : text
  }

  /// Puts stars in the place of every secret; nothing moves.
  package func redact(_ bytes: inout [UInt8]) {
    for form in forms {
      var start = 0
      while let found = form.firstPlace(in: bytes, from: start) {
        start = found + form.bytes.count
        for place in found..<start { bytes[place] = UInt8(ascii: "*") }
      }
    }
  }

  /// Where the beginning of a secret stands at the end of a text that was cut off.
  private func beginning(atEndOf bytes: [UInt8]) -> (start: Int, end: Int)? {
    guard bytes.count >= Self.shortestCut else { return nil }
    let ellipsis = Array("…".utf8)
    let end = bytes.suffix(ellipsis.count).elementsEqual(ellipsis) ? bytes.count - ellipsis.count : bytes.count
    let most = forms.compactMap { form in
      (Self.fewestOfCut..<max(Self.fewestOfCut, min(form.bytes.count, end))).last {
        bytes[end - $0..<end].elementsEqual(form.bytes[..<$0])
      }
    }.max()
    return most.map { (end - $0, end) }
  }

  private static func isTelling(_ secret: String) -> Bool {
    let isWord = secret.allSatisfy(\.isLetter)
    return secret.utf8.count >= (isWord ? fewestLetters : fewest)
  }

  // MARK: Forms

  private static func forms(of secret: String) -> [[UInt8]] {
    let bytes = Array(secret.utf8)
    let escaped = PercentEncoding.encode(secret)
    var texts = [secret, escaped, withSmallEscapes(escaped)]
    let quoted = JSON.string(secret).description.dropFirst().dropLast()
    texts += [String(quoted), quoted.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "\\/")]
    texts.append(inHTML(secret))
    // In base64 a secret looks in three ways, by how many bytes stand in front of it.
    for alphabet in [Base64.Alphabet.standard, .url] {
      texts += (0..<3).map { base64(bytes, behind: $0, alphabet) }
    }
    return texts.map { Array($0.utf8) }.filter { $0.count >= fewest }
  }

  /// Some write the digits of an escape in lower case.
  private static func withSmallEscapes(_ text: String) -> String {
    text.split(separator: "%", omittingEmptySubsequences: false).enumerated().map { place, part in
      place == 0 ? String(part) : part.prefix(2).lowercased() + part.dropFirst(2)
    }.joined(separator: "%")
  }

  private static func inHTML(_ text: String) -> String {
    text.map { character in
      switch character {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "'": "&#39;"
      default: String(character)
      }
    }.joined()
  }

  /// The characters of base64 that depend on `bytes` alone, when `count` others stand in front of them.
  private static func base64(_ bytes: [UInt8], behind count: Int, _ alphabet: Base64.Alphabet) -> String {
    let text = Base64.encode(repeatElement(0, count: count) + bytes, alphabet).filter { $0 != "=" }
    let isShared = (count + bytes.count) % 3 != 0
    return String(text.dropFirst([0, 2, 3][count]).dropLast(isShared ? 1 : 0))
  }
}

/// One way a secret may be written, ready to be looked for (Horspool's search, which skips most of a text).
private struct Form: Sendable {
  let bytes: [UInt8]
  /// How far the search moves on when a byte stands at the end of the place looked at.
  private let steps: [Int]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var steps = [Int](repeating: bytes.count, count: 256)
    for (place, byte) in bytes.dropLast().enumerated() { steps[Int(byte)] = bytes.count - 1 - place }
    self.steps = steps
  }

  /// Where it stands first in `text` from `start` on.
  func firstPlace(in text: [UInt8], from start: Int) -> Int? {
    text.withUnsafeBufferPointer { text in
      bytes.withUnsafeBufferPointer { form in
        steps.withUnsafeBufferPointer { steps in
          let last = form.count - 1
          var end = start + last
          while end < text.count {
            var place = 0
            while place <= last, text[end - place] == form[last - place] { place += 1 }
            if place > last { return end - last }
            end += steps[Int(text[end])]
          }
          return nil
        }
      }
    }
  }
}

extension Redactor {
  /// Hides the secrets in all that a record keeps of a service's words, and of what was sent.
  package func redact(_ record: inout RequestRecord) {
    guard !isEmpty else { return }
    if case .failure(let failure) = record.ending {
      record.ending = .failure(RequestFailure(failure.code, redacted(failure.message)))
    }
    record.finishReason = record.finishReason.map { redacted($0) }
    guard var bodies = record.bodies else { return }
    record.bodies = nil
    redact(&bodies.request)
    redact(&bodies.response)
    redact(&bodies.text)
    redact(&bodies.reasoning)
    record.bodies = bodies
  }

  /// `run` without the secrets.
  package func redacted(_ run: RunDescription) -> RunDescription {
    guard !isEmpty else { return run }
    var run = run
    run.name = redacted(run.name)
    run.model = redacted(run.model)
    run.api = redacted(run.api)
    run.url = redacted(run.url)
    run.configuration = run.configuration.map { ($0.name, redacted($0.value)) }
    run.arguments = run.arguments.map { redacted($0) }
    return run
  }

  private func redacted(_ value: JSON) -> JSON {
    switch value {
    case .string(let text): .string(redacted(text))
    case .array(let elements): .array(elements.map { redacted($0) })
    case .object(let members): .object(members.map { JSON.Member($0.key, redacted($0.value)) })
    default: value
    }
  }
}
