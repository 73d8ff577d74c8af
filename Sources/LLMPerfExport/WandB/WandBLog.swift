/// The folder that a run is written down in, `wandb/offline-run-TIME-ID`. The name is that of a run which only `wandb sync`
/// uploads, from the start on: so it does with one whose process was killed while it uploaded the run itself.
final class WandBLog {
  let folder: String
  private let name: String
  private var file: OutputFile
  private var count = 0

  /// Makes the folder and the run's file in it, with the first two records.
  init(_ run: WandBRun, version: String, options: WandBOptions) throws(FileFailure) {
    let parent = options.directory == "." ? "wandb" : options.directory + "/wandb"
    folder = "\(parent)/offline-run-\(WallTime.compact(run.startTime))-\(run.id)"
    name = "run-\(run.id).wandb"
    try Folder.make(folder)
    file = try OutputFile(creating: "\(folder)/\(name)")
    file.append(WandBLogFormat.header)
    append(.header(version: version))
    append(.run(run))
    try file.flush()
  }

  /// The run's file.
  var path: String { "\(folder)/\(name)" }

  var isFull: Bool { file.isFull }

  /// Writes `record` behind the others.
  func append(_ record: WandBRecord) {
    count += 1
    let framed = WandBLogFormat.framed(record.encoded(number: count), at: file.count)
    file.append(framed)
  }

  /// Makes everything readable; returns how far.
  func flush() throws(FileFailure) -> Int {
    try file.flush()
    return file.flushed
  }

  /// Keeps `files` beside the run's file, for `wandb sync` to find.
  func keep(_ files: [ExportedFile]) {
    var kept: [String] = []
    for file in files {
      do throws(FileFailure) {
        let parts = file.name.split(separator: "/")
        try Folder.make((["\(folder)/files"] + parts.dropLast().map(String.init)).joined(separator: "/"))
        try Folder.write(file.bytes, to: "\(folder)/files/\(file.name)")
        kept.append(file.name)
      } catch {
        continue
      }
    }
    if !kept.isEmpty { append(.files(kept)) }
  }

  /// Removes the folder: everything in it has arrived.
  func remove() {
    Folder.remove(folder)
  }
}
