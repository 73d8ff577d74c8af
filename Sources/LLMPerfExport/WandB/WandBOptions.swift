import LLMPerf
package import LLMPerfWire

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

  /// The service's own address.
  static let cloud = "https://api.wandb.ai"

  /// The options from the command line, and from the client's own environment variables where they are not given.
  ///
  /// - Parameters:
  ///   - mode: nil: online when there is a key, else nothing is logged. What stands in the environment alone and is no key
  ///     counts for none: nobody asked for it here.
  ///   - environment: The process's environment: `WANDB_API_KEY`, `WANDB_BASE_URL`, `WANDB_ENTITY`, `WANDB_PROJECT`,
  ///     `WANDB_MODE`, `WANDB_DIR`.
  /// - Returns: nil when W&B is not asked for.
  /// - Throws: `UsageError` naming the option that is wrong, or that has no effect. The key is never quoted.
  package init?(
    mode: String?, key keyOption: String?, baseURL: String?, entity: String?, project: String?,
    environment: [String: String]
  ) throws {
    func given(_ option: String?, _ variable: String) -> String? {
      [option, environment[variable]].compactMap { $0 }.first { !$0.isEmpty }
    }
    let key = given(keyOption, "WANDB_API_KEY")
    let isAsked = key.map { keyOption != nil || Self.isKey($0) } ?? false
    guard let chosen = try Self.mode(mode, hasKey: isAsked, variable: given(nil, "WANDB_MODE")) else {
      let details = [("base-url", baseURL), ("entity", entity), ("project", project)]
      guard let detail = details.first(where: { $0.1 != nil }) else { return nil }
      throw UsageError(
        "--wandb-\(detail.0) is for a run that is logged: give --wandb-api-key, set WANDB_API_KEY, or use --wandb-mode offline"
      )
    }
    guard chosen != .disabled else { return nil }
    if chosen == .online { try Self.check(key, origin: keyOption == nil ? "WANDB_API_KEY" : "--wandb-api-key") }
    let project = given(project, "WANDB_PROJECT") ?? "perf_benchmark"
    guard project.count <= 128, !project.contains(where: { "/\\#?%:".contains($0) }) else {
      throw UsageError(
        #"--wandb-project \#(project) is no project name; use at most 128 characters, none of / \ # ? % :"#)
    }
    self.mode = chosen
    self.key = key ?? ""
    base = try HTTPAddress(given(baseURL, "WANDB_BASE_URL") ?? Self.cloud, of: "--wandb-base-url")
    self.entity = given(entity, "WANDB_ENTITY")
    self.project = project
    directory = given(nil, "WANDB_DIR") ?? "."
  }

  private static func mode(_ option: String?, hasKey: Bool, variable: String?) throws -> Mode? {
    guard let name = option ?? (hasKey ? variable ?? Mode.online.rawValue : nil) else { return nil }
    if let mode = Mode(rawValue: name) { return mode }
    let names = Mode.allCases.map(\.rawValue).joined(separator: ", ")
    throw UsageError("\(option == nil ? "WANDB_MODE" : "--wandb-mode") \(name) is not known; use one of \(names)")
  }

  private static func check(_ key: String?, origin: String) throws {
    guard let key else {
      throw UsageError("--wandb-mode online needs a key: give --wandb-api-key, or set WANDB_API_KEY")
    }
    guard isKey(key) else {
      throw UsageError(
        "\(origin) is no W&B key: it has \(key.count) characters; a key has 40 or more letters, digits, _ and -")
    }
  }

  /// A key is at least 40 characters of its alphabet, behind an optional prefix, or a token of three parts.
  package static func isKey(_ key: String) -> Bool {
    let parts = key.split(separator: ".", omittingEmptySubsequences: false)
    return key.utf8.count >= 40 && (parts.count == 1 || parts.count == 3)
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
      }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// `text` with the key masked.
  func masked(_ text: String) -> String {
    key.isEmpty ? text : text.split(separator: key, omittingEmptySubsequences: false).joined(separator: "***")
  }
}
