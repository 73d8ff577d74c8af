import LLMPerfLock

/// A few workspaces that callers without an encoder of their own borrow.
final class WorkspacePool: Sendable {
  /// One workspace, made when it is first needed.
  private final class Place: Sendable {
    let workspace = Lock<Workspace?>(nil)
  }

  private let places = (0..<8).map { _ in Place() }

  /// Calls `body` with a workspace that nobody else uses meanwhile.
  func with<Result: Sendable>(
    _ body: (inout Workspace) throws(TokenizerError) -> Result
  ) throws(TokenizerError) -> Result {
    for place in places {
      let result = try place.workspace.withLockIfAvailable { (held) throws(TokenizerError) -> Result in
        var workspace = held.take() ?? Workspace()
        let result = try body(&workspace)
        held = consume workspace
        return result
      }
      if let result { return result }
    }
    var workspace = Workspace()
    return try body(&workspace)
  }
}
