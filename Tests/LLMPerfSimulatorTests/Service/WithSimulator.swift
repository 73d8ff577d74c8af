import LLMPerfSimulator

/// Runs `body` against a simulator with the options of a `sim:` address, without delays unless they are given.
@discardableResult
func withSimulator(_ options: String = "", _ body: (Simulator) throws -> Void) throws -> SimulatorReport {
  let simulator = try Simulator.start(SimulatorConfiguration(address: "sim:?ttft=0&itl=0&output-tokens=8&\(options)"))
  do {
    try body(simulator)
  } catch {
    try simulator.stop()
    throw error
  }
  return try simulator.stop()
}

/// A chat request's body.
func chat(stream: Bool = true, _ more: String = "") -> String {
  #"{"model":"m","messages":[{"role":"user","content":"one two three"}],"stream":\#(stream)\#(more)}"#
}
