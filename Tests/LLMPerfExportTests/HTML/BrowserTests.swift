import Foundation
import LLMPerf
import LLMPerfExport
import Testing

/// Where Chromium is.
private let browser = ProcessInfo.processInfo.environment["LLMUSES_CHROMIUM"]

/// Opens reports in Chromium, whose path `LLMUSES_CHROMIUM` gives; without it these tests are skipped.
@Suite(.enabled(if: browser != nil), .serialized)
struct BrowserTests {
  @Test(
    arguments: [SampleRun(count: 1200), SampleRun(count: 400, failureShare: 0.2), SampleRun(count: 0)], [400, 1280])
  func `opens without an error and without overflow`(run: SampleRun, width: Int) throws {
    let rows = run.rows
    let report = HTMLReport.render(HTMLReportInput(result: run.result(rows), rows: rows))
    try check(report, width: width, hasTips: run.count > 0)
  }

  @Test(arguments: [400, 1280])
  func `opens a comparison without an error and without overflow`(width: Int) throws {
    let runs = [SampleRun(count: 600, seed: 1), SampleRun(count: 600, failureShare: 0.05, seed: 2)].map { run in
      ComparableRun(run.result(run.rows), rows: run.rows)
    }
    try check(HTMLComparison.render(try RunComparison(runs), version: "1.0.0"), width: width, hasTips: true)
  }

  /// Shows the page in a frame of `width`, since a headless window has a least width of its own, and reads back what was
  /// wrong with it.
  private func check(_ page: [UInt8], width: Int, hasTips: Bool) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "llmuses-browser-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let listener =
      "<head><script>window.faults = []; addEventListener('error', (e) => faults.push(e.message));</script>"
    let html = String(decoding: page, as: UTF8.self).replacingOccurrences(of: "<head>", with: listener)
    let frame = """
      <!doctype html><body><iframe id="page" style="width:\(width)px;height:3000px;border:0"></iframe><pre id="found"></pre><script>
      const frame = document.getElementById("page");
      frame.onload = () => {
        const page = frame.contentWindow;
        const root = page.document.documentElement;
        const texts = [...page.document.querySelectorAll("svg text")].filter((text) => {
          const box = text.getBoundingClientRect();
          return box.left < -0.5 || box.right > \(width) + 0.5;
        });
        const tips = page.document.querySelectorAll(".hits [data-tip]").length;
        document.getElementById("found").textContent = JSON.stringify({
          faults: page.faults, width: root.scrollWidth, outside: texts.map((text) => text.textContent), tips });
      };
      frame.srcdoc = \(JSON.string(html).description.replacingOccurrences(of: "</script", with: "<\\/script"));
      </script></body>
      """
    let file = folder.appending(path: "frame.html")
    try Data(frame.utf8).write(to: file)
    let output = try run([
      "--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder.path)/profile",
      "--window-size=1400,3200", "--virtual-time-budget=4000", "--dump-dom", file.absoluteString,
    ])
    let found = try #require(output.firstMatch(of: /<pre id="found">(.*?)<\/pre>/)?.1)
    let json = try JSON(
      String(found).replacingOccurrences(of: "&lt;", with: "<").replacingOccurrences(of: "&amp;", with: "&"))
    #expect(json["faults"] == [])
    #expect(try #require(json["width"]?.intValue) <= width, "the page is as wide as its frame")
    #expect(json["outside"] == [], "texts of charts that are cut off")
    #expect((json["tips"]?.intValue ?? 0 > 0) == hasTips, "the page's script has run")
  }

  private func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(browser))
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }
}
