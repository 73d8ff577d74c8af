import Foundation
import LLMPerf

// ResponseFuzz SECONDS TRANSCRIPTS [SEED]
//
// Until the time is over: damages recorded responses and lets them go the way of every response, from the bytes of a
// connection to a record, a summary and its reports, for each protocol. A crash, a reading that depends on how the network
// cut the bytes, a response that takes seconds, or a count that no answer has, is a failure.

let arguments = CommandLine.arguments
guard arguments.count >= 3, let seconds = Double(arguments[1]) else {
  print("usage: ResponseFuzz SECONDS TRANSCRIPTS [SEED]")
  exit(2)
}
let folder = URL(fileURLWithPath: arguments[2])
let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".txt") }.sorted()
let transcripts = paths.compactMap { path in
  (try? Data(contentsOf: folder.appending(path: path))).map { (name: path, bytes: Array($0)) }
}.filter { !$0.bytes.isEmpty }
var protocols: [any APIPlugin] = try Plugins.builtIn.apis.map { api in
  try Plugins.builtIn.makeAPI(api.name, APIOptions(model: "m"))
}
protocols.append(
  try Plugins.builtIn.makeAPI(
    "zhipu", APIOptions(model: "m", path: "/api/paas/v3/model-api/m/sse-invoke", template: "{}")))
let seed = arguments.count > 3 ? UInt64(arguments[3]) ?? 0 : UInt64(Date().timeIntervalSince1970)
print("\(transcripts.count) transcripts, \(protocols.count) protocols, seed \(seed)")
fflush(nil)

var mutation = Mutation(random: SplitMix64(seed: seed))
var builder = SummaryBuilder(spillDirectory: "/tmp")
var inputs = 0
var records = 0
var failures = 0
let end = Date().addingTimeInterval(seconds)

@MainActor
func fail(_ what: String, _ name: String, _ wire: [UInt8]) {
  failures += 1
  let path = "/tmp/response-fuzz-\(seed)-\(inputs).txt"
  try? Data(wire).write(to: URL(fileURLWithPath: path))
  print("\(name), input \(inputs): \(what); kept as \(path)")
}

@MainActor
func report() throws {
  let summary = try builder.summary()
  let run = RunDescription(
    name: "fuzz", configuration: [], model: "m", api: "openai", url: "", parallel: 1, expectedRequests: nil, seed: 0,
    wallClockStart: 0, version: "", machine: [], arguments: [])
  let result = RunResult(run: run, summary: summary, verdict: Verdict(summary))
  _ = TextReport.render(result)
  _ = JSONReport.make(result).utf8()
  builder = SummaryBuilder(spillDirectory: "/tmp")
}

while Date() < end {
  let (name, bytes) = transcripts[mutation.number(below: transcripts.count)]
  let wire = mutation.damaged(bytes)
  inputs += 1
  let started = Date()
  let cuts = (0..<mutation.number(below: 40)).map { _ in mutation.number(below: wire.count + 1) }.sorted()
  let reading = Reading(wire, cuts: cuts, random: &mutation.random)
  if reading != Reading(wire, cuts: [], random: &mutation.random) {
    fail("read otherwise when cut otherwise", name, wire)
  }
  for api in protocols {
    let analyzed = try ResponseAnalyzer(api: api).records(of: [reading.exchange(records)])
    records += analyzed.count
    for record in analyzed {
      let counts = [
        record.usage.input, record.usage.output, record.usage.reasoning, record.usage.cached, record.inputCount,
      ]
      if counts.contains(where: { $0.map { $0 < 0 || $0 > 1 << 53 } ?? false }) {
        fail("a count that none is", name, wire)
      }
    }
    builder.receive(analyzed)
  }
  if Date().timeIntervalSince(started) > 5 { fail("took more than 5 s", name, wire) }
  if inputs % 64 == 0 { try report() }
}
try report()
print("\(inputs) inputs, \(records) records, \(failures) failures")
fflush(nil)
exit(failures == 0 ? 0 : 1)
