import Glibc
import LLMPerfLock
import Synchronization
import Testing

@testable import LLMPerf

struct SystemTests {
  @Test
  func `a thread runs its closure once, and may be waited for twice`() throws {
    let count = Atomic(0)
    let thread = try WorkerThread("test") { count.add(1, ordering: .relaxed) }
    thread.join()
    thread.join()
    #expect(count.load(ordering: .relaxed) == 1)
  }

  @Test
  func `a thread goes by its name, cut to what the kernel takes`() throws {
    let name = Lock("")
    let thread = try WorkerThread("llmuses-test") {
      var buffer = [UInt8](repeating: 0, count: 32)
      guard let file = fopen("/proc/thread-self/comm", "r") else { return }
      let count = fread(&buffer, 1, buffer.count, file)
      fclose(file)
      name.withLock { $0 = String(decoding: buffer[..<max(0, count - 1)], as: UTF8.self) }
    }
    thread.join()
    #expect(name.withLock { $0 } == "llmuses-test")
  }

  @Test
  func `a system error says the call and the reason`() {
    #expect("\(SystemError(2, "open"))" == "open: No such file or directory")
  }

  @Test
  func `a value that is handed over is with one side only`() {
    let handover = Handover(7)
    #expect(handover.take() == 7)
    #expect(handover.take() == nil)
    handover.give(Handover.Parcel(8))
    #expect(handover.take() == 8)
  }
}
