import FuzzShared
import Glibc
import LLMPerf
import LLMPerfExport
import LLMPerfSimulator
import LLMPerfWire

// RequestFuzz SECONDS [SEED]
//
// Until the time is over: bytes that are and nearly are requests, to the parser, to the routes of the simulator, and to
// the ports of the dashboard, the metrics and the simulator. A crash is a failure, and so is a request that depends on how
// its bytes were cut, memory that grows with what has no end, and a server that no longer answers.

let arguments = CommandLine.arguments
guard arguments.count >= 2, let seconds = Double(arguments[1]) else {
  print("usage: RequestFuzz SECONDS [SEED]")
  exit(2)
}
let clock = MonotonicClock(origin: 0)
let seed = arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : UInt64(clock.now.nanoseconds)
print("seed \(seed)")
fflush(nil)
signal(SIGPIPE, SIG_IGN)
let fuzz = try RequestFuzz(seed: seed)
let isFine = try fuzz.run(until: clock.now.nanoseconds + Int64(seconds * 1e9))
exit(isFine ? 0 : 1)
