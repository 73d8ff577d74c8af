import Glibc
import LLMPerf

/// CPU and waiting time of each of the tool's threads, from the kernel's scheduler.
struct ThreadTimes {
  private struct Times {
    var cpu: Double
    var waiting: Double
  }

  private struct Load {
    var name: String
    var first: Times
    var last: Times
    /// CPU time at the beginning of the second that runs, and the most of one second.
    var cpuOfSecond: Double
    var peak = 0.0
    /// CPU time when `processorsInUse` was last asked.
    var cpuOfRow: Double
    /// When the thread was last seen.
    var seenAt = RunInstant.start
  }

  private var secondStart = RunInstant.start
  private var loads: [String: Load] = [:]

  /// Takes the threads' times as those before the run.
  mutating func start() {
    for (id, name, times) in Self.current() {
      loads[id] = Load(name: name, first: times, last: times, cpuOfSecond: times.cpu, cpuOfRow: times.cpu)
    }
  }

  /// Looks again.
  mutating func sample(at now: RunInstant) {
    let seconds = (now - secondStart).inSeconds
    let isNewSecond = seconds >= 1
    for (id, name, times) in Self.current() {
      let none = Times(cpu: 0, waiting: 0)
      var load = loads[id] ?? Load(name: name, first: none, last: none, cpuOfSecond: 0, cpuOfRow: 0)
      load.last = times
      load.seenAt = now
      if isNewSecond {
        load.peak = max(load.peak, (times.cpu - load.cpuOfSecond) / seconds)
        load.cpuOfSecond = times.cpu
      }
      loads[id] = load
    }
    if isNewSecond { secondStart = now }
  }

  /// The processors that each thread used since the last call, `seconds` ago.
  mutating func processorsInUse(over seconds: Double) -> [(name: String, share: Double)] {
    var used: [(name: String, share: Double)] = []
    for (id, load) in loads where load.name.hasPrefix(Self.prefix) {
      used.append((Self.shortName(load.name), (load.last.cpu - load.cpuOfRow) / seconds))
      loads[id]?.cpuOfRow = load.last.cpu
    }
    return used.sorted { $0.name < $1.name }
  }

  private static let prefix = "llmuses-"

  private static func shortName(_ name: String) -> String { String(name.dropFirst(prefix.count)) }

  /// What each thread did from `start` until it was last seen: some go on after the last request has ended, and what they
  /// use then is no share of the time before.
  var threads: [ClientHealth.Thread] {
    loads.values.filter { $0.name.hasPrefix(Self.prefix) && $0.seenAt > .start }.sorted { $0.name < $1.name }.map {
      load in
      let time = (load.seenAt - .start).inSeconds
      return ClientHealth.Thread(
        name: Self.shortName(load.name), isTimed: load.name.hasPrefix("llmuses-loop"),
        cpuShare: (load.last.cpu - load.first.cpu) / time, peakCPUShare: load.peak > 0 ? load.peak : nil,
        waitShare: (load.last.waiting - load.first.waiting) / time)
    }
  }

  /// Every thread's id, name, and times by /proc/self/task/ID/schedstat: nanoseconds on a processor, and waiting for one.
  private static func current() -> [(id: String, name: String, times: Times)] {
    guard let folder = opendir("/proc/self/task") else { return [] }
    defer { closedir(folder) }
    // The process has the name of its file, and so have threads of the runtime: whatever that is, they are not the load's.
    let process = line("/proc/self/comm")
    var result: [(String, String, Times)] = []
    while let entry = readdir(folder) {
      let id = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard id.first?.isNumber == true, let name = line("/proc/self/task/\(id)/comm"), name != process,
        let fields = line("/proc/self/task/\(id)/schedstat")?.split(separator: " "), fields.count >= 2,
        let cpu = Double(fields[0]), let waiting = Double(fields[1])
      else { continue }
      result.append((id, name, Times(cpu: cpu / 1e9, waiting: waiting / 1e9)))
    }
    return result
  }

  private static func line(_ path: String) -> String? {
    guard let bytes = try? Files.read(path, option: "") else { return nil }
    return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
  }
}
