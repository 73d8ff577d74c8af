import LLMPerf

/// Where and how a run is logged to Weights & Biases.
package struct WandBOptions: Sendable {
  /// `--wandb-mode`.
  package enum Mode: String, Sendable, CaseIterable {
    /// Uploads while the run goes on, and falls back to `offline` when that fails.
    case online
    /// Writes a folder that `wandb sync` uploads.
    case offline
    /// Does nothing.
    case disabled
  }

  package var mode: Mode
  /// The secret; in no output.
  package var key: String
  package var base: HTTPAddress
  /// User or team; nil: the key's default one.
  package var entity: String?
  package var project: String
  /// The folder that `wandb/` is made in.
  package var directory: String

  /// The options from the command line, and from the client's own environment variables where they are not given.
  ///
  /// - Parameters:
  ///   - mode: nil: online when there is a key, else nothing is logged. A key that stands in the environment alone and
  ///     is none is passed over: nobody asked for it here.
  ///   - environment: The process's environment: `WANDB_API_KEY`, `WANDB_BASE_URL`, `WANDB_ENTITY`, `WANDB_PROJECT`,
  ///     `WANDB_MODE`, `WANDB_DIR`.
  /// - Returns: nil when W&B is not asked for.
  /// - Throws: `UsageError` naming the option that is wrong. The key is never quoted.
  package init?(
    mode: String?, key keyOption: String?, baseURL: String?, entity: String?, project: String?,
    environment: [String: String]
  ) throws {
    func given(_ option: String?, _ variable: String) -> String? {
      [option, environment[variable]].compactMap { $0 }.first { !$0.isEmpty }
    }
    let key = given(keyOption, "WANDB_API_KEY")
    let modeName = mode ?? (key == nil ? nil : environment["WANDB_MODE"] ?? Mode.online.rawValue)
    guard let modeName else { return nil }
    guard let chosen = Mode(rawValue: modeName) else {
      let names = Mode.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError("--wandb-mode \(modeName) is not known; use one of \(names)")
    }
    guard chosen != .disabled else { return nil }
    if chosen == .online {
      guard let key else {
        throw UsageError("--wandb-mode online needs a key: give --wandb-api-key, or set WANDB_API_KEY")
      }
      if mode == nil, keyOption == nil, !Self.isKey(key) { return nil }
      guard Self.isKey(key) else {
        throw UsageError(
          "--wandb-api-key is no W&B key: it has \(key.count) characters; a key has 40 or more letters, digits, _ and -"
        )
      }
    }
    let project = given(project, "WANDB_PROJECT") ?? "perf_benchmark"
    guard project.count <= 128, !project.contains(where: { "/\\#?%:".contains($0) }) else {
      throw UsageError(
        #"--wandb-project \#(project) is no project name; use at most 128 characters, none of / \ # ? % :"#)
    }
    self.mode = chosen
    self.key = key ?? ""
    base = try HTTPAddress(given(baseURL, "WANDB_BASE_URL") ?? "https://api.wandb.ai")
    self.entity = given(entity, "WANDB_ENTITY")
    self.project = project
    directory = given(nil, "WANDB_DIR") ?? "."
  }

  /// A key is at least 40 characters of its alphabet, behind an optional prefix, or a token of three parts.
  private static func isKey(_ key: String) -> Bool {
    key.utf8.count >= 40 && key.utf8.allSatisfy { 0x21...0x7E ~= $0 }
  }

  /// `text` with the key masked.
  func masked(_ text: String) -> String {
    key.isEmpty ? text : text.split(separator: key, omittingEmptySubsequences: false).joined(separator: "***")
  }
}
