import LLMPerf

/// How busy the client itself was, from its own observations.
struct ClientHealthChart {
  let health: [JSON]

  /// CPU in cores over time; nil with fewer than two observations.
  var plot: Plot? {
    let observations = health.compactMap { row -> (time: Double, process: Double, loops: Double?)? in
      guard let time = row["time"]?.doubleValue, let process = row["process_cpu"]?.doubleValue else { return nil }
      return (time, process, row["loop_cpu"]?.doubleValue)
    }
    guard observations.count >= 2, let end = observations.last?.time else { return nil }
    let highest = observations.map(\.process).max() ?? 0
    let loops = observations.compactMap { seen in seen.loops.map { (x: seen.time, y: $0) } }
    let hits = zip(observations, observations.dropFirst()).map { before, seen in
      Plot.Hit(
        x: before.time...max(before.time, seen.time), y: nil,
        text: "\(NumberText.shortTime(seen.time)): \(NumberText.short(seen.process)) cores"
          + (seen.loops.map { ", event loops \(NumberText.short($0))" } ?? ""))
    }
    return Plot(
      title: "CPU of the client, in cores",
      summary: "Cores that the client used, at most \(NumberText.short(highest)).",
      xLabel: "time from the run's start", x: PlotScale.exact(from: 0, to: end) { NumberText.shortTime($0) },
      y: PlotScale.linear(to: max(highest, 0.1), ticks: 3) { NumberText.short($0) },
      series: [
        Plot.Series(name: "process", color: "b", mark: .line(observations.map { (x: $0.time, y: $0.process) })),
        Plot.Series(name: "event loops", color: "a", mark: .line(loops)),
      ], hits: hits, height: 110, isWide: true)
  }
}
