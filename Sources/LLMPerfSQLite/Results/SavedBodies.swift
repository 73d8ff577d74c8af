/// What bodies a database keeps.
public enum SavedBodies: String, Sendable, CaseIterable {
  /// Requests, and every event and body as it came.
  case full
  /// The text of the answers only.
  case text
  /// None: times and counts only.
  case none
}
