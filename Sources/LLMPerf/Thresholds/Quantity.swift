/// A number with a unit, as users write limits: `500ms`, `20/s`, `1%`.
enum Quantity {
  /// The units that `unit` takes, by the factor that brings them to it.
  static func units(of unit: SummaryMetric.Unit) -> [(text: String, factor: Double)] {
    switch unit {
    case .seconds:
      [("s", 1), ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("μs", 1e-6), ("ns", 1e-9), ("min", 60), ("h", 3600)]
    case .perSecond: [("/s", 1), ("req/s", 1), ("tok/s", 1), ("/min", 1 / 60), ("", 1)]
    case .share: [("%", 0.01), ("", 1)]
    case .count: [("", 1)]
    }
  }

  /// `number` of `unitText`, in whatever case, in `unit`; nil when it is not a unit of that.
  static func value(_ number: Double, _ unitText: String, in unit: SummaryMetric.Unit) -> Double? {
    // 0 is 0 in every unit.
    if number == 0, unitText.isEmpty { return 0 }
    guard let found = units(of: unit).first(where: { $0.text == unitText.lowercased() }) else { return nil }
    // Division is exact where multiplication by a rounded factor is not: 500 ÷ 1000 is 0.5.
    return found.factor < 1 ? number / (1 / found.factor).rounded() : number * found.factor
  }

  /// What the unit takes, for messages.
  static func accepted(by unit: SummaryMetric.Unit) -> String {
    switch unit {
    case .seconds: "a time with its unit: s, ms, us, ns, min or h, as in 500ms"
    case .perSecond: "a rate, as in 20/s"
    case .share: "a share, as in 1% or 0.01"
    case .count: "a number without a unit"
    }
  }
}
