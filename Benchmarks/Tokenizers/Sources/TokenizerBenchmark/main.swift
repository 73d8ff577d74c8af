import Foundation
import LLMPerfTokenizers

// TokenizerBenchmark PATH DOCUMENTS [ROUNDS]
//
// Counts the tokens of documents, one JSON string a line, and prints one JSON object: bytes, tokens, seconds of this
// thread's processor time for the best round, and for loading.

func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

let arguments = CommandLine.arguments
guard arguments.count >= 3 else {
  print("usage: TokenizerBenchmark PATH DOCUMENTS [ROUNDS]")
  exit(2)
}
let documents = try Data(contentsOf: URL(fileURLWithPath: arguments[2])).split(separator: 0x0A).map { line in
  Array((try JSONSerialization.jsonObject(with: line, options: .fragmentsAllowed) as? String ?? "").utf8)
}
let rounds = arguments.count > 3 ? Int(arguments[3]) ?? 3 : 3
let loadStart = processorSeconds()
let tokenizer = try Tokenizer(path: arguments[1])
let loading = processorSeconds() - loadStart
let encoder = tokenizer.makeEncoder()
var best = Double.infinity
var bestEncoding = Double.infinity
var tokens = 0
for _ in 0..<rounds {
  var start = processorSeconds()
  tokens = 0
  for document in documents {
    tokens += try document.withUnsafeBufferPointer { try encoder.count(utf8: $0, addSpecialTokens: false) }
  }
  best = min(best, processorSeconds() - start)
  start = processorSeconds()
  for document in documents {
    _ = try document.withUnsafeBufferPointer { try encoder.encode(utf8: $0, addSpecialTokens: false) }
  }
  bestEncoding = min(bestEncoding, processorSeconds() - start)
}
let bytes = documents.reduce(0) { $0 + $1.count }
print(
  """
  {"bytes": \(bytes), "tokens": \(tokens), "count": \(best), "encode": \(bestEncoding), "load": \(loading)}
  """)
