import Foundation

/// Texts that a report must match to the letter.
///
/// With `UPDATE_GOLDEN` set to the folder of the fixtures in the source tree, they are written instead of compared: read
/// the difference before it is committed.
enum Golden {
  static func text(_ name: String, actual: String) throws -> String {
    if let folder = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] {
      let file = URL(fileURLWithPath: folder).appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(actual.utf8).write(to: file)
      return actual
    }
    let folder = Bundle.module.bundleURL.appendingPathComponent("Fixtures")
    return String(decoding: try Data(contentsOf: folder.appendingPathComponent(name)), as: UTF8.self)
  }
}
