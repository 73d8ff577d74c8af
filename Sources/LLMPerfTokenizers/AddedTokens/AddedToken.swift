/// A token that is recognised in the text itself, before any splitting.
struct AddedToken: Sendable {
  var id: UInt32
  var content: [UInt8]
  /// Counts only between characters that are not word characters.
  var isSingleWord = false
  /// Takes the white space to its left with it.
  var stripsLeft = false
  /// Takes the white space to its right with it.
  var stripsRight = false
  /// Is looked for after normalization.
  var isNormalized = false
  /// Comes before the others where normalization makes two contents equal.
  var isSpecial = false
}

/// The added tokens of a tokenizer and the ids they get.
struct AddedVocabulary {
  private var order: [UInt32] = []
  /// By id. A content that is added again decides about the flags. It may then be looked for both before and after
  /// normalization, unless it is special once: then as it is said there.
  private var entries: [UInt32: [AddedToken]] = [:]
  private var ids: [[UInt8]: UInt32] = [:]
  private var idEnd = 0
  private let vocabularySize: Int
  private let modelID: ([UInt8]) -> UInt32?

  /// - Parameters:
  ///   - vocabularySize: the model's number of tokens.
  ///   - modelID: the model's id of a token, as it is written in the file.
  init(vocabularySize: Int, modelID: @escaping ([UInt8]) -> UInt32?) {
    self.vocabularySize = vocabularySize
    self.modelID = modelID
  }

  /// In the order in which their ids were first given.
  var tokens: [AddedToken] { order.flatMap { entries[$0] ?? [] } }

  func id(of content: [UInt8]) -> UInt32? { ids[content] ?? modelID(content) }

  /// Adds a token; its `id` is not used. It gets the model's id if it has one, else the next free one.
  mutating func add(_ token: AddedToken) {
    guard !token.content.isEmpty else { return }
    var token = token
    if let known = id(of: token.content) {
      token.id = known
    } else {
      token.id = UInt32(max(vocabularySize, idEnd))
    }
    idEnd = max(idEnd, Int(token.id) + 1)
    ids[token.content] = token.id
    var same = entries[token.id] ?? []
    if same.isEmpty { order.append(token.id) }
    if !same.contains(where: \.isSpecial) {
      if token.isSpecial { same.removeAll() }
      same.append(token)
    }
    for index in same.indices {
      same[index].isSingleWord = token.isSingleWord
      same[index].stripsLeft = token.stripsLeft
      same[index].stripsRight = token.stripsRight
    }
    entries[token.id] = same
  }
}
