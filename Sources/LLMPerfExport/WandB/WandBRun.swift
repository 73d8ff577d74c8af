import LLMPerf

/// A run as W&B knows it: its id, its name, its configuration.
struct WandBRun: Sendable {
  /// The last part of the run's URL: eight lower-case letters and digits.
  var id: String
  var entity: String?
  var project: String
  /// The name that is shown.
  var displayName: String
  /// The configuration by name.
  var config: [JSON.Member]
  var host: String?
  /// Seconds since 1970.
  var startTime: Double
  /// The tool's arguments, secrets masked.
  var arguments: [String]
  var machine: [JSON.Member]

  /// The run that `description` describes.
  init(id: String, options: WandBOptions, _ description: RunDescription) {
    self.id = id
    entity = options.entity
    project = options.project
    displayName = String(description.name.prefix(128))
    host = description.machine.first { $0.name == "host" || $0.name == "hostname" }?.value.stringValue
    startTime = description.wallClockStart
    arguments = description.arguments
    machine = description.machine.map { JSON.Member($0.name, $0.value) }
    config = Self.config(description)
  }

  /// `model` and `time` as the original had them, then ours under the names of the options.
  private static func config(_ run: RunDescription) -> [JSON.Member] {
    var members = [
      JSON.Member("model", .string(run.model)),
      JSON.Member("time", .string(WallTime.underscored(run.wallClockStart))),
    ]
    let ours =
      run.configuration.map { JSON.Member($0.name, $0.value) } + [
        JSON.Member("api", .string(run.api)), JSON.Member("url", .string(run.url)),
        JSON.Member("seed", .number(String(run.seed))), JSON.Member("version", .string(run.version)),
        JSON.Member("arguments", .array(run.arguments.map { .string($0) })),
        JSON.Member("machine", .object(run.machine.map { JSON.Member($0.name, $0.value) })),
      ]
    // What was not given has no value.
    for member in ours where member.value != .null && !members.contains(where: { $0.key == member.key }) {
      members.append(member)
    }
    return members
  }

  /// The configuration as `UpsertBucket` takes it: each value wrapped, and the mark of a run that has begun.
  var wrappedConfig: JSON {
    let mark: JSON = ["value": ["t": .object([])]]
    return .object(
      config.map { JSON.Member($0.key, .object([JSON.Member("value", $0.value)])) } + [JSON.Member("_wandb", mark)])
  }

  /// `config.yaml`. JSON is YAML, so the values stand as they are.
  var configFile: [UInt8] {
    Array(config.map { "\(JSON.string($0.key)):\n    value: \($0.value)\n" }.joined().utf8)
  }

  /// `wandb-metadata.json`.
  var metadataFile: [UInt8] {
    let own: [JSON.Member] = [
      JSON.Member("program", "llmuses"), JSON.Member("args", .array(arguments.dropFirst().map { .string($0) })),
      JSON.Member("startedAt", .string(WallTime.iso(startTime) + "Z")),
    ]
    return JSON.object(own + machine.filter { member in !own.contains { $0.key == member.key } }).utf8(indented: true)
  }

  /// `RunRecord`.
  func encode(to body: inout ProtobufWriter) {
    body.field(1, string: id)
    if let entity { body.field(2, string: entity) }
    body.field(3, string: project)
    body.field(4, message: { $0.add(config.map { ($0.key, $0.value.description) }, field: 1) })
    body.field(8, string: displayName)
    if let host { body.field(13, string: host) }
    body.timestamp(17, startTime)
  }
}
