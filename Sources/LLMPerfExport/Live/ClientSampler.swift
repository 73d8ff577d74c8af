import CLLMPerfWire
import Glibc

/// How much of the machine the load generator itself uses: sampled now and then, from the kernel's own counts.
struct ClientSampler {
  /// One reading.
  struct Sample: Sendable, Hashable {
    /// CPU time of this process since the last sample ÷ (time passed × processors), 0 to 1.
    var processShare: Double
    /// The same of the whole machine; nil where `/proc/stat` cannot be read.
    var machineShare: Double?
    /// Resident memory of this process in bytes.
    var residentBytes: Int
    /// CPU time of this process so far, in seconds.
    var cpuSeconds: Double
  }

  private var wall = lw_monotonic()
  private var cpu = lw_process_cpu_time()
  private var machine = Self.machineTimes()
  private var last: Sample?
  private let processors = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// The reading since the last one.
  mutating func sample() -> Sample {
    let (now, used) = (lw_monotonic(), lw_process_cpu_time())
    // A share of an instant says nothing; the kernel's own ticks are 10 ms long.
    if let last, now - wall < 200_000_000 { return last }
    let passed = max(1, now - wall) * Int64(processors)
    let times = Self.machineTimes()
    var machineShare: Double?
    if let times, let before = machine, times.total > before.total {
      machineShare = Double(times.busy - before.busy) / Double(times.total - before.total)
    }
    defer { (wall, cpu, machine) = (now, used, times) }
    let sample = Sample(
      processShare: min(1, Double(used - cpu) / Double(passed)), machineShare: machineShare,
      residentBytes: Int(lw_resident_memory()), cpuSeconds: Double(used) / 1e9)
    last = sample
    return sample
  }

  /// Busy and total ticks of all processors since the machine started.
  private static func machineTimes() -> (busy: Int, total: Int)? {
    guard let file = fopen("/proc/stat", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let ticks = text.split(whereSeparator: \.isWhitespace).dropFirst().prefix(8).compactMap { Int($0) }
    guard ticks.count >= 5 else { return nil }
    let total = ticks.reduce(0, +)
    // Fields 4 and 5 are idle time and time that waits for a disk.
    return (total - ticks[3] - ticks[4], total)
  }
}
