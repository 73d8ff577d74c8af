import Foundation
import LLMPerf
import LLMPerfBytes
import Testing

/// The oracle is Foundation, whose functions have other names.
struct SearchTests {
  private static let letters = Array("ab/é\n")

  private static func text(_ length: Int, _ random: inout SplitMix64) -> String {
    String((0..<length).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] })
  }

  @Test
  func `finds, splits and replaces as Foundation does`() {
    var random = SplitMix64(seed: 3)
    for _ in 0..<2000 {
      let text = Self.text(Int.random(in: 0...12, using: &random), &random)
      let pattern = Self.text(Int.random(in: 1...3, using: &random), &random)
      #expect(text.firstRange(of: pattern) == text.range(of: pattern, options: .literal))
      #expect(text.contains(pattern) == (text.range(of: pattern, options: .literal) != nil))
      #expect(text[...].contains(pattern[...]) == text.contains(pattern))
      #expect(
        text.split(separator: pattern, omittingEmptySubsequences: false).map(String.init)
          == text.components(separatedBy: pattern))
      #expect(
        text.split(separator: pattern).map(String.init)
          == text.components(separatedBy: pattern).filter { !$0.isEmpty })
      #expect(
        text.replacing(pattern, with: "-") == text.replacingOccurrences(of: pattern, with: "-", options: .literal))
      let bytes = Array(text.utf8).firstRange(of: Array(pattern.utf8))
      let theirs = Data(text.utf8).range(of: Data(pattern.utf8))
      #expect(bytes == theirs)
    }
  }

  @Test
  func `an empty pattern stands at the beginning, and splits and replaces nothing`() {
    #expect("ab".firstRange(of: "") == "ab".startIndex..<"ab".startIndex)
    #expect("ab".contains(""))
    #expect("ab".split(separator: "") == ["ab"])
    #expect("ab".replacing("", with: "-") == "ab")
  }

  @Test
  func `stops where it is told to`() {
    #expect("a--b--c".split(separator: "--", maxSplits: 1) == ["a", "b--c"])
    #expect("a--b--c".replacing("--", with: "+", maxReplacements: 1) == "a+b--c")
  }
}
