import LLMPerf

/// The members of a mapping in their order, with those that `<<` merges into it.
struct YAMLMembers {
  private var members: [JSON.Member] = []
  /// The line of each key that the mapping itself has.
  private var lines: [String: Int] = [:]
  private var duplicates: Set<String> = []
  private var merged: Set<String> = []

  /// Adds a member. A mapping under `<<` gives its members instead; those that the mapping has by itself win.
  mutating func add(_ name: String, _ value: JSON, line: Int) {
    guard lines[name] == nil else {
      duplicates.insert(name)
      return
    }
    lines[name] = line
    if name == "<<", case .object(let others) = value {
      let known = Set(members.lazy.map(\.key))
      let new = others.filter { !known.contains($0.key) }
      members = new + members
      merged.formUnion(new.lazy.map(\.key))
    } else {
      if merged.remove(name) != nil { members.removeAll { $0.key == name } }
      members.append(JSON.Member(name, value))
    }
  }

  /// All members.
  ///
  /// - Throws: an error that names the keys that stand there more than once.
  func all() throws(YAMLError) -> [JSON.Member] {
    let names = duplicates.sorted()
    guard let first = names.first else { return members }
    throw YAMLError.mistake("the key \(names.joined(separator: ", ")) stands there twice", line: lines[first])
  }
}
