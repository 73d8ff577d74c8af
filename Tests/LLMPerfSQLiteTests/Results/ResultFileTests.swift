import Foundation
import LLMPerf
import Testing

@testable import LLMPerfSQLite

struct ResultFileTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("run.db") }

  init() throws {
    folder = try TemporaryFolder()
  }

  private var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() }
  }

  private func makeWriter(_ limits: ResultFile.Limits = ResultFile.Limits()) throws -> ResultWriter {
    try ResultWriter(path: path, saving: .full, limits: limits) { _ in "{}" }
  }

  private static func records(_ count: Int, text: Int = 10) -> [RequestRecord] {
    (0..<count).map { index in
      var record = RequestRecord(index: index, dueAt: RunInstant(nanoseconds: Int64(index)))
      record.sentAt = record.dueAt
      record.endedAt = RunInstant(nanoseconds: Int64(index) + 5)
      record.bodies = RequestBodies(request: [], text: Array(repeating: UInt8(ascii: "x"), count: text))
      return record
    }
  }

  private func indices(_ path: String) throws -> [Int] {
    var indices: [Int] = []
    try ResultReader(path: path).forEachRecord { indices.append($0.index) }
    return indices
  }

  @Test
  func `a finished run leaves one file that needs no log and is its owner's alone`() throws {
    let writer = try makeWriter()
    try writer.begin(.sample)
    try writer.receive(Self.records(3))
    #expect(try writer.close())
    #expect(try files == ["run.db"])
    // Bytes 18 and 19 of the header: 2 is a database with a log, which cannot be read without writing beside it.
    let header = try Data(contentsOf: URL(fileURLWithPath: path)).prefix(20)
    #expect(Array(header.suffix(2)) == [1, 1])
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
  }

  @Test
  func `the log and the index of a run that goes on are their owner's alone`() throws {
    let writer = try makeWriter()
    try writer.begin(.sample)
    try writer.receive(Self.records(1))
    try writer.commit()
    for name in try files {
      let file = folder.path(name)
      #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600, "\(name)")
    }
    try writer.close()
  }

  @Test
  func `a reader that stays is told of, and loses nothing`() throws {
    let writer = try makeWriter()
    try writer.begin(.sample)
    try writer.receive(Self.records(3))
    try writer.commit()
    let reader = try Database(path, .write)
    #expect(try reader.text("SELECT count(*) FROM result") == "3")
    #expect(try !writer.close())
    #expect(try reader.text("SELECT count(*) FROM result") == "3")
    reader.close()
    #expect(try indices(path) == [0, 1, 2])
  }

  @Test
  func `a name is taken by a run that began, and by nothing before`() throws {
    let killed = try makeWriter()
    #expect(try files == ["run.db-new"])
    // The next run does not mind what a killed one left.
    let writer = try makeWriter()
    try writer.begin(.sample)
    #expect(throws: DatabaseError.self) { try killed.begin(.sample) }
    #expect(throws: DatabaseError.self) { try makeWriter() }
    try writer.receive(Self.records(2))
    try writer.close()
    #expect(try indices(path) == [0, 1])
    #expect(try ResultReader(path: path).run.name == RunDescription.sample.name)
  }

  @Test
  func `a run that never began leaves no file`() throws {
    let writer = try makeWriter()
    try writer.close()
    #expect(try files == [])
  }

  @Test
  func `a link that somebody laid out is not followed`() throws {
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder.path("elsewhere"))
    #expect(throws: DatabaseError.self) { try makeWriter() }
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("other.db-new"), withDestinationPath: folder.path("elsewhere"))
    let writer = try ResultWriter(path: folder.path("other.db"), saving: .full) { _ in "{}" }
    try writer.begin(.sample)
    try writer.close()
    #expect(try files == ["other.db", "run.db"])
  }

  @Test(arguments: [false, true])
  func `a database that is deleted during the run is written again with all rows`(withLog: Bool) throws {
    let writer = try makeWriter()
    try writer.begin(.sample)
    try writer.receive(Self.records(3))
    try writer.tick(at: .start)
    #expect(writer.incident == nil)
    for name in withLog ? ["run.db", "run.db-wal", "run.db-shm"] : ["run.db"] {
      try FileManager.default.removeItem(atPath: folder.path(name))
    }
    try writer.tick(at: RunInstant(nanoseconds: 1_000_000_000))
    #expect(writer.incident?.contains("deleted or moved during the run") == true)
    #expect(try indices(path) == [0, 1, 2])
    try writer.receive([RequestRecord(index: 3, dueAt: .start)])
    #expect(try writer.close())
    #expect(try indices(path) == [0, 1, 2, 3])
    #expect(try files == ["run.db"])
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
  }

  @Test
  func `a database that was moved is whole there, and what took its name is not touched`() throws {
    let writer = try makeWriter()
    try writer.begin(.sample)
    try writer.receive(Self.records(3))
    try FileManager.default.moveItem(atPath: path, toPath: folder.path("moved.db"))
    try Data("mine".utf8).write(to: URL(fileURLWithPath: path))
    try writer.close()
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
    #expect(try indices(folder.path("run.db-recovered")) == [0, 1, 2])
    #expect(try indices(folder.path("moved.db")) == [0, 1, 2])
    #expect(writer.path == folder.path("run.db-recovered"))
  }

  @Test
  func `a lock that another process holds for a while is waited for`() throws {
    let writer = try makeWriter()
    try writer.begin(.sample)
    let path = path
    let isHeld = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      let other = try? Database(path, .write)
      try? other?.execute("BEGIN IMMEDIATE")
      isHeld.signal()
      Thread.sleep(forTimeInterval: 0.3)
      try? other?.execute("COMMIT")
    }
    isHeld.wait()
    try writer.tick(at: .start)
    try writer.receive(Self.records(3))
    try writer.close()
    #expect(try indices(path) == [0, 1, 2])
    #expect(writer.longestLag > .milliseconds(100))
  }

  @Test
  func `a full disk keeps every row that it took, and is called full`() throws {
    let writer = try makeWriter(ResultFile.Limits(mostPages: 12))
    try writer.begin(.sample)
    var error: DatabaseError?
    do {
      for record in Self.records(100, text: 10_000) { try writer.receive([record]) }
      try writer.commit()
    } catch let failure as DatabaseError {
      error = failure
    }
    #expect(error?.description == "database \(path): the disk is full; the first \(writer.rowCount) requests are in it")
    // What has been told is not told again in other words.
    try writer.close()
    let kept = try indices(path)
    #expect(kept == Array(0..<writer.rowCount))
    #expect(kept.count > 10)
  }

  @Test
  func `what a row is too small for is left out by name, and the rest is kept`() throws {
    let writer = try makeWriter(ResultFile.Limits(longestRow: 20_000))
    try writer.begin(.sample)
    var records = Self.records(3)
    records[1].bodies?.text = Array(repeating: UInt8(ascii: "y"), count: 50_000)
    records[1].usage.output = 7
    try writer.receive(records)
    try writer.close()
    #expect(writer.shortenedRows == 1)
    let database = try Database(path, .write)
    #expect(
      try database.text("SELECT request_index || ' ' || name || ' ' || bytes FROM left_out") == "1 output_text 50000")
    #expect(try database.text("SELECT output_text IS NULL FROM result WHERE request_index = 1") == "1")
    var outputs: [Int?] = []
    try ResultReader(path: path).forEachRecord { outputs.append($0.usage.output) }
    #expect(outputs == [nil, 7, nil])
  }

  @Test
  func `messages that are longer than a row alone are left out with what they take at least`() throws {
    let writer = try makeWriter(ResultFile.Limits(longestRow: 20_000))
    try writer.begin(.sample)
    var records = Self.records(2)
    let start = records[0].bodies?.response.count ?? 0
    records[0].bodies?.response += Array(repeating: UInt8(ascii: "y"), count: 30_000)
    records[0].bodies?.events.append(
      RequestBodies.Event(data: start..<start + 30_000, name: 0..<0, at: .start, meaning: [.output, .classic]))
    try writer.receive(records)
    try writer.close()
    let database = try Database(path, .write)
    #expect(
      try database.text("SELECT name || ' ' || (bytes BETWEEN 40000 AND 42000) FROM left_out") == "response_messages 1")
    #expect(try database.text("SELECT group_concat(response_messages IS NULL) FROM result") == "1,0")
  }

  @Test
  func `what cannot be bound is an error, not a null`() throws {
    let writer = try makeWriter()
    try writer.begin(.sample)
    try writer.close()
    let database = try Database(path, .write)
    database.longestValue = 10_000
    let statement = try database.prepare("INSERT INTO result (request) VALUES (?)")
    statement.bind(String(repeating: "x", count: 10_001))
    #expect(throws: DatabaseError.self) { try statement.run() }
    #expect(try database.text("SELECT count(*) FROM result") == "0")
  }

  @Test
  func `what is empty, foreign or newer is refused in one sentence that says so`() throws {
    func message(_ path: String) -> String {
      #expect(throws: DatabaseError.self) { try ResultReader(path: path) }?.description ?? ""
    }
    let writer = try makeWriter()
    try writer.begin(.sample)
    try writer.close()
    let database = try Database(path, .write)
    try database.execute("PRAGMA user_version = 99")
    database.close()
    #expect(message(path).contains("it has form 99, and this version of the tool reads forms up to 1"))
    try Data().write(to: folder.url.appending(path: "empty.db"))
    #expect(message(folder.path("empty.db")).hasSuffix("not a result database of this tool: it is empty"))
    try Data("text".utf8).write(to: folder.url.appending(path: "text.db"))
    #expect(message(folder.path("text.db")).hasSuffix("not a result database of this tool: file is not a database"))
    #expect(message(folder.url.path).hasSuffix("it is no file"))
    #expect(message(folder.path("none.db")).hasSuffix("No such file or directory"))
  }
}
