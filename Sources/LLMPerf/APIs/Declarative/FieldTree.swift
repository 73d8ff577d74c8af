/// Many JSON pointers as one tree, so that one pass over the text finds what lies at each of them.
struct FieldTree: Sendable {
  /// What was found: the number of the pointer, and where its value lies in the text.
  struct Found {
    var field: Int
    var range: Range<Int>
  }

  /// The pointers that end here.
  private var fields: [Int] = []
  private var children: [(key: [UInt8], tree: FieldTree)] = []
  private var elements: [FieldTree] = []

  /// A tree of `pointers`; fields are numbered by their place.
  init(_ pointers: [JSONPointer]) {
    for (field, pointer) in pointers.enumerated() { insert(field, pointer.steps[...]) }
  }

  private init() {}

  private mutating func insert(_ field: Int, _ steps: ArraySlice<JSONPointer.Step>) {
    guard let step = steps.first else { return fields.append(field) }
    switch step {
    case .anyElement:
      if elements.isEmpty { elements.append(FieldTree()) }
      elements[0].insert(field, steps.dropFirst())
    case .key(let key):
      let bytes = Array(key.utf8)
      let place = children.firstIndex { $0.key == bytes } ?? children.count
      if place == children.count { children.append((bytes, FieldTree())) }
      children[place].tree.insert(field, steps.dropFirst())
    }
  }

  /// Walks over the value at the scanner's cursor and adds what it finds, in the order of the text.
  func walk(_ scanner: inout JSONScanner, _ found: inout [Found]) throws(JSON.ParseError) {
    let kind = try scanner.kind()
    let start = scanner.offset
    let places = found.count
    for field in fields { found.append(Found(field: field, range: start..<start)) }
    switch kind {
    case .object where !children.isEmpty:
      try scanner.enterObject()
      while try scanner.nextKey() {
        if let child = child(at: scanner) { try child.walk(&scanner, &found) } else { try scanner.skip() }
      }
    case .array where !children.isEmpty || !elements.isEmpty:
      try walkArray(&scanner, &found)
    default: try scanner.skip()
    }
    for place in places..<places + fields.count { found[place].range = start..<scanner.offset }
  }

  private func walkArray(_ scanner: inout JSONScanner, _ found: inout [Found]) throws(JSON.ParseError) {
    var number = 0
    try scanner.enterArray()
    while try scanner.nextElement() {
      let numbered = children.isEmpty ? nil : children.first { $0.key.elementsEqual("\(number)".utf8) }?.tree
      if let any = elements.first {
        // An element that two pointers reach, by number and as any, is walked twice.
        if let numbered {
          var again = scanner
          try numbered.walk(&again, &found)
        }
        try any.walk(&scanner, &found)
      } else if let numbered {
        try numbered.walk(&scanner, &found)
      } else {
        try scanner.skip()
      }
      number += 1
    }
  }

  private func child(at scanner: JSONScanner) -> FieldTree? {
    for child in children where scanner.keyEquals(child.key) { return child.tree }
    return nil
  }
}
