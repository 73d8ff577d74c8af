import Glibc
import LLMPerf

/// Tests against real services run only where a script has started one and says where it is.
enum ServiceEnvironment {
  static subscript(_ name: String) -> String? {
    getenv("LLMUSES_TEST_\(name)").map { String(cString: $0) }
  }

  /// Writes `text` to the file that `LLMUSES_TEST_OUTPUT` and `name` give.
  static func write(_ text: String, to name: String) {
    guard let folder = self["OUTPUT"], let file = fopen("\(folder)/\(name)", "w") else { return }
    fputs(text, file)
    fclose(file)
  }
}

extension SyntheticRun {
  /// The records as comma-separated values, for programs that check what services received by their own arithmetic.
  var table: String {
    let rows = records.map { record -> String in
      let start = record.connectStartedAt ?? record.sentAt
      let instants = [
        record.dueAt, start, record.sentAt, record.firstEventAt, record.firstTokenAt, record.eventBeforeLastAt,
        record.lastTokenAt, record.endedAt,
      ]
      let counts = [record.eventCount, record.usage.input, record.usage.output]
      return
        ([String(record.index), record.succeeded ? "1" : "0"] + instants.map { $0.map { "\($0.nanoseconds)" } ?? "" }
        + counts.map { $0.map(String.init) ?? "" }).joined(separator: ",")
    }
    let head = "index,ok,due,start,sent,first_event,first_token,before_last,last_token,ended,events,input,output"
    return ([head] + rows).joined(separator: "\n") + "\n"
  }
}
