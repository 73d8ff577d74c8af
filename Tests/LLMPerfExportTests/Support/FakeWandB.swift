import LLMPerf
import LLMPerfLock
import LLMPerfWire

/// A strict stand-in for the W&B service on loopback: refuses what a conforming client would not send, and remembers why.
final class FakeWandB: Sendable {
  static let key = "0123456789abcdef0123456789abcdef01234567"

  /// One answer that goes wrong.
  struct Fault: Sendable {
    var target: String
    var status = 503
    var retryAfter: String?
    /// The request takes effect; only its answer is lost.
    var isApplied = false
    var isDropped = false
    var skip = 0
  }

  struct Received: Sendable {
    var violations: [String] = []
    var history: [String] = []
    var events: [String] = []
    var output: [String] = []
    var summary = ""
    var config: JSON = .null
    var displayName: String?
    var files: [String: [UInt8]] = [:]
    var uploaded: [String] = []
    var exitCode: Int?
    var requests = 0
    var heartbeats = 0
    var bodies: [[UInt8]] = []
  }

  private struct State {
    var received = Received()
    var faults: [Fault] = []
    var run: String?
    var isStopped = false
  }

  private let state = Lock(State())
  private let server = Lock<StubServer?>(nil)
  private let address = Lock<String>("")

  private let quotaReset: String?

  /// - Parameter quotaReset: What `RateLimit-Reset` says, of a quota that is used up; nil: there is none.
  init(faults: [Fault] = [], quotaReset: String? = nil) throws {
    self.quotaReset = quotaReset
    state.withLock { $0.faults = faults }
    let made = try StubServer { [self] in answer($0) }
    address.withLock { $0 = made.url }
    server.withLock { $0 = made }
  }

  var base: String { address.withLock { $0 } }
  var received: Received { state.withLock { $0.received } }

  /// The name that the run was made under.
  var run: String? { state.withLock(\.run) }

  /// The history as JSON, line by line.
  var rows: [JSON] { received.history.compactMap { try? JSON($0) } }

  func stopRun() { state.withLock { $0.isStopped = true } }

  func shutDown() {
    server.withLock { server in
      defer { server = nil }
      return server
    }?.stop()
  }

  private func answer(_ request: ServerRequest) -> StubServer.Answer {
    state.withLock { state in
      state.received.requests += 1
      let target = request.path == "/graphql" ? "graphql" : request.method == "PUT" ? "storage" : "file_stream"
      var fault: Fault?
      if let place = state.faults.firstIndex(where: { $0.target == target }) {
        if state.faults[place].skip > 0 {
          state.faults[place].skip -= 1
        } else {
          fault = state.faults.remove(at: place)
        }
      }
      var response = WholeResponse.text("", status: 500)
      if fault == nil || fault?.isApplied == true {
        do {
          response = json(200, try serve(request, target, &state))
          if let quotaReset {
            response.headers += [.init("RateLimit-Remaining", "0"), .init("RateLimit-Reset", quotaReset)]
          }
        } catch let refusal as Refusal {
          state.received.violations.append(refusal.reason)
          response = json(refusal.status, ["errors": [["message": .string(refusal.reason)]]])
        } catch {
          state.received.violations.append("\(error)")
          response = json(400, "bad")
        }
      }
      if let fault {
        response = json(fault.status, "injected")
        if let retryAfter = fault.retryAfter { response.headers.append(.init("Retry-After", retryAfter)) }
        if fault.isDropped { return .drop }
      }
      return .response(response)
    }
  }

  private struct Refusal: Error {
    var status: Int
    var reason: String
  }

  private func json(_ status: Int, _ body: JSON) -> WholeResponse {
    .json(body.utf8(), status: status)
  }

  private func serve(_ request: ServerRequest, _ target: String, _ state: inout State) throws -> JSON {
    if target == "storage" { return try store(request, &state) }
    guard request.header("Authorization") == "Basic " + Self.credentials else {
      throw Refusal(status: 401, reason: "user is not logged in")
    }
    guard request.header("Content-Type") == "application/json" else {
      throw Refusal(status: 400, reason: "content type")
    }
    let body = try JSON(parsing: request.body)
    return try target == "graphql" ? graphQL(body, &state) : stream(request, body, &state)
  }

  /// `api:` and the key, in Base64; computed by hand once, to be no copy of the code under test.
  private static let credentials = "YXBpOjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc="

