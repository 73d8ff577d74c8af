import LLMPerfWire

/// The control group that the tool runs in: how many processors it allows, and for how long it stopped us.
final class ControlGroup {
  private let folders: [String]
  private var throttledAtStart = 0.0

  init() {
    var folders: [String] = []
    let membership = (try? Files.read("/proc/self/cgroup", option: "")) ?? []
    for line in String(decoding: membership, as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      if fields[1].isEmpty { folders.append("/sys/fs/cgroup\(fields[2])") }
      if fields[1].split(separator: ",").contains("cpu") {
        folders += ["/sys/fs/cgroup/\(fields[1])\(fields[2])", "/sys/fs/cgroup/cpu\(fields[2])"]
      }
    }
    self.folders = folders
  }

  /// Processors that this process may use: by its affinity and by its control group.
  static var processors: Double {
    let affinity = Double(ProcessLimits.processors)
    return min(affinity, ControlGroup().processorCount ?? affinity)
  }

  /// Takes the throttled time as that before the run.
  func start() {
    throttledAtStart = throttledTotal ?? 0
  }

  /// Seconds for which the group stopped us since `start()`; nil where the kernel does not tell.
  var throttledTime: Double? { throttledTotal.map { $0 - throttledAtStart } }

  /// Processors' worth of time that the group allows; nil without a limit.
  var processorCount: Double? {
    for folder in folders {
      if let words = words("\(folder)/cpu.max"), words.count == 2, let quota = Double(words[0]),
        let period = Double(words[1])
      {
        return quota / period
      }
      if let quota = words("\(folder)/cpu.cfs_quota_us")?.first.flatMap({ Double($0) }), quota > 0,
        let period = words("\(folder)/cpu.cfs_period_us")?.first.flatMap({ Double($0) })
      {
        return quota / period
      }
    }
    return nil
  }

  private var throttledTotal: Double? {
    for folder in folders {
      guard let words = words("\(folder)/cpu.stat") else { continue }
      // Version 2 counts microseconds, version 1 nanoseconds.
      for (name, unit) in [("throttled_usec", 1e6), ("throttled_time", 1e9)] {
        if let place = words.firstIndex(of: name), place + 1 < words.count, let value = Double(words[place + 1]) {
          return value / unit
        }
      }
    }
    return nil
  }

  private func words(_ path: String) -> [String]? {
    guard let bytes = try? Files.read(path, option: "") else { return nil }
    return String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }.map(String.init)
  }
}
