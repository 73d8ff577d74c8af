import Glibc
import LLMPerf
import LLMPerfWire

/// The client machine, as results name it.
enum MachineDescription {
  /// Host name, processors, memory and kernel.
  static func current() -> [(name: String, value: JSON)] {
    var names = utsname()
    uname(&names)
    return [
      ("host", .string(text(of: names.nodename))),
      ("kernel", .string("\(text(of: names.sysname)) \(text(of: names.release))")),
      ("architecture", .string(text(of: names.machine))), ("processor", .optional(processor())),
      ("processors", .int(ProcessLimits.processors)),
      ("memory_bytes", .int(sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)))),
    ]
  }

  private static func processor() -> String? {
    guard let info = try? Files.read("/proc/cpuinfo", option: "") else { return nil }
    let line = info.split(separator: 0x0A).first { $0.starts(with: "model name".utf8) }
    guard let line, let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    return String(decoding: line[(colon + 1)...].drop { $0 == 0x20 }, as: UTF8.self)
  }

  private static func text<Characters>(of characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
