import FuzzShared
import Glibc
import LLMPerf

/// The recorded responses, what reads them, and what is expected of it.
final class ResponseFuzz {
  private let campaign: Campaign
  private let transcripts: [[UInt8]]
  private let analyzers: [ResponseAnalyzer]
  private var mutation: ResponseMutation
  private var builder = SummaryBuilder(spillDirectory: "/tmp")
  private var records = 0

  init(_ campaign: Campaign, _ transcripts: [[UInt8]]) throws {
    self.campaign = campaign
    self.transcripts = transcripts
    mutation = ResponseMutation(random: SplitMix64(seed: campaign.seed))
    var protocols = try Plugins.builtIn.apis.map { try Plugins.builtIn.makeAPI($0.name, APIOptions(model: "m")) }
    let older = APIOptions(model: "m", path: "/api/paas/v3/model-api/m/sse-invoke", template: "{}")
    protocols.append(try Plugins.builtIn.makeAPI("zhipu", older))
    analyzers = protocols.map { ResponseAnalyzer(api: $0) }
  }

  func run() throws -> Never {
    let clock = ContinuousClock()
    while campaign.goesOn {
      let wire = mutation.damaged(transcripts[mutation.number(below: transcripts.count)])
      campaign.tries(wire)
      let took = try clock.measure { try read(wire) }
      if took > .seconds(5) { campaign.fail("took \(took)") }
      if campaign.inputs % 64 == 0 { try report() }
    }
    try report()
    campaign.finish("\(records) records of \(transcripts.count) transcripts by \(analyzers.count) protocols")
  }

  private func read(_ wire: [UInt8]) throws {
    let cuts = (0..<mutation.number(below: 40)).map { _ in mutation.number(below: wire.count + 1) }.sorted()
    let reading = Reading(wire, cuts: cuts, random: &mutation.random)
    if reading != Reading(wire, cuts: [], random: &mutation.random) { campaign.fail("read otherwise when cut") }
    for analyzer in analyzers {
      let analyzed = try analyzer.records(of: [reading.exchange(records)])
      records += analyzed.count
      for record in analyzed {
        let usage = record.usage
        let counts = [usage.input, usage.output, usage.reasoning, usage.cached, record.inputCount]
        if !counts.allSatisfy({ $0.map { 0...(1 << 53) ~= $0 } ?? true }) { campaign.fail("a count that none is") }
      }
      builder.receive(analyzed)
    }
  }

  /// Sums up what was read, in each form.
  private func report() throws {
    let summary = try builder.summary()
    let run = RunDescription(
      name: "fuzz", configuration: [], model: "m", api: "openai", url: "", load: .closedLoop(parallel: 1),
      expectedRequests: nil, seed: 0,
      wallClockStart: 0, version: "", machine: [], arguments: [])
    let result = RunResult(run: run, summary: summary, verdict: Verdict(summary))
    _ = TextReport.render(result)
    _ = JSONReport.make(result).utf8()
    builder = SummaryBuilder(spillDirectory: "/tmp")
  }
}
