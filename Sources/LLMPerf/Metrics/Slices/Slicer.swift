/// Parts a run's requests by keys as they come.
///
/// A key costs nothing until two requests differ in it. From then on each of its slices has a tally, which is mostly its
/// histograms of gaps, and each row a byte that says which slice it is in. Beyond the most slices, values share one: which
/// ones is the only thing that depends on the order of the records.
struct Slicer {
  /// How many keys there may be: a row's slices are packed into one number.
  static let mostKeys = 8

  /// The parts that one key makes.
  struct Division {
    let key: SliceKey
    /// The value of each part; nil of that of the requests without one. Empty before the first request.
    fileprivate(set) var names: [String?] = []
    /// What was added up of each part; empty as long as there is one part alone.
    fileprivate(set) var tallies: [PartTally] = []
    private var places: [String?: Int] = [:]

    init(_ key: SliceKey) {
      self.key = key
    }

    /// Whether there are parts.
    var isDivided: Bool { !tallies.isEmpty }

    /// The part of a request with `value`, made when there is none. `whole` is the tally of all requests before it; `room` is
    /// how many slices the run may still have.
    fileprivate mutating func place(of value: String?, _ whole: () -> PartTally, room: inout Int) -> Int {
      if names.isEmpty { return add(value) }
      // Most runs have one value of a key.
      if !isDivided, names[0] == value { return 0 }
      if let known = places[value] { return known }
      if !isDivided {
        tallies = [whole()]
        if names[0] != nil { room -= 1 }
      }
      if value != nil {
        // Each key may come to need a place for its first value and one for the rest.
        guard room > 2 * Slicer.mostKeys || value == RunSlice.otherName else {
          return place(of: RunSlice.otherName, whole, room: &room)
        }
        room -= 1
      }
      tallies.append(PartTally())
      return add(value)
    }

    private mutating func add(_ value: String?) -> Int {
      names.append(value)
      places[value] = names.count - 1
      return names.count - 1
    }

    fileprivate mutating func note(_ record: RequestRecord, in place: Int) {
      if isDivided { tallies[place].note(record) }
    }
  }

  private(set) var divisions: [Division]
  private var room = RunSlice.most
  /// The parts of each row from `firstRow` on, packed; those before are all in the first part.
  private var rows: RowStore?
  private var firstRow = 0
  private let spillDirectory: String

  init(_ keys: [SliceKey], spillDirectory: String) {
    divisions = keys.prefix(Self.mostKeys).map { Division($0) }
    self.spillDirectory = spillDirectory
  }

  /// Notes a request that `whole` has not noted yet.
  ///
  /// - Returns: the parts that it is in, packed.
  mutating func note(_ record: RequestRecord, _ whole: @autoclosure () -> PartTally) -> PackedParts {
    var parts = PackedParts()
    for key in divisions.indices {
      let place = divisions[key].place(of: divisions[key].key.value(record), whole, room: &room)
      divisions[key].note(record, in: place)
      parts[key] = place
    }
    return parts
  }

  /// Notes the parts of a row, the one behind `count` others.
  mutating func appendRow(_ parts: PackedParts, behind count: Int) {
    if rows == nil {
      guard divisions.contains(where: \.isDivided) else { return }
      rows = RowStore(columns: 1, spillDirectory: spillDirectory)
      firstRow = count
    }
    rows?.append { _ in parts.number }
  }

  /// The rows of each part of a key.
  func rows(of key: Int) throws -> RowParts {
    var parts = [UInt8](repeating: 0, count: firstRow)
    try rows?.forEach(0) { parts.append(UInt8(PackedParts($1)[key])) }
    return RowParts(parts, count: divisions[key].names.count)
  }
}

/// The part of each key that a request is in: a byte a key.
struct PackedParts: Hashable {
  private(set) var number: Int64 = 0

  init(_ number: Int64 = 0) {
    self.number = number
  }

  subscript(key: Int) -> Int {
    get { Int(truncatingIfNeeded: number >> Int64(8 * key)) & 0xFF }
    set { number |= Int64(newValue & 0xFF) << Int64(8 * key) }
  }
}
