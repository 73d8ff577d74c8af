import Foundation
import LLMPerfTokenizers

// TokenizerOracle ROOT ORACLES [--show N] [NAME ...]
//
// Compares the tokenizers laid out under ROOT with the oracle files in ORACLES, line by line, and prints how many lines
// of each are equal. `features` is the name of features.jsonl.

var arguments = Array(CommandLine.arguments.dropFirst())
var shown = 3
if let option = arguments.firstIndex(of: "--show"), option + 1 < arguments.count {
  shown = Int(arguments[option + 1]) ?? shown
  arguments.removeSubrange(option...option + 1)
}
guard arguments.count >= 2 else {
  print("usage: TokenizerOracle ROOT ORACLES [--show N] [NAME ...]")
  exit(2)
}
let root = arguments[0]
let oracles = arguments[1]
let wanted = Set(arguments.dropFirst(2))

func prefixes(_ oracles: String) -> [String: ([UInt32], [UInt32])] {
  guard let data = try? Data(contentsOf: URL(fileURLWithPath: oracles + "/MANIFEST.json")),
    let manifest = try? JSONSerialization.jsonObject(with: data) as? [String: [String: Any]]
  else { return [:] }
  var known: [String: ([UInt32], [UInt32])] = [:]
  for (name, entry) in manifest {
    guard let special = entry["special_transformers_4"] as? [String: [NSNumber]] else { continue }
    known[name] = (special["prefix"]?.map(\.uint32Value) ?? [], special["suffix"]?.map(\.uint32Value) ?? [])
  }
  return known
}

var total = Tally()
let specials = prefixes(oracles)
for file in try FileManager.default.contentsOfDirectory(atPath: oracles).sorted() where file.hasSuffix(".jsonl") {
  let name = String(file.dropLast(6))
  guard wanted.isEmpty || wanted.contains(name) else { continue }
  if name == "features" {
    for feature in try FeatureFile(path: oracles + "/" + file).features {
      var tally = Tally()
      do {
        tally.compare(try Tokenizer(json: feature.json), with: feature.cases, shown: shown)
      } catch {
        tally.unequal += feature.cases.count
        print("    \(feature.name): \(error)")
      }
      if tally.unequal > 0 { print("features/\(feature.name): \(tally.equal) equal, \(tally.unequal) unequal") }
      total += tally
    }
    print("features: done")
    continue
  }
  // The oracle of a SentencePiece model is SentencePiece itself: that is what the file alone means.
  let path = root + "/" + name + (name.hasSuffix("-spm") ? "/tokenizer.model" : "")
  guard FileManager.default.fileExists(atPath: path) else {
    print("\(name): skipped: not laid out; run fetch.sh")
    continue
  }
  let start = ContinuousClock.now
  do {
    let tokenizer = try Tokenizer(path: path)
    let loading = ContinuousClock.now - start
    var tally = Tally()
    tally.compare(tokenizer, with: try OracleCase.read(oracles + "/" + file), shown: shown)
    if let special = specials[name], special != tokenizer.specialTokens, !name.hasSuffix("-spm") {
      print("    special tokens \(tokenizer.specialTokens) instead of \(special)")
      tally.unequal += 1
    }
    let pad = String(repeating: " ", count: max(1, 18 - name.count))
    print("\(name)\(pad)\(tally.equal) equal, \(tally.unequal) unequal; loaded in \(loading); \(tokenizer.summary)")
    total += tally
  } catch {
    print("\(name): cannot be loaded: \(error)")
    total.unequal += 1
  }
}
let stressPath = oracles + "/stress.json"
if wanted.isEmpty || wanted.contains("stress"), FileManager.default.fileExists(atPath: stressPath) {
  let stress = try StressFile(path: stressPath)
  for name in stress.answers.keys.sorted() where FileManager.default.fileExists(atPath: root + "/" + name) {
    let tally = try stress.check(name, Tokenizer(path: root + "/" + name), limit: 0.1)
    print("stress \(name): \(tally.equal) equal and in time, \(tally.unequal) not")
    total += tally
  }
}
print("total: \(total.equal) equal, \(total.unequal) unequal")
exit(total.unequal == 0 ? 0 : 1)
