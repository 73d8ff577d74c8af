internal import CLLMPerfWire

/// When a loop last found its sockets empty: the bound on how much later the stamp of a read may be than the first of the
/// segments that the read brought.
///
/// A look that did not show a socket found it empty. A look that slept found all of them empty, and they stayed so until
/// the thread was woken. What it slept is the time it took, less what the thread worked or waited for a processor, as the
/// scheduler tells; asking for that costs a good microsecond, and is done for looks that may sleep while first tokens are
/// awaited.
struct SocketLooks {
  /// When the sockets of each class were empty for certain, on the monotonic clock.
  private(set) var calmEmptyAt: Int64 = 0
  private(set) var urgentEmptyAt: Int64 = 0
  private var began: Int64 = 0
  /// The thread's CPU time as the look began; nil where it does not matter.
  private var workedBefore: Int64?
  /// Its waiting for a processor when it was last asked for: at the latest as the look began.
  private var waitedBefore: Int64 = 0
  /// What the thread last waited for a processor. A segment has its stamp before a thread of the kernel brings it to its
  /// socket; on a crowded machine that one waits too, and a look in the meantime finds the socket empty.
  private(set) var crowding: Int64 = 0
  private let runDelay = RunDelay()

  /// A look that takes less needs no better bound than its beginning.
  private static let shortLook: Int64 = 50_000

  /// Whether the system tells how long the thread waits for a processor.
  var knowsRunDelay: Bool { runDelay.isKnown }

  /// A look begins. What it sleeps is found out where it `mattersWhetherItSleeps`.
  mutating func begin(mattersWhetherItSleeps: Bool) {
    workedBefore = mattersWhetherItSleeps && runDelay.isKnown ? lw_thread_cpu_time() : nil
    began = lw_monotonic()
  }

  /// The look is over.
  mutating func end() {
    guard let workedBefore else { return }
    let took = lw_monotonic() - began
    guard took > Self.shortLook, let waited = runDelay.now else { return }
    crowding = min(max(0, waited - waitedBefore), took)
    waitedBefore = waited
    let asleepUntil = Self.asleepUntil(
      began: began, took: took, worked: lw_thread_cpu_time() - workedBefore, waited: crowding)
    calmEmptyAt = max(calmEmptyAt, asleepUntil)
    urgentEmptyAt = max(urgentEmptyAt, asleepUntil)
  }

  /// What the look that just ended did not show was empty as it began.
  mutating func keepCalm() { calmEmptyAt = max(calmEmptyAt, began) }

  /// The same of the urgent sockets, which were looked at as this look began, or by one of their own at `instant`.
  mutating func keepUrgent(_ instant: Int64? = nil) { urgentEmptyAt = max(urgentEmptyAt, instant ?? began) }

  /// A moment until which a thread slept at least that began a look and took so long for it, in which it worked for
  /// `worked` and waited for a processor for `waited` at most.
  static func asleepUntil(began: Int64, took: Int64, worked: Int64, waited: Int64) -> Int64 {
    began + max(0, took - max(0, worked) - max(0, waited))
  }
}
