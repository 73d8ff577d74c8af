import Foundation
import LLMPerf
import Testing

@testable import LLMPerfCommands

final class CalibrationCacheTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/llmuses-\(UUID().uuidString)"
  private var path: String { folder + "/cache/calibration.json" }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func cache(machine: String = "here") -> CalibrationCache { CalibrationCache(path: path, machine: machine) }

  private func calibration(_ ceiling: Double) -> Calibration {
    var calibration = Calibration()
    calibration.eventCeiling = ceiling
    calibration.addedGapP99 = 0.000_25
    return calibration
  }

  private func write(_ text: String) throws {
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  @Test func `remembers one calibration for each machine and shape`() {
    let shape = CalibrationShape(parallel: 8)
    let other = CalibrationShape(parallel: 9)
    cache().store(calibration(1), for: shape)
    cache().store(calibration(2), for: other)
    cache(machine: "there").store(calibration(3), for: shape)
    cache().store(calibration(4), for: shape)
    #expect(cache().calibration(for: shape) == calibration(4))
    #expect(cache().calibration(for: other) == calibration(2))
    #expect(cache(machine: "there").calibration(for: shape) == calibration(3))
    #expect(cache(machine: "elsewhere").calibration(for: shape) == nil)
  }

  @Test(arguments: [
    "", "no JSON", "[]", #"{"version": 1}"#, #"{"version": 1, "entries": {}}"#,
    #"{"version": 1, "entries": [5, null]}"#,
    #"{"version": 2, "entries": [{"machine": "here", "shape": "?", "calibration": {}}]}"#,
  ])
  func `a file that is broken or of another version counts as empty, and is replaced`(text: String) throws {
    try write(text)
    let shape = CalibrationShape(parallel: 8)
    #expect(cache().calibration(for: shape) == nil)
    cache().store(calibration(1), for: shape)
    #expect(cache().calibration(for: shape) == calibration(1))
  }

  @Test func `a place that cannot be written to is no error`() {
    let cache = CalibrationCache(path: "/proc/nowhere/calibration.json", machine: "here")
    cache.store(calibration(1), for: CalibrationShape(parallel: 1))
    #expect(cache.calibration(for: CalibrationShape(parallel: 1)) == nil)
  }

  @Test func `keeps the latest entries only`() throws {
    for parallel in 1...70 { cache().store(calibration(Double(parallel)), for: CalibrationShape(parallel: parallel)) }
    #expect(cache().calibration(for: CalibrationShape(parallel: 6)) == nil)
    #expect(cache().calibration(for: CalibrationShape(parallel: 7)) == calibration(7))
    #expect(cache().calibration(for: CalibrationShape(parallel: 70)) == calibration(70))
  }
}
