/// Where a protocol's requests go when `--url` names a service and not an endpoint.
package enum EndpointPath {
  /// The path to send to: `standard` for an empty path; its part behind the version for a path that ends with that
  /// version (`/proxy/v1` and `/v1/messages` give `/proxy/v1/messages`); else `given` as it is. A query is kept.
  package static func resolve(_ given: String, standard: String) -> String {
    let query = given.firstIndex(of: "?").map { given[$0...] } ?? ""
    var path = given.prefix { $0 != "?" }
    while path.hasSuffix("/") { path = path.dropLast() }
    if path.isEmpty { return standard + query }
    let components = standard.split(separator: "/")
    guard let version = components.firstIndex(where: isVersion), path.split(separator: "/").last == components[version]
    else { return given }
    return path + components[(version + 1)...].map { "/" + $0 }.joined() + query
  }

  private static func isVersion(_ component: Substring) -> Bool {
    component.first == "v" && component.dropFirst().first?.isNumber == true
  }
}
