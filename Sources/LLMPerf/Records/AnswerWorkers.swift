/// The threads that read answers, and the line in which what they make of them waits for its turn.
final class AnswerWorkers {
  private let threads: [WorkerThread]
  private let reader: AnswerReader
  private let queue: ExchangeQueue
  private let line: TicketLine<AnswerReader.Batch>
  /// Why there are fewer threads than were wanted.
  let error: (any Error)?

  /// Starts `count` threads that read what comes to `queue`. Without any, whoever asks for the next batch reads it.
  init(_ count: Int, _ reader: AnswerReader, _ queue: ExchangeQueue) {
    let line = TicketLine<AnswerReader.Batch>(bringers: count)
    var threads: [WorkerThread] = []
    var error: (any Error)?
    for number in 0..<count {
      do {
        threads.append(
          try WorkerThread("llmuses-read-\(number)", yields: true) {
            while let batch = queue.next() { line.bring(reader.read(batch), number: batch.ticket.number) }
            line.leave()
          })
      } catch let failure {
        error = failure
        line.leave()
      }
    }
    (self.threads, self.error) = (threads, error)
    (self.reader, self.queue, self.line) = (reader, queue, line)
  }

  /// The next batch in the order of the tickets, for which it waits at most `time`.
  func next(within time: Duration) -> Look<AnswerReader.Batch> {
    guard threads.isEmpty else { return line.take(within: time) }
    return queue.take(within: ExchangeQueue.interval).map { reader.read($0) }
  }

  /// Waits until the threads have ended, which they do when the queue is closed and empty.
  func join() {
    for thread in threads { thread.join() }
  }
}
