/// A value that is being encoded, which becomes what it is told to hold.
final class JSONTree {
  private enum Content {
    case scalar(String)
    case list([JSONTree])
    case object([String: JSONTree])
  }

  private var content = Content.object([:])

  /// How many elements a list has.
  var count: Int {
    if case .list(let elements) = content { elements.count } else { 0 }
  }

  func fill(_ value: some Encodable) throws {
    switch value {
    case let text as String: content = .scalar(Self.quoted(text))
    case let truth as Bool: content = .scalar(truth ? "true" : "false")
    case let number as any BinaryInteger: content = .scalar("\(number)")
    case let number as any BinaryFloatingPoint: content = .scalar("\(number)")
    default: try value.encode(to: TreeEncoder(tree: self))
    }
  }

  func fillWithNull() { content = .scalar("null") }

  func becomeList() {
    if case .list = content { return }
    content = .list([])
  }

  func addElement() -> JSONTree {
    let element = JSONTree()
    if case .list(let elements) = content { content = .list(elements + [element]) }
    return element
  }

  func addMember(_ name: String) -> JSONTree {
    let member = JSONTree()
    if case .object(var members) = content {
      members[name] = member
      content = .object(members)
    }
    return member
  }

  func text(indent: String) -> String {
    let inner = indent + "  "
    switch content {
    case .scalar(let text): return text
    case .list(let elements):
      return "[\n" + elements.map { inner + $0.text(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let members):
      let lines = members.sorted { $0.key < $1.key }.map {
        "\(inner)\(Self.quoted($0.key)) : \($0.value.text(indent: inner))"
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var output = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\", "/": output += "\\\(scalar)"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output + "\""
  }
}

/// What a value writes itself to.
struct TreeEncoder: Encoder {
  let tree: JSONTree
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(ObjectContainer(tree: tree))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    tree.becomeList()
    return ListContainer(tree: tree)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { ValueContainer(tree: tree) }
}

private struct ObjectContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let tree: JSONTree
  var codingPath: [any CodingKey] { [] }

  func encodeNil(forKey key: Key) { tree.addMember(key.stringValue).fillWithNull() }

  func encode(_ value: some Encodable, forKey key: Key) throws { try tree.addMember(key.stringValue).fill(value) }

  func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type, forKey key: Key) -> KeyedEncodingContainer<Inner> {
    TreeEncoder(tree: tree.addMember(key.stringValue)).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    TreeEncoder(tree: tree.addMember(key.stringValue)).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { TreeEncoder(tree: tree.addMember("super")) }

  func superEncoder(forKey key: Key) -> any Encoder { TreeEncoder(tree: tree.addMember(key.stringValue)) }
}

private struct ListContainer: UnkeyedEncodingContainer {
  let tree: JSONTree
  var codingPath: [any CodingKey] { [] }
  var count: Int { tree.count }

  func encodeNil() { tree.addElement().fillWithNull() }

  func encode(_ value: some Encodable) throws { try tree.addElement().fill(value) }

  func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) -> KeyedEncodingContainer<Inner> {
    TreeEncoder(tree: tree.addElement()).container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    TreeEncoder(tree: tree.addElement()).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { TreeEncoder(tree: tree.addElement()) }
}

private struct ValueContainer: SingleValueEncodingContainer {
  let tree: JSONTree
  var codingPath: [any CodingKey] { [] }

  func encodeNil() { tree.fillWithNull() }

  func encode(_ value: some Encodable) throws { try tree.fill(value) }
}
