/// Finds out which tokenizer a path holds, in the order in which a folder's files count.
struct TokenizerFolder {
  private let folder: String
  private let names: Set<String>
  /// The file that was given instead of a folder.
  private let onlyFile: String?

  init(path: String) throws(TokenizerError) {
    guard let isFolder = MappedFile.isFolder(path) else {
      throw TokenizerError(.unreadable, file: path, "there is no such file or folder")
    }
    if isFolder {
      folder = path
      onlyFile = nil
    } else {
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      folder = parts.count > 1 ? parts.dropLast().joined(separator: "/") + "/" : "."
      onlyFile = parts.last.map(String.init)
    }
    names = Set(MappedFile.names(in: folder))
  }

  private func path(_ name: String) -> String {
    if folder == ".", onlyFile != nil { return name }
    return folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  private func file(_ name: String) throws(TokenizerError) -> MappedFile { try MappedFile(path: path(name)) }

  private func document(ifPresent name: String) throws(TokenizerError) -> JSONDocument? {
    names.contains(name) ? try JSONDocument(file: file(name)) : nil
  }

  func load(_ options: Tokenizer.Options) throws(TokenizerError) -> LoadedTokenizer {
    let name: String
    if let onlyFile { name = onlyFile } else { name = try chosenName() }
    do throws(TokenizerError) {
      return try load(name, options)
    } catch {
      throw error.inFile(path(name))
    }
  }

  private func chosenName() throws(TokenizerError) -> String {
    if names.contains("tokenizer.json") { return "tokenizer.json" }
    if names.contains("vocab.json"), names.contains("merges.txt") { return "vocab.json" }
    if let name = names.filter({ $0.hasSuffix(".tiktoken") }).sorted().first { return name }
    for name in ["tekken.json", "tokenizer.model", "vocab.txt"] where names.contains(name) { return name }
    throw TokenizerError(
      .unreadable, file: folder,
      "the folder has none of tokenizer.json, vocab.json with merges.txt, *.tiktoken, tekken.json, tokenizer.model, "
        + "vocab.txt")
  }

  private func load(_ name: String, _ options: Tokenizer.Options) throws(TokenizerError) -> LoadedTokenizer {
    let configurationDocument = try document(ifPresent: "tokenizer_config.json")
    let configuration = TokenizerConfiguration(configurationDocument)
    var loaded: LoadedTokenizer
    var used = [name]
    if name == "vocab.json" || name == "merges.txt" {
      used = ["vocab.json", "merges.txt"]
      guard names.isSuperset(of: used) else { throw .malformed("it needs vocab.json and merges.txt side by side") }
      loaded = try VocabularyMergesFormat.load(
        vocabulary: JSONDocument(file: file("vocab.json")), merges: file("merges.txt"),
        addedTokens: document(ifPresent: "added_tokens.json"), configuration: configuration)
      if names.contains("added_tokens.json") { used.append("added_tokens.json") }
    } else {
      loaded = try load(file(name), name, configuration, options)
    }
    if configurationDocument != nil { used.append("tokenizer_config.json") }
    loaded.summary.files = used
    return loaded
  }

  private func load(
    _ file: MappedFile, _ name: String, _ configuration: TokenizerConfiguration, _ options: Tokenizer.Options
  ) throws(TokenizerError) -> LoadedTokenizer {
    let bytes = file.bytes
    if name.hasSuffix(".txt") { return try VocabularyTextFormat.load(file, configuration: configuration) }
    if let first = bytes.first(where: { ![0x20, 0x0A, 0x0D, 0x09, 0xEF, 0xBB, 0xBF].contains($0) }),
      first == UInt8(ascii: "{")
    {
      let document = try JSONDocument(file: file)
      if document.root["config"]?["default_vocab_size"] != nil { return try TekkenFormat.load(document) }
      return try TokenizerJSONFormat.load(document, configuration: configuration, options: options)
    }
    if TiktokenFormat.isRecognised(bytes) {
      return try TiktokenFormat.load(file, configuration: configuration, options: options)
    }
    if bytes[0] == 0x0A {
      var options = options
      if onlyFile != nil, options.sentencePiece == .automatic { options.sentencePiece = .plain }
      if options.sentencePiece == .automatic { options.sentencePiece = .asTransformers }
      return try SentencePieceFormat.load(bytes, configuration: configuration, options: options)
    }
    throw .malformed("it is none of the tokenizer formats that are known")
  }
}
