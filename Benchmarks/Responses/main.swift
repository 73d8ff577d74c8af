import Foundation
import LLMPerf
import LLMPerfWire

// ResponseScaling
//
// Reads responses of hostile form at sizes that double, and says how the time grows: four times the size must not take ten
// times as long, where its square would take sixteen. Exit status 1 where it does.

/// A response's wire bytes: `head`, then `piece` until there are `size` bytes, then `tail`.
struct Form {
  var name: String
  var head = "HTTP/1.1 200 OK\r\n\r\n"
  var piece: String
  var tail = ""
  var size = 2 << 20
}

let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
let text = #"data: {"choices":[{"index":0,"delta":{"content":"a"}}]}"#
let forms = [
  Form(name: "a usual stream", piece: text + "\n\n", tail: "data: [DONE]\n\n"),
  Form(name: "nothing but CR", piece: "\r"), Form(name: "nothing but LF", piece: "\n"),
  Form(name: "events that end with CR", piece: text + "\r\r"),
  Form(name: "short events that end with CR", piece: "data: a\r\r"),
  Form(name: "one event of many lines", piece: "data: a\n"),
  Form(name: "one event of many lines that end with CR", piece: "data: a\r"),
  Form(name: "comments", piece: ":\n"), Form(name: "comments that end with CR", piece: ":\r"),
  Form(name: "unknown fields", head: "HTTP/1.1 200 OK\r\n\r\ndata: a\n", piece: "x: y\n"),
  Form(name: "DONE again and again", piece: "data: [DONE]\n\n"),
  Form(
    name: "one long string", head: "HTTP/1.1 200 OK\r\n\r\n{\"choices\":[{\"message\":{\"content\":\"", piece: "a",
    tail: "\"}}]}"),
  Form(
    name: "one long string of escapes", head: "HTTP/1.1 200 OK\r\n\r\n{\"choices\":[{\"message\":{\"content\":\"",
    piece: "\\u00e9", tail: "\"}}]}"),
  Form(name: "many members", head: "HTTP/1.1 200 OK\r\n\r\n{", piece: "\"a\":1,", tail: "\"b\":2}"),
  Form(
    name: "many choices", head: "HTTP/1.1 200 OK\r\n\r\n{\"choices\":[",
    piece: #"{"index":0,"message":{"content":"a"}},"#, tail: "{}]}"),
  Form(name: "open brackets", head: "HTTP/1.1 200 OK\r\n\r\n", piece: "["),
  Form(name: "chunks of one byte", head: chunked, piece: "1\r\nx\r\n", tail: "0\r\n\r\n"),
  Form(name: "interim responses", head: "", piece: "HTTP/1.1 100 Continue\r\n\r\n", size: 60_000),
  Form(name: "header fields", head: "HTTP/1.1 200 OK\r\n", piece: "a: b\r\n", tail: "\r\n", size: 60_000),
  Form(name: "trailers", head: chunked + "0\r\n", piece: "a: b\r\n", tail: "\r\n", size: 60_000),
]

/// Seconds of processor time for one response, from its bytes to its record; `reads` is how much comes at once.
func cost(_ form: Form, size: Int, reads: Int) throws -> Double {
  let wire = Array((form.head + String(repeating: form.piece, count: size / form.piece.utf8.count) + form.tail).utf8)
  let started = clock()
  var parser = ResponseParser()
  var exchange = FinishedExchange(request: ScheduledRequest(index: 0, wire: [], bodyStart: 0), dueAt: .start)
  exchange.sentAt = .start
  var offset = 0
  while offset < wire.count, !parser.isDone {
    let end = min(wire.count, offset + reads)
    _ = try? wire[offset..<end].withUnsafeBufferPointer { try parser.feed($0, into: &exchange.body) }
    exchange.arrivals.append(.init(end: exchange.body.count, at: RunInstant(nanoseconds: Int64(offset))))
    offset = end
  }
  exchange.status = parser.status
  exchange.isComplete = true
  _ = try ResponseAnalyzer(api: OpenAIAPI(APIOptions(model: "m"))).records(of: [exchange])
  return Double(clock() - started) / Double(CLOCKS_PER_SEC)
}

var isLinear = true
print(
  "milliseconds by size; the growth is that of the time from the first size to four times it, which 4 would explain")
for form in forms {
  for reads in [1400, 64 << 10] {
    var times: [Double] = []
    for factor in [1, 2, 4] {
      let runs = try (0..<5).map { _ in try cost(form, size: form.size * factor, reads: reads) }
      times.append(runs.min() ?? 0)
    }
    // What takes hardly any time is the noise of the machine; with the square of the size it would take long.
    let growth = times[2] / max(times[0], 0.001)
    let isGood = growth < 10
    isLinear = isLinear && isGood
    let shown = times.map { String(format: "%9.3f", $0 * 1000) }.joined()
    let name = form.name.padding(toLength: 42, withPad: " ", startingAt: 0)
    print(
      "\(name) \(reads == 1400 ? " 1400" : "65536") B/read\(shown)  × \(String(format: "%.1f", growth)) \(isGood ? "ok" : "NOT LINEAR")"
    )
  }
}
exit(isLinear ? 0 : 1)
