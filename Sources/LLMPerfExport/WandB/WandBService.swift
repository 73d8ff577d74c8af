import LLMPerf
import LLMPerfWire

/// The calls of the W&B service that a run needs. Blocking; belongs to the uploading thread.
struct WandBService {
  /// Where a run landed: the service may rename, and chooses the entity where none was asked for.
  struct Location: Sendable, Hashable {
    var entity: String
    var project: String
    var run: String
  }

  /// An answer of the file stream.
  struct StreamAnswer {
    /// Somebody pressed Stop.
    var isStopped: Bool
    /// How long to wait because the project's quota is used up.
    var quotaWait: Duration?
  }

  private let options: WandBOptions
  private let version: String
  private let firstClient: FetchClient
  private let client: FetchClient
  private let fileClient: FetchClient

  /// - Parameter firstTimeout: That of `create`, which finds out whether the service is there.
  init(_ options: WandBOptions, version: String, timeout: Duration, firstTimeout: Duration) {
    self.options = options
    self.version = version
    firstClient = FetchClient(connectTimeout: firstTimeout, timeout: firstTimeout)
    client = FetchClient(connectTimeout: min(timeout, .seconds(10)), timeout: timeout)
    // A report of a few megabytes may take its time on a slow line.
    fileClient = FetchClient(connectTimeout: min(timeout, .seconds(10)), timeout: timeout * 4)
  }

  /// Makes the run, or finds it made by an earlier try whose answer was lost.
  func create(_ run: WandBRun) throws(ServiceFailure) -> Location {
    let query = """
      mutation UpsertBucket($name: String!, $project: String!, $entity: String, $displayName: String, \
      $config: JSONString, $host: String, $program: String) { \
      upsertBucket(input: {name: $name, modelName: $project, entityName: $entity, displayName: $displayName, \
      config: $config, host: $host, jobProgram: $program}) { \
      bucket { id name displayName historyLineCount project { name entity { name } } } inserted } }
      """
    let variables: [JSON.Member] = [
      JSON.Member("name", .string(run.id)), JSON.Member("project", .string(run.project)),
      JSON.Member("entity", .optional(run.entity)), JSON.Member("displayName", .string(run.displayName)),
      JSON.Member("config", .string(run.wrappedConfig.description)), JSON.Member("host", .optional(run.host)),
      JSON.Member("program", "llmuses"),
    ]
    let data = try graphQL("UpsertBucket", query, variables)
    let bucket = data["upsertBucket"]?["bucket"]
    guard let name = bucket?["name"]?.stringValue, let project = bucket?["project"]?["name"]?.stringValue,
      let entity = bucket?["project"]?["entity"]?["name"]?.stringValue
    else { throw .final("the answer to UpsertBucket does not say where the run is") }
    return Location(entity: entity, project: project, run: name)
  }

  /// Posts one request of the file stream.
  func stream(_ payload: [UInt8], to location: Location) throws(ServiceFailure) -> StreamAnswer {
    let parts = [location.entity, location.project, location.run].map { PercentEncoding.encode($0) }
    let path = "/files/\(parts.joined(separator: "/"))/file_stream"
    let response = try post(path, payload)
    let body = try? JSON(parsing: response.body)
    var wait: Duration?
    if response.header("RateLimit-Remaining").flatMap({ Double($0) }) == 0 {
      wait = response.header("RateLimit-Reset").flatMap { HeaderNumber.wait($0, atMost: .seconds(60)) }
    }
    return StreamAnswer(isStopped: body?["stopped"]?.boolValue ?? false, quotaWait: wait)
  }

