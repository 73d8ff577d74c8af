/// Thresholds as a JUnit XML file, which every build server shows: a test case each, and one for the verdict.
public enum JUnitReport {
  /// The file's bytes.
  public static func render(_ report: ThresholdReport, run: RunDescription, duration: Double?) -> [UInt8] {
    let cases = report.results.count + 1
    let failures = report.missed.count + (report.failsByVerdict ? 1 : 0)
    let time = NumberText.fixed(duration ?? 0, digits: 3)
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      #"<testsuites name="llmuses" tests="\#(cases)" failures="\#(failures)" errors="0" time="\#(time)">"#,
      #"  <testsuite name="\#(escaped(run.name))" tests="\#(cases)" failures="\#(failures)" errors="0" skipped="0" time="\#(time)">"#,
      "    <properties>",
    ]
    let properties = [("model", run.model), ("api", run.api), ("url", run.url), ("version", run.version)]
    lines += properties.map { #"      <property name="\#($0.0)" value="\#(escaped($0.1))"/>"# }
    lines.append("    </properties>")
    lines += verdictCase(report)
    for result in report.results {
      lines += testCase(
        name: "not \(result.threshold)", class: "llmuses.thresholds", failure: result.isMissed ? result.message : nil,
        type: "ThresholdMissed", output: result.message)
    }
    lines += ["  </testsuite>", "</testsuites>"]
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  private static func verdictCase(_ report: ThresholdReport) -> [String] {
    let reasons = report.verdict.reasons.map { "\($0.title) (\($0.code)): \($0.message)" }
    return testCase(
      name: "the numbers can be trusted", class: "llmuses.verdict",
      failure: report.failsByVerdict ? "the run is INVALID: \(report.verdict.reasons.first?.message ?? "")" : nil,
      type: "InvalidRun", output: ([report.verdict.level.rawValue] + reasons).joined(separator: "\n"))
  }

  private static func testCase(
    name: String, class group: String, failure: String?, type: String, output: String
  ) -> [String] {
    var lines = [#"    <testcase name="\#(escaped(name))" classname="\#(group)" time="0">"#]
    if let failure {
      lines.append(
        #"      <failure message="\#(escaped(failure))" type="\#(type)">\#(escaped(failure, inAttribute: false))</failure>"#
      )
    }
    lines.append("      <system-out>\(escaped(output, inAttribute: false))</system-out>")
    lines.append("    </testcase>")
    return lines
  }

  /// `text` for XML 1.0, which has no way to write most control characters; a build server's log would obey the others.
  private static func escaped(_ text: String, inAttribute: Bool = true) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += inAttribute ? "&#10;" : "\n"
      case "\t": result += inAttribute ? "&#9;" : "\t"
      case _ where scalar.isObeyed || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
