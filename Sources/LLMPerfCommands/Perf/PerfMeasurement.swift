import LLMPerf
import LLMPerfSQLite

/// The measuring of a load test that is ready: what a signal does meanwhile, and what is left if it cannot begin.
struct PerfMeasurement {
  let prepared: PreparedPerf

  /// Measures, and returns how that ended.
  ///
  /// - Throws: what kept the run from beginning; nothing was sent then, and no database stays behind.
  func measure() throws -> MeasuredPerf {
    let (prepared, progress, stop) = (prepared, prepared.progress, prepared.stop)
    guard let workload = prepared.workload.take() else { throw RunError("a run can be measured once") }
    do {
      let result = try prepared.service.measure(
        prepared.load, workload, telling: prepared.sinks, as: prepared.settings, stop: stop
      ) { moment in
        switch moment {
        case .begins:
          prepared.interruption.answer {
            progress.note("Interrupted: nothing more is sent; requests in flight may end. Ctrl-C again leaves at once.")
            stop.interrupt()
          }
          prepared.interruption.forget(prepared.farewell)
          _ = prepared.interruption.atLeaving { progress.close() }
        case .ended:
          // From here on everything that is left is done anyway, and quickly.
          prepared.interruption.answer {
            progress.note("Interrupted: the report follows. Ctrl-C again leaves at once.")
          }
          progress.close()
        }
      }
      return MeasuredPerf(result: result, sinks: prepared.sinks.take())
    } catch let broken as BrokenRun {
      return MeasuredPerf(result: broken.result, broken: broken, sinks: prepared.sinks.take())
    } catch {
      prepared.sinks.take()?.sink(RunDatabase.self)?.writer.discard()
      throw error
    }
  }
}

/// A load test that was measured.
struct MeasuredPerf {
  /// What was measured; nil where it could not be added up.
  var result: RunResult?
  /// What broke it; nil when nothing did.
  var broken: BrokenRun?
  /// Who was told of it; nil when they were lost.
  var sinks: RecordSinks?
}
