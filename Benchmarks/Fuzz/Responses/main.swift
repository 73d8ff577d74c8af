import Foundation
import FuzzShared
import LLMPerf

// ResponseFuzz SECONDS SEED TRANSCRIPTS
//
// Until the time is over: damages recorded responses and lets them go the way of every response, from the bytes of a
// connection to a record, a summary and its reports, for each protocol. A crash, a reading that depends on how the network
// cut the bytes, a response that takes seconds, or a count that no answer has, is a failure.

let campaign = Campaign("ResponseFuzz", operands: "TRANSCRIPTS")
let folder = URL(fileURLWithPath: campaign.operands[0])
let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".txt") }.sorted()
let transcripts = try paths.map { path in Array(try Data(contentsOf: folder.appending(path: path))) }
  .filter { !$0.isEmpty }
try ResponseFuzz(campaign, transcripts).run()
