import Glibc
import LLMPerf

/// What was measured on this machine before, by workload shape: a JSON file below the user's cache folder.
///
/// It only saves time: a file that is missing, broken or of another version counts as empty, and one that cannot be
/// written stays as it is.
struct CalibrationCache {
  let path: String
  /// Names the machine and the tool: what was measured with another one says nothing.
  let machine: String

  private static let format = 2
  /// The oldest entries go first.
  private static let mostEntries = 64

  /// The user's cache; nil where there is no place for one.
  static func standard() -> CalibrationCache? {
    // The XDG base directory specification has relative paths ignored.
    var folder = environment("XDG_CACHE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
    if folder == nil { folder = environment("HOME").map { $0 + "/.cache" } }
    return folder.map { CalibrationCache(path: $0 + "/llmuses/calibration.json", machine: thisMachine) }
  }

  /// What was measured for `shape`; nil when it was not.
  func calibration(for shape: CalibrationShape) -> Calibration? {
    entries.last { $0["machine"]?.stringValue == machine && $0["shape"]?.stringValue == shape.key }
      .flatMap { $0["calibration"] }.flatMap { Calibration($0) }
  }

  /// Remembers what was measured for `shape`.
  func store(_ calibration: Calibration, for shape: CalibrationShape) {
    var kept = entries.filter { $0["machine"]?.stringValue != machine || $0["shape"]?.stringValue != shape.key }
    kept.append(["machine": .string(machine), "shape": .string(shape.key), "calibration": calibration.json])
    let file: JSON = ["version": .int(Self.format), "entries": .array(kept.suffix(Self.mostEntries))]
    // Written beside and renamed, so that two runs at once cannot leave half a file.
    let beside = "\(path).\(getpid())"
    do {
      try Files.makeFolders(for: path)
      try Files.write(file.utf8(indented: true) + [0x0A], to: beside, option: "calibration")
      if rename(beside, path) != 0 { unlink(beside) }
    } catch {
      unlink(beside)
    }
  }

  private var entries: [JSON] {
    // A pipe would be waited for.
    guard Files.isRegular(path), let bytes = try? Files.read(path, option: "calibration"),
      let file = try? JSON(parsing: bytes),
      file["version"]?.intValue == Self.format
    else { return [] }
    return file["entries"]?.arrayValue ?? []
  }

  private static var thisMachine: String {
    let names = ["host", "kernel", "processor", "processors"]
    let facts = MachineDescription.current().filter { names.contains($0.name) }.map(\.value.description)
    return (facts + [LLMPerfTool.version]).joined(separator: " ")
  }
}
