import LLMPerf
import Testing

struct ConcurrencyTests {
  private static let steps = Concurrency(steps: [
    .init(from: .milliseconds(20), places: 7), .init(from: .start, places: 3),
    .init(from: .milliseconds(50), places: 2),
  ])

  @Test(arguments: [(0.0, 3), (19, 3), (20, 7), (49, 7), (50, 2), (1e6, 2)])
  func `has the places of the step that a moment is in`(milliseconds: Double, places: Int) {
    #expect(Self.steps.places(at: .milliseconds(milliseconds)) == places)
  }

  @Test
  func `one that does not change is one step`() {
    #expect(Concurrency(8) == Concurrency(steps: [.init(from: .start, places: 8)]))
    #expect(Concurrency(8).stage(at: .milliseconds(5)) == nil)
    #expect(Self.steps.stage(at: .milliseconds(30)) == 1)
    #expect(Self.steps.most == 7)
    #expect(Concurrency(steps: [.init(from: .milliseconds(5), places: 1)]).places(at: .start) == 0)
  }

  @Test(arguments: 1...9)
  func `loops share all of its places at any time`(loops: Int) {
    let shares = (0..<loops).map { Self.steps.share($0, of: loops) }
    for instant in [0.0, 25, 60].map(RunInstant.milliseconds) {
      let places = shares.map { $0.places(at: instant) }
      #expect(places.reduce(0, +) == Self.steps.places(at: instant))
      #expect((places.max() ?? 0) - (places.min() ?? 0) <= 1)
    }
  }

  @Test
  func `places open with a step, and close as they become free`() {
    var places = Places(Self.steps)
    #expect(places.first == 3)
    #expect(places.nextChange == .milliseconds(20))
    let early = places.takeStep(at: .milliseconds(19))
    #expect(early == nil)
    let rise = places.takeStep(at: .milliseconds(21))
    #expect(rise?.opening == 4 && rise?.since == .milliseconds(20))
    let closesMeanwhile = places.closesOne()
    #expect(!closesMeanwhile)
    let fall = places.takeStep(at: .milliseconds(60))
    #expect(fall?.opening == 0 && fall?.since == .milliseconds(50))
    #expect(places.nextChange == nil)
    let closed = (0..<7).map { _ in places.closesOne() }
    #expect(closed == [true, true, true, true, true, false, false])
  }

  @Test
  func `a place that was to close stays when more are wanted again`() {
    var places = Places(
      Concurrency(steps: [
        .init(from: .start, places: 5), .init(from: .milliseconds(1), places: 1),
        .init(from: .milliseconds(2), places: 4),
      ]))
    _ = places.takeStep(at: .milliseconds(1))
    let closes = places.closesOne()
    #expect(closes)
    let rise = places.takeStep(at: .milliseconds(2))
    #expect(rise?.opening == 0)
    // Four are open of those that were, and four are wanted.
    let closesMore = places.closesOne()
    #expect(!closesMore)
  }
}
