import Foundation
import LLMPerfTokenizers

// TokenizerFuzz SECONDS FIXTURES [ROOT]
//
// Until the time is over: encodes random texts with every tokenizer and loads mutated tokenizer files. A crash, or a
// count that differs from the number of ids, is a failure; an error is not.

let arguments = CommandLine.arguments
guard arguments.count >= 3, let seconds = Double(arguments[1]) else {
  print("usage: TokenizerFuzz SECONDS FIXTURES [ROOT]")
  exit(2)
}
let files = FileManager.default
let fixtures = arguments[2]
var tokenizers: [(name: String, tokenizer: Tokenizer, encoder: Encoder)] = []
var seeds: [(name: String, bytes: [UInt8])] = []

@MainActor
func add(_ path: String, _ name: String) {
  do {
    let tokenizer = try Tokenizer(path: path)
    tokenizers.append((name, tokenizer, tokenizer.makeEncoder()))
  } catch {
    print("\(name): \(error)")
  }
}

for name in ["qwen-files", "small.tiktoken", "tekken.json", "bpe.model", "unigram.model", "bert"] {
  add(fixtures + "/" + name, name)
}
for name in ["small.tiktoken", "tekken.json", "bpe.model", "unigram.model", "bert/vocab.txt"] {
  if let data = files.contents(atPath: fixtures + "/" + name) {
    seeds.append((String(name.split(separator: "/").last ?? ""), Array(data)))
  }
}
let features = FeatureTokenizers.read(fixtures + "/features.jsonl")
for (name, json) in features {
  if let tokenizer = try? Tokenizer(json: json) { tokenizers.append((name, tokenizer, tokenizer.makeEncoder())) }
}
if arguments.count > 3 {
  for name in (try? files.contentsOfDirectory(atPath: arguments[3]))?.sorted() ?? [] where !name.hasPrefix(".") {
    add(arguments[3] + "/" + name, name)
  }
}
print("\(tokenizers.count) tokenizers, \(features.count + seeds.count) files")

let seed = UInt64(Date().timeIntervalSince1970)
print("seed \(seed)")
fflush(nil)
var mutation = Mutation(seed: seed)
let folder = files.temporaryDirectory.appending(path: "tokenizer-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
try files.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? files.removeItem(at: folder) }
let end = Date().addingTimeInterval(seconds)
var texts = 0
var loads = 0
var loaded = 0
var failures = 0

@MainActor
func encode(_ name: String, _ encoder: Encoder, _ text: [UInt8]) {
  texts += 1
  let ids = try? text.withUnsafeBufferPointer { try encoder.encode(utf8: $0) }
  let count = try? text.withUnsafeBufferPointer { try encoder.count(utf8: $0) }
  if ids?.count != count {
    failures += 1
    print("\(name): \(count ?? -1) counted, \(ids?.count ?? -1) encoded: \(text)")
  }
}

while Date() < end {
  let text = mutation.text()
  for _ in 0..<8 {
    let (name, _, encoder) = tokenizers[mutation.number(below: tokenizers.count)]
    encode(name, encoder, text)
  }
  loads += 1
  if mutation.number(below: 2) == 0, !features.isEmpty {
    let (name, json) = features[mutation.number(below: features.count)]
    if let tokenizer = try? Tokenizer(json: mutation.changed(json)) {
      loaded += 1
      encode(name, tokenizer.makeEncoder(), text)
    }
  } else if !seeds.isEmpty {
    let (name, bytes) = seeds[mutation.number(below: seeds.count)]
    let path = folder.appending(path: name)
    try Data(mutation.changed(bytes)).write(to: path)
    if let tokenizer = try? Tokenizer(path: path.path) {
      loaded += 1
      encode(name, tokenizer.makeEncoder(), text)
    }
  }
}
print("\(texts) texts, \(loads) mutated files of which \(loaded) loaded, \(failures) failures")
fflush(nil)
exit(failures == 0 ? 0 : 1)