  private func graphQL(_ body: JSON, _ state: inout State) throws -> JSON {
    let variables = body["variables"] ?? .null
    switch body["operationName"]?.stringValue {
    case "UpsertBucket":
      guard let config = variables["config"]?.stringValue, let parsed = try? JSON(config),
        parsed.members?.allSatisfy({ $0.value["value"] != nil }) == true, let name = variables["name"]?.stringValue
      else { throw Refusal(status: 400, reason: "config must be wrapped") }
      state.received.config = parsed
      state.received.displayName = variables["displayName"]?.stringValue
      state.run = name
      let project: JSON = ["name": "renamed project", "entity": ["name": "somebody"]]
      return ["data": ["upsertBucket": ["bucket": ["name": .string(name), "project": project], "inserted": true]]]
    case "CreateRunFiles":
      let names = variables["files"]?.arrayValue?.compactMap(\.stringValue) ?? []
      let files: [JSON] = names.reversed().map {
        ["name": .string($0), "uploadUrl": .string("\(base)/storage/\($0)?signature=s")]
      }
      return ["data": ["createRunFiles": ["uploadHeaders": ["X-Signed: a:b"], "files": .array(files)]]]
    default: throw Refusal(status: 400, reason: "unknown operation")
    }
  }

  private func store(_ request: ServerRequest, _ state: inout State) throws -> JSON {
    guard request.header("Authorization") == nil, request.header("X-Signed") == "a:b" else {
      throw Refusal(status: 400, reason: "storage headers")
    }
    state.received.files[String(request.path.dropFirst("/storage/".count))] = request.body
    return .null
  }

  private func stream(_ request: ServerRequest, _ body: JSON, _ state: inout State) throws -> JSON {
    guard let run = state.run, request.path == "/files/somebody/renamed%20project/\(run)/file_stream" else {
      throw Refusal(status: 404, reason: "no such run: \(request.path)")
    }
    state.received.bodies.append(request.body)
    if body.members?.isEmpty == true { state.received.heartbeats += 1 }
    if state.received.exitCode != nil { throw Refusal(status: 400, reason: "data after the end") }
    for file in body["files"]?.members ?? [] {
      guard let offset = file.value["offset"]?.intValue,
        let lines = file.value["content"]?.arrayValue?.compactMap(\.stringValue), !lines.isEmpty
      else { throw Refusal(status: 400, reason: "a chunk has offset and content") }
      switch file.key {
      case "wandb-history.jsonl": try put(lines, at: offset, into: &state.received.history, isHistory: true)
      case "wandb-events.jsonl": try put(lines, at: offset, into: &state.received.events, isHistory: false)
      case "output.log": try put(lines, at: offset, into: &state.received.output, isHistory: nil)
      case "wandb-summary.json":
        guard offset == 0, lines.count == 1, (try? JSON(lines[0]))?.members != nil else {
          throw Refusal(status: 400, reason: "the summary is one object")
        }
        state.received.summary = lines[0]
      default: throw Refusal(status: 400, reason: "unknown file \(file.key)")
      }
    }
    for name in body["uploaded"]?.arrayValue?.compactMap(\.stringValue) ?? [] {
      if state.received.files[name] == nil { throw Refusal(status: 400, reason: "\(name) was never stored") }
      state.received.uploaded.append(name)
    }
    if body["complete"]?.boolValue == true { state.received.exitCode = body["exitcode"]?.intValue }
    return ["exitcode": .null, "limits": .object([]), "stopped": .bool(state.isStopped)]
  }

  /// Puts lines where they belong: no gaps, no line sent twice with other bytes, steps that rise.
  private func put(_ lines: [String], at offset: Int, into all: inout [String], isHistory: Bool?) throws {
    guard 0...all.count ~= offset else { throw Refusal(status: 400, reason: "a gap before line \(offset)") }
    let known = all[offset...].prefix(lines.count)
    guard known.elementsEqual(lines.prefix(known.count)) else {
      throw Refusal(status: 400, reason: "line \(offset) was sent before with other content")
    }
    for (place, line) in lines.enumerated() where isHistory != nil {
      guard let keys = (try? JSON(line))?.members?.map(\.key), Set(keys).count == keys.count else {
        throw Refusal(status: 400, reason: "not an object, or a key twice: \(line)")
      }
      guard isHistory == true else { continue }
      let before = offset + place > 0 ? (offset + place <= all.count ? all[offset + place - 1] : lines[place - 1]) : nil
      let step = (try? JSON(line))?["_step"]?.intValue
      let last = before.flatMap { try? JSON($0) }?["_step"]?.intValue ?? -1
      guard let step, step > last else { throw Refusal(status: 400, reason: "steps must rise") }
    }
    all += lines.dropFirst(known.count)
  }
}
