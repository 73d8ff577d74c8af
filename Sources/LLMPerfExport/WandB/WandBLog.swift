/// The folder that a run is written down in: `wandb/run-TIME-ID`, or `wandb/offline-run-TIME-ID` once it is clear that
/// only `wandb sync` will upload it. A run cut off by a crash can be uploaded from either.
final class WandBLog {
  private(set) var folder: String
  private let name: String
  private var file: OutputFile
  private var count = 0

  /// Makes the folder and the run's file in it, with the first two records.
  init(_ run: WandBRun, isOffline: Bool, version: String, options: WandBOptions) throws(FileFailure) {
    let stem = "run-\(WallTime.compact(run.startTime))-\(run.id)"
    let parent = options.directory == "." ? "wandb" : options.directory + "/wandb"
    folder = "\(parent)/\(isOffline ? "offline-" : "")\(stem)"
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

  /// Renames the folder to what it is now; returns its path.
  func becomeOffline() -> String {
    guard let slash = folder.lastIndex(of: "/") else { return folder }
    let parent = folder[...slash]
    let renamed = parent + "offline-" + folder[folder.index(after: slash)...]
    if Folder.rename(folder, to: String(renamed)) { folder = String(renamed) }
    return folder
  }

  /// Removes the folder: everything in it has arrived.
  func remove() {
    Folder.remove(folder)
  }
}
