import LLMPerf

/// How a run was made: its command, its options as they took effect, and the machine.
struct ConfigurationSection {
  let run: RunDescription

  /// The section for the page.
  var section: PageSection {
    PageSection(
      id: "configuration", heading: "Configuration",
      tables: [
        table("Run", facts), table("Options as they took effect", options), table("Machine of the client", machine),
      ]
      .filter { !$0.rows.isEmpty })
  }

  private typealias Row = (name: String, cells: [String])

  private func table(_ caption: String, _ rows: [Row]) -> PageTable {
    PageTable(styles: [.wide], caption: caption, style: "options", rows: rows)
  }

  private var facts: [Row] {
    var rows: [Row] = [
      ("Started", [CivilTime(secondsSince1970: run.wallClockStart).text]),
      ("Command", [run.arguments.map(Self.shellWord).joined(separator: " ")]),
      ("Seed", [String(run.seed)]), ("Version of llmuses", [run.version]),
    ]
    rows.removeAll { $0.cells == [""] }
    return rows
  }

  /// Options that have a value, and in one row the names of the others.
  private var options: [Row] {
    let isGiven = { (value: JSON) in value != .null && value != .bool(false) && value.arrayValue?.isEmpty != true }
    var rows: [Row] = run.configuration.filter { isGiven($0.value) }.map { ("--" + $0.name, [Self.text($0.value)]) }
    let others = run.configuration.filter { !isGiven($0.value) }.map { "--" + $0.name }
    if !others.isEmpty { rows.append(("Not given", [others.joined(separator: ", ")])) }
    return rows
  }

  private var machine: [Row] {
    run.machine.map { fact in
      if fact.name == "memory_bytes", let bytes = fact.value.intValue { return ("memory", [NumberText.bytes(bytes)]) }
      return (fact.name.replacing("_", with: " "), [Self.text(fact.value)])
    }
  }

  private static func text(_ value: JSON) -> String {
    if let values = value.arrayValue { return values.map(text).joined(separator: "\n") }
    if value == .bool(true) { return "yes" }
    return value.stringValue ?? value.description
  }

  /// `argument` so that a shell takes it for one word.
  static func shellWord(_ argument: String) -> String {
    let isPlain = argument.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-_./:=@%+,".utf8.contains(byte)
      }
    }
    return isPlain && !argument.isEmpty ? argument : "'" + argument.replacing("'", with: "'\\''") + "'"
  }
}
