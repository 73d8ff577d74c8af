import CLLMPerfWire
import Glibc

/// One run of a fuzzer: how long it lasts, which seed its inputs come from, how many it has tried, and what it found.
///
/// Equal seeds make equal inputs, and the seed is the first line of output. The input that is tried lies in a file: a crash
/// leaves it there.
package final class Campaign {
  package let seed: UInt64
  /// What the command line says behind the seed.
  package let operands: [String]
  package private(set) var inputs = 0

  private let name: String
  private let began = lw_monotonic()
  private let end: Int64
  private let file: Int32
  private var current: [UInt8] = []
  private var failures = 0

  /// Findings of which the input is kept; a fault that every input meets fills no disk.
  private static let mostKept = 100

  /// A campaign as the command line wants it: `NAME SECONDS SEED`, and `operands` more.
  package init(_ name: String, operands names: String...) {
    let words = CommandLine.arguments
    guard words.count == 3 + names.count, let seconds = Double(words[1]), 0..<1e6 ~= seconds,
      let seed = UInt64(words[2])
    else {
      print("usage: " + ([name, "SECONDS", "SEED"] + names).joined(separator: " "))
      exit(2)
    }
    self.name = name
    self.seed = seed
    operands = Array(words[3...])
    end = began + Int64(seconds * 1e9)
    file = open("/tmp/\(name)-\(seed).input", O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    // A connection that the other side has ended is an error of it, and not the end of the fuzzer.
    signal(SIGPIPE, SIG_IGN)
    print("\(name): seed \(seed), \(words[1]) s; the input at work is in /tmp/\(name)-\(seed).input")
    fflush(nil)
  }

  /// Whether there is time for another input.
  package var goesOn: Bool { lw_monotonic() < end }

  /// Counts an input that is about to be tried, and writes it down.
  package func tries(_ input: [UInt8]) {
    inputs += 1
    current = input
    _ = pwrite(file, input, input.count, 0)
    _ = ftruncate(file, input.count)
  }

  /// Something is wrong with the input at work.
  package func fail(_ words: String) {
    failures += 1
    print("\(name): input \(inputs) of seed \(seed): \(words)")
    guard failures <= Self.mostKept else { return }
    let path = "/tmp/\(name)-\(seed)-\(inputs).input"
    let copy = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    _ = write(copy, current, current.count)
    close(copy)
    print("  kept as \(path)")
    fflush(nil)
  }

  /// Tells how it went and ends the process: with 0 when nothing was found, or 1.
  package func finish(_ details: String) -> Never {
    unlink("/tmp/\(name)-\(seed).input")
    let seconds = Double(lw_monotonic() - began) / 1e9
    print("\(name): \(inputs) inputs in \(Int(seconds.rounded())) s (\(details)); \(failures) failures")
    fflush(nil)
    exit(failures == 0 ? 0 : 1)
  }
}
