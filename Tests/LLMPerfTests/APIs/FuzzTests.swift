import Foundation
import LLMPerf
import LLMPerfTesting
import Testing

/// Bytes of no protocol: whatever a service sends, reading it ends with a record.
struct FuzzTests {
  /// How often the whole set is mutated; `LLMUSES_FUZZ_ROUNDS` asks for more.
  static let rounds = 1

  @Test(arguments: Plugins.builtIn.apis.map(\.name))
  func `reads mutated responses to their end`(api: String) throws {
    var random = SplitMix(seed: 20_240_517)
    let captures = Capture.all.filter { $0.response.status == 200 && !$0.response.body.isEmpty }
    let plugins = try [
      Plugins.builtIn.makeAPI(api, APIOptions(model: "m")),
      Plugins.builtIn.makeAPI(api, APIOptions(model: "m", path: "/api/paas/v3/model-api/m/sse-invoke", template: "{}")),
      DeclarativeAPI(spec: JSON(DeclarativeSpecTests.good), APIOptions(model: "m")),
    ]
    for _ in 0..<FuzzRounds.count(default: Self.rounds) {
      for capture in captures {
        var response = capture.response
        response.headers = []
        response.isComplete = random.next() % 2 == 0
        for _ in 0..<Int(1 + random.next() % 8) { mutate(&response.body, &random) }
        for plugin in plugins {
          let seen = try ResponseObservation(of: response, by: plugin)
          #expect(seen.tokenOffsets.allSatisfy { $0 <= response.body.count })
        }
        if let json = try? JSON(parsing: response.body) {
          #expect(throws: Never.self) { try JSON(parsing: json.utf8()) }
        }
      }
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    guard !bytes.isEmpty else { return }
    let place = Int(random.next() % UInt64(bytes.count))
    let end = min(bytes.count, place + Int(random.next() % 24))
    let marks: [UInt8] = [0, 0x0A, 0x0D, 0x22, 0x5C, 0x7B, 0x7D, 0x5B, 0x5D, 0x3A, 0x2C, 0x20, 0x75, 0xFF, 0xED]
    switch random.next() % 6 {
    case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
    case 1: bytes[place] = marks[Int(random.next() % UInt64(marks.count))]
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 4: bytes.insert(marks[Int(random.next() % UInt64(marks.count))], at: place)
    default: bytes.removeSubrange(place...)
    }
  }
}

/// A small generator with a seed (Steele, Lea and Flood: SplitMix64).
private struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}

private enum FuzzRounds {
  static func count(default rounds: Int) -> Int {
    ProcessInfo.processInfo.environment["LLMUSES_FUZZ_ROUNDS"].flatMap { Int($0) } ?? rounds
  }
}
