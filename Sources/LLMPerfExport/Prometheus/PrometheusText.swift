/// Writes a page in Prometheus' text format 0.0.4.
struct PrometheusText {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  typealias Labels = [(name: String, value: String)]

  /// A family of one sample or several, each with its labels.
  mutating func family(_ name: String, _ type: String, _ help: String, _ samples: [(labels: Labels, value: Double)]) {
    head(name, type, help)
    for sample in samples { line(name, sample.labels, sample.value) }
  }

  /// A family of one sample without labels.
  mutating func family(_ name: String, _ type: String, _ help: String, _ value: Double) {
    family(name, type, help, [([], value)])
  }

  mutating func histogram(_ name: String, _ help: String, _ histogram: FixedHistogram) {
    head(name, "histogram", help)
    var total: UInt64 = 0
    for (place, count) in histogram.counts.enumerated() {
      total += count
      let bound = place < histogram.bounds.count ? Self.number(histogram.bounds[place]) : "+Inf"
      line(name + "_bucket", [("le", bound)], Double(total))
    }
    line(name + "_sum", [], histogram.sum)
    line(name + "_count", [], Double(histogram.count))
  }

  private mutating func head(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(type)\n"
  }

  private mutating func line(_ name: String, _ labels: Labels, _ value: Double) {
    let inner = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }.joined(separator: ",")
    text += "\(name)\(inner.isEmpty ? "" : "{\(inner)}") \(Self.number(value))\n"
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var output = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\"" where quotes: output += "\\\""
      default: output.unicodeScalars.append(character)
      }
    }
    return output
  }
}
