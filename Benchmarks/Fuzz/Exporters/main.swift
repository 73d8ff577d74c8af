import FuzzShared
import Glibc
import LLMPerf
import LLMPerfWire

// ExporterFuzz SECONDS [SEED]
//
// Until the time is over: bytes that are and nearly are answers of W&B, MLflow and OTLP services, to the parser and to the
// clients. A crash is a failure, and so is an answer that depends on how its bytes were cut, a client that waits for
// longer than it was told to, and a text for the user that is too long or holds what a terminal obeys.

let arguments = CommandLine.arguments
guard arguments.count >= 2, let seconds = Double(arguments[1]) else {
  print("usage: ExporterFuzz SECONDS [SEED]")
  exit(2)
}
let clock = MonotonicClock(origin: 0)
let seed = arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : UInt64(clock.now.nanoseconds)
print("seed \(seed)")
fflush(nil)
signal(SIGPIPE, SIG_IGN)
let fuzz = try ExporterFuzz(seed: seed)
let isFine = try fuzz.run(until: clock.now.nanoseconds + Int64(seconds * 1e9))
exit(isFine ? 0 : 1)
