import Glibc
import Testing

@testable import LLMPerfCommands

struct ArgumentBytesTests {
  /// What is said of arguments with these bytes.
  private func fault(_ arguments: [[UInt8]]) -> String? {
    var pointers = arguments.map { bytes in
      strdup(String(repeating: "x", count: bytes.count)).map { copy in
        for (place, byte) in bytes.enumerated() { copy[place] = CChar(bitPattern: byte) }
        return copy
      }
    }
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { ArgumentBytes.fault(in: $0, count: arguments.count) }
    }
  }

  @Test
  func `an argument that is no text is named and not repaired`() throws {
    #expect(fault([Array("llmuses".utf8), Array("--prompt=Où 你好 😀".utf8), []]) == nil)
    let words = try #require(fault([Array("llmuses".utf8), Array("--prompt".utf8), [0xC4, 0xE3, 0xBA, 0xC3]]))
    #expect(words.hasPrefix("argument 2, «"))
    #expect(words.contains("is not UTF-8"))
  }
}
