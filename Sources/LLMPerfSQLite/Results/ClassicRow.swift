import LLMPerf

/// The original tool's columns of one request: its shapes, with the values that they promise.
///
/// `first_chunk_latency` is the time to the first token, and `chunk_time` ÷ `n_chunks` the mean gap between events that
/// carry output. As in the original, all of them are null for a failure, and an answer without a stream counts as one
/// chunk that took the whole latency.
struct ClassicRow {
  var latency: Double?
  var firstChunkLatency: Double?
  var chunkCount: Int?
  var chunkTime: Double?
  var promptTokens: Int?
  var completionTokens: Int?

  init(_ record: RequestRecord) {
    guard record.succeeded else { return }
    latency = record.latency?.inSeconds
    promptTokens = record.usage.input ?? record.counted.input
    completionTokens = record.usage.output ?? record.counted.output
    if let first = record.firstTokenAt, let last = record.lastTokenAt, record.tokenEventTimes.count > 1 {
      firstChunkLatency = record.timeToFirstToken?.inSeconds
      chunkCount = record.tokenEventTimes.count - 1
      chunkTime = (last - first).inSeconds
    } else {
      firstChunkLatency = record.timeToFirstToken?.inSeconds ?? latency
      chunkCount = 1
      chunkTime = latency
    }
  }
}
