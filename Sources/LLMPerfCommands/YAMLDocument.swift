package import LLMPerf
import Yams

/// YAML as the JSON that it stands for. Keys keep their order and numbers their text.
package enum YAMLDocument {
  /// Parses one YAML document. Plain scalars follow YAML 1.2's core schema as far as JSON has a value for them: `null`,
  /// `true`, `false` and decimal numbers; all others, dates among them, are texts.
  ///
  /// - Parameters:
  ///   - text: The document.
  ///   - file: The file's name, for messages.
  /// - Throws: `UsageError` that names the file, the line and what is wrong there.
  package static func parse(_ text: String, file: String) throws(UsageError) -> JSON {
    let node: Node?
    do {
      node = try compose(yaml: text)
    } catch let error as YamlError {
      throw UsageError("\(file)\(error.place): \(error.reason)")
    } catch {
      throw UsageError("\(file) is not YAML: \(error)")
    }
    guard let node else { throw UsageError("\(file) is empty") }
    var budget = 100_000
    return try json(node, file: file, budget: &budget)
  }

  /// Aliases are written out, so a few lines can stand for a great many values; `budget` bounds them.
  private static func json(_ node: Node, file: String, budget: inout Int) throws(UsageError) -> JSON {
    budget -= 1
    guard budget > 0 else { throw UsageError("\(file) stands for more than 100000 values; use fewer aliases") }
    switch node {
    case .scalar(let scalar): return value(scalar)
    case .sequence(let sequence):
      var elements: [JSON] = []
      for element in sequence { elements.append(try json(element, file: file, budget: &budget)) }
      return .array(elements)
    case .mapping(let mapping):
      var members: [JSON.Member] = []
      for (key, value) in mapping {
        guard case .scalar(let name) = key else {
          throw UsageError("\(file)\(key.mark.place): a key must be a text")
        }
        let value = try json(value, file: file, budget: &budget)
        if name.string == "<<", case .object(let merged) = value {
          members = merged.filter { new in !members.contains { $0.key == new.key } } + members
        } else {
          members.removeAll { $0.key == name.string }
          members.append(JSON.Member(name.string, value))
        }
      }
      return .object(members)
    case .alias(let alias):
      throw UsageError("\(file)\(alias.mark.place): the alias \(alias.anchor.rawValue) is not known")
    }
  }

  private static func value(_ scalar: Node.Scalar) -> JSON {
    let text = scalar.string
    guard scalar.style == .plain || scalar.style == .any else { return .string(text) }
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default:
      guard case .number(let number)? = try? JSON(text) else { return .string(text) }
      return .number(number)
    }
  }
}

extension Mark? {
  /// The mark as it stands behind a file's name.
  fileprivate var place: String { map { " line \($0.line)" } ?? "" }
}

extension YamlError {
  fileprivate var place: String {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): Mark?.some(mark).place
    case .duplicatedKeysInMapping(_, let context): Mark?.some(context.mark).place
    default: ""
    }
  }

  fileprivate var reason: String {
    switch self {
    case .scanner(let context, let problem, _, _), .parser(let context, let problem, _, _),
      .composer(let context, let problem, _, _):
      context.map { "\($0.text), \(problem)" } ?? problem
    case .duplicatedKeysInMapping(let keys, _):
      "the key \(keys.map { "\($0)" }.joined(separator: ", ")) stands there twice"
    case .reader(let problem, _, _, _): "not YAML: \(problem)"
    default: "not YAML: \(self)"
    }
  }
}
