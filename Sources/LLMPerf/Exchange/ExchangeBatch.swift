/// Exchanges that one worker reads at once.
package struct ExchangeBatch: Sendable {
  /// The batch's place in the order in which sinks are told, whichever worker is ready first.
  package struct Ticket: Sendable {
    /// Counts the batches of a queue from 0.
    package let number: Int
    /// How many exchanges were taken with it.
    package let exchanges: Int
    /// What they may take in memory until the sinks have been told, more or less.
    let weight: Int
  }

  package let ticket: Ticket
  /// In order of their end.
  package var exchanges: [FinishedExchange]

  /// What an exchange takes beside its body, with its record and its row.
  private static let weightOfExchange = 4096

  /// A batch of `exchanges` whose bodies have `length` bytes together, wherever they lie.
  init(_ exchanges: [FinishedExchange], length: Int, number: Int) {
    self.exchanges = exchanges
    ticket = Ticket(
      number: number, exchanges: exchanges.count, weight: length + exchanges.count * Self.weightOfExchange)
  }

  /// The batch with the bodies that had no room in memory. Slow where they lie in a file, so nobody should be kept waiting
  /// meanwhile.
  consuming func broughtBack() -> ExchangeBatch {
    for position in exchanges.indices where !exchanges[position].spilled.isEmpty { exchanges[position].bringBack() }
    return self
  }
}
