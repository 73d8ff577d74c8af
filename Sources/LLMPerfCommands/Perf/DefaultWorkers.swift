/// How many threads read the answers of a run: a rule of the processors and of the loops.
///
/// Reading an event, and encoding it for the database, costs about twice what a loop spends on receiving it. So two workers
/// keep up with a loop that is never idle, and more would only sleep. But a loop needs a processor of its own, and so does the
/// thread that tells the sinks: workers get what is left. Where nothing is, that thread reads the answers itself, since
/// handing them over costs some microseconds for each and gains nothing.
enum DefaultWorkers {
  /// Workers that keep up with one loop.
  static let perLoop = 2

  /// The number of workers on so many processors, which a control group may make a fraction. Where tokens are counted, an
  /// answer may take any time.
  static func count(processors: Double, loops: Int, countsTokens: Bool) -> Int {
    let left = max(0, Int(processors) - loops - 1)
    return countsTokens ? left : min(left, perLoop * loops)
  }
}