  /// Asks where to put files called `names`: addresses by name, and the headers to send along.
  func uploadAddresses(
    for names: [String], of location: Location
  ) throws(ServiceFailure) -> (addresses: [String: String], headers: [(name: String, value: String)]) {
    let query = """
      mutation CreateRunFiles($entity: String!, $project: String!, $run: String!, $files: [String!]!) { \
      createRunFiles(input: {entityName: $entity, projectName: $project, runName: $run, files: $files}) { \
      runID uploadHeaders files { name uploadUrl } } }
      """
    let variables: [JSON.Member] = [
      JSON.Member("entity", .string(location.entity)), JSON.Member("project", .string(location.project)),
      JSON.Member("run", .string(location.run)), JSON.Member("files", .array(names.map { .string($0) })),
    ]
    let answer = try graphQL("CreateRunFiles", query, variables)["createRunFiles"]
    var addresses: [String: String] = [:]
    for file in answer?["files"]?.arrayValue ?? [] {
      if let name = file["name"]?.stringValue, let url = file["uploadUrl"]?.stringValue { addresses[name] = url }
    }
    let headers = (answer?["uploadHeaders"]?.arrayValue ?? []).compactMap(\.stringValue).compactMap { text in
      text.firstIndex(of: ":").map { colon in
        HTTPHeader(String(text[..<colon]), String(text[text.index(after: colon)...].drop { $0 == " " }))
      }
    }
    // What a service says must not write lines of its own into a request to another.
    let fitting = headers.filter { (try? $0.check(from: "uploadHeaders")) != nil }
    return (addresses, fitting.map { ($0.name, $0.value) })
  }

  /// Puts one file where `uploadAddresses` said. The address is signed: no key goes with it.
  func put(_ file: ExportedFile, at url: String, headers: [(name: String, value: String)]) throws(ServiceFailure) {
    let address: HTTPAddress
    do { address = try HTTPAddress(url) } catch { throw .final("\(error)") }
    let all = [("User-Agent", "llmuses/\(version)"), ("Content-Type", file.contentType)] + headers
    let request = FetchRequest("PUT", address, headers: all, body: file.bytes)
    _ = try checked(fileClient, request, isUpsert: false)
  }

  private func graphQL(_ name: String, _ query: String, _ variables: [JSON.Member]) throws(ServiceFailure) -> JSON {
    let body: JSON = ["query": .string(query), "variables": .object(variables), "operationName": .string(name)]
    let response = try post("/graphql", body.utf8(), isUpsert: name == "UpsertBucket")
    guard let answer = try? JSON(parsing: response.body) else { throw .final("the answer to \(name) is not JSON") }
    if let errors = answer["errors"]?.arrayValue, !errors.isEmpty { throw .final(message(in: answer) ?? "refused") }
    guard let data = answer["data"] else { throw .final("the answer to \(name) holds no data") }
    return data
  }

  private func post(_ path: String, _ body: [UInt8], isUpsert: Bool = false) throws(ServiceFailure) -> FetchResponse {
    let headers = [
      ("Authorization", HTTPAddress.basicAuthorization("api:\(options.key)")), ("Content-Type", "application/json"),
      ("User-Agent", "llmuses/\(version)"),
    ]
    let address = options.base.at(options.base.basePath + path)
    return try checked(
      isUpsert ? firstClient : client, FetchRequest("POST", address, headers: headers, body: body), isUpsert: isUpsert)
  }

  private func checked(_ client: FetchClient, _ request: FetchRequest, isUpsert: Bool) throws(ServiceFailure)
    -> FetchResponse
  {
    let response: FetchResponse
    do throws(FetchFailure) {
      response = try client.send(request)
    } catch {
      throw .unreachable(options.masked(error.description))
    }
    guard !(200..<300 ~= response.status) else { return response }
    let words = (try? JSON(parsing: response.body)).flatMap { message(in: $0) } ?? response.sample
    let text = options.masked("\(options.base.origin) answered \(response.status): \(words)")
    if RetryPolicy.isWorthRepeating(status: response.status) || isUpsert && response.status == 409 {
      throw .passing(text, retryAfter: response.header("Retry-After"))
    }
    switch response.status {
    case 401: throw .final("\(text); check --wandb-api-key and --wandb-base-url")
    case 403, 404:
      throw .final(
        "\(text); the key may not write to \(options.entity.map { "entity \($0)" } ?? "its default entity"), project \(options.project)"
      )
    default: throw .final(text)
    }
  }

  private func message(in answer: JSON) -> String? {
    (answer["errors"]?[0]?["message"]?.stringValue ?? answer["error"]?.stringValue)?
      .oneLine(atMost: FetchResponse.longestSample)
  }
}
