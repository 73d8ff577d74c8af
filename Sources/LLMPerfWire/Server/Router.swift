/// Which closure answers which request. It belongs to the server's thread, and so do its closures.
package struct Router {
  package typealias Route = (ServerRequest) -> ServerResponse

  private var routes: [String: [String: Route]] = [:]
  private var fallback: Route = { request in
    .whole(.text("There is nothing at \(request.path).\n", status: 404))
  }
  /// Says why a request may not pass, whatever it asks for; nil for one that may.
  package var refusal: (ServerRequest) -> ServerResponse? = { _ in nil }
  /// Called on the server's thread when it has stopped and every response has ended.
  package var whenStopped: () -> Void = {}

  package init() {}

  /// Answers requests of `method` for exactly `path`. `GET` routes answer `HEAD` too.
  package mutating func on(_ method: String, _ path: String, _ route: @escaping Route) {
    routes[path, default: [:]][method] = route
  }

  /// Answers requests for paths without a route of their own.
  package mutating func otherwise(_ route: @escaping Route) {
    fallback = route
  }

  package func response(to request: ServerRequest) -> ServerResponse {
    if let refusal = refusal(request) { return refusal }
    guard let methods = routes[request.path] else { return fallback(request) }
    if let route = methods[request.method] ?? (request.method == "HEAD" ? methods["GET"] : nil) {
      return route(request)
    }
    var response = WholeResponse.text("\(request.path) does not take \(request.method).\n", status: 405)
    response.headers.append(.init("Allow", methods.keys.sorted().joined(separator: ", ")))
    return .whole(response)
  }
}
