import LLMPerf
import LLMPerfLock

/// The secrets of this process, as they become known: those of the command line and the environment from the start, those
/// of files as they are read.
final class KnownSecrets: Sendable {
  private let values: Lock<Set<String>>

  init(_ values: [String] = []) {
    self.values = Lock(Set(values))
  }

  /// Takes further ones.
  func learn(_ more: [String]) {
    values.withLock { $0.formUnion(more) }
  }

  /// Hides those that are known by now.
  var redactor: Redactor { Redactor(values.withLock { $0 }) }
}

extension KnownSecrets {
  /// Takes the secrets that the template of a request's body holds.
  func learn(fromTemplate text: String) { learn(Self.secrets(inTemplate: text)) }

  /// The secrets in a template: the texts of members that are named so.
  static func secrets(inTemplate text: String) -> [String] {
    (try? JSON(text)).map { secrets(in: $0) } ?? []
  }

  private static func secrets(in value: JSON) -> [String] {
    switch value {
    case .array(let elements): elements.flatMap { secrets(in: $0) }
    case .object(let members):
      members.flatMap { member -> [String] in
        guard case .string(let text) = member.value else { return secrets(in: member.value) }
        return SecretName.isSecretMember(member.key) ? [text] : []
      }
    default: []
    }
  }
}
