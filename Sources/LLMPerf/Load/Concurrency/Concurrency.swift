/// How many requests a closed loop has in flight: a step function of the run's time. One that does not change is one step.
public struct Concurrency: Sendable, Hashable {
  /// So many places, from a moment on.
  public struct Step: Sendable, Hashable {
    /// When it begins.
    public var from: RunInstant
    /// Places for requests in flight.
    public var places: Int

    /// `places` from `from` on.
    public init(from: RunInstant, places: Int) {
      self.from = from
      self.places = places
    }
  }

  /// The steps in the order of time, the first one at the start.
  public let steps: [Step]

  /// `places` at all times.
  public init(_ places: Int) {
    steps = [Step(from: .start, places: places)]
  }

  /// What `steps` say; before the first of them there is no place.
  public init(steps: [Step]) {
    let ordered = steps.sorted { $0.from < $1.from }
    self.steps = ordered.first?.from == .start ? ordered : [Step(from: .start, places: 0)] + ordered
  }

  /// The most places there are at any time.
  public var most: Int { steps.reduce(0) { max($0, $1.places) } }

  /// The places at `instant`.
  public func places(at instant: RunInstant) -> Int {
    steps.last { $0.from <= instant }?.places ?? 0
  }

  /// The step that `instant` is in, from 0; nil where there are not several.
  package func stage(at instant: RunInstant) -> Int? {
    steps.count > 1 ? steps.lastIndex { $0.from <= instant } : nil
  }

  /// The part of the places that loop `number` of `loops` has.
  package func share(_ number: Int, of loops: Int) -> Concurrency {
    Concurrency(steps: steps.map { Step(from: $0.from, places: $0.places.share(number, of: loops)) })
  }
}

extension Int {
  /// The part of so many that is taken by `number` of `count` that share them, who differ by one at most.
  package func share(_ number: Int, of count: Int) -> Int { self / count + (number < self % count ? 1 : 0) }
}
