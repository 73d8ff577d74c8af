import CLLMPerfWire
import Glibc
import Testing

/// Kernels before 5.11 have no epoll_pwait2; both ways must do the same.
struct OlderPollTests {
  @Test(arguments: [false, true])
  func `tells what is ready, as often as it is asked`(isOlder: Bool) {
    let (epoll, descriptor) = (lw_epoll_create(), lw_eventfd())
    defer { [epoll, descriptor].forEach(lw_close) }
    #expect(lw_epoll_add(epoll, descriptor, UInt32(LW_READABLE), 7) == 0)
    lw_eventfd_signal(descriptor)
    for timeout in [0, 1, 1_000_000_000, -1] as [Int64] {
      var event = lw_event()
      #expect(wait(epoll, &event, timeout, isOlder: isOlder) == 1)
      #expect(event.token == 7)
      #expect(event.events == UInt32(LW_READABLE))
    }
  }

  @Test(arguments: [false, true])
  func `waits no shorter than it is told, below a millisecond too`(isOlder: Bool) {
    let epoll = lw_epoll_create()
    defer { lw_close(epoll) }
    var event = lw_event()
    for timeout in [0, 1, 123_456, 1_500_000] as [Int64] {
      let start = lw_monotonic()
      #expect(wait(epoll, &event, timeout, isOlder: isOlder) == 0)
      #expect(lw_monotonic() - start >= timeout)
    }
  }

  @Test
  func `says when the descriptor is no epoll`() {
    let descriptor = lw_eventfd()
    defer { lw_close(descriptor) }
    lw_eventfd_signal(descriptor)
    var event = lw_event()
    #expect(wait(-1, &event, 0, isOlder: false) == -EBADF)
    #expect(wait(-1, &event, 0, isOlder: true) == -EBADF)
    #expect(wait(descriptor, &event, 0, isOlder: false) == -EINVAL)
    #expect(wait(descriptor, &event, 1_000, isOlder: true) == -EINVAL)
  }

  private func wait(_ epoll: Int32, _ event: inout lw_event, _ timeout: Int64, isOlder: Bool) -> Int32 {
    isOlder ? lw_epoll_wait_by_poll(epoll, &event, 1, timeout) : lw_epoll_wait(epoll, &event, 1, timeout)
  }
}
