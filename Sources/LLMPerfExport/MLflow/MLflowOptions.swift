import LLMPerf
package import LLMPerfWire

/// Where and how a run is logged to an MLflow tracking server.
package struct MLflowOptions: Sendable {
  package var tracking: HTTPAddress
  package var experiment: String
  /// The value of the `Authorization` header; in no output.
  var authorization: String?
  /// Between two samples of the run's numbers.
  package var interval: Duration = .seconds(1)
  package var timeout: Duration = .seconds(30)
  package var finishLimit: Duration = .seconds(120)
  package var finishLimitWithoutContact: Duration = .seconds(3)
  package var firstRetry: Duration = .seconds(2)

  /// The options from `--mlflow-tracking-uri` and `--mlflow-experiment`, and the login from the client's own variables:
  /// `MLFLOW_TRACKING_TOKEN`, or `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`.
  ///
  /// - Parameter experiment: nil: `MLFLOW_EXPERIMENT_NAME`, else `perf_benchmark`.
  /// - Throws: `UsageError` when `uri` is not that of a server.
  package init(uri: String, experiment: String?, environment: [String: String]) throws {
    guard uri.lowercased().hasPrefix("http://") || uri.lowercased().hasPrefix("https://") else {
      let shown = AddressSecrets.maskedMistake(uri)
      throw UsageError("--mlflow-tracking-uri \(shown) is no tracking server; use http://HOST:PORT or https://HOST")
    }
    tracking = try HTTPAddress(uri, of: "--mlflow-tracking-uri")
    let name = experiment ?? environment["MLFLOW_EXPERIMENT_NAME"] ?? ""
    self.experiment = name.isEmpty ? "perf_benchmark" : name
    if let token = environment["MLFLOW_TRACKING_TOKEN"], !token.isEmpty {
      try KeyText.check(token, from: "MLFLOW_TRACKING_TOKEN")
      authorization = "Bearer \(token)"
    } else if let user = environment["MLFLOW_TRACKING_USERNAME"], !user.isEmpty {
      let password = environment["MLFLOW_TRACKING_PASSWORD"] ?? ""
      try KeyText.check(login: user, from: "MLFLOW_TRACKING_USERNAME")
      try KeyText.check(login: password, from: "MLFLOW_TRACKING_PASSWORD")
      authorization = HTTPAddress.basicAuthorization("\(user):\(password)")
    } else {
      authorization = tracking.authorization
    }
  }
}
