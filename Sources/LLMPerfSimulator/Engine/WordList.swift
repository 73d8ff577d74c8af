/// The words that the simulated model says: one a token, each with a blank in front of it, none that JSON must escape.
struct WordList {
  static let size = 256

  private let bytes: [UInt8]
  private let ends: [Int]

  init() {
    let heads = ["", "s", "tr", "pl", "m", "n", "gr", "v"]
    let middles = ["ato", "ene", "iri", "olu", "ume", "aro", "edi", "ila"]
    let tails = ["", "n", "s", "ta"]
    var bytes: [UInt8] = []
    var ends: [Int] = []
    for head in heads {
      for middle in middles {
        for tail in tails {
          bytes.append(contentsOf: " \(head)\(middle)\(tail)".utf8)
          ends.append(bytes.count)
        }
      }
    }
    self.bytes = bytes
    self.ends = ends
  }

  /// Appends the tokens of `range` of an answer whose words are chosen by `key`. The first token has no blank.
  func append(_ range: Range<Int>, key: Int, to output: inout [UInt8]) {
    bytes.withUnsafeBufferPointer { bytes in
      for position in range {
        let word = (key &+ position &* 37) & (WordList.size - 1)
        let start = word == 0 ? 0 : ends[word - 1]
        let first = position == 0 ? start + 1 : start
        output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[first..<ends[word]]))
      }
    }
  }

  /// The tokens of `range` as a text.
  func text(_ range: Range<Int>, key: Int) -> String {
    var output: [UInt8] = []
    append(range, key: key, to: &output)
    return String(decoding: output, as: UTF8.self)
  }
}
