/// How the client connects, waits and sends.
package struct ClientOptions: Sendable {
  /// The longest wait for a connection, TLS included.
  package var connectTimeout: Duration = .seconds(120)
  /// The longest silence between two reads.
  package var readTimeout: Duration = .seconds(120)
  /// Checks the service's certificate.
  package var verifiesCertificate = true
  /// A file of certificates to trust instead of the system's.
  package var certificateFile: String?
  /// Local addresses to connect from, in turn; none: the system's choice. Each brings its own set of ports.
  package var sourceAddresses: [SourceAddress] = []
  /// Opens the connections of a closed loop before the run starts.
  package var preconnects = false
  /// Event loops, each with a thread of its own.
  package var loops = 1
  /// Sends nothing new after this time of the run.
  package var duration: Duration?
  /// How long requests in flight may go on after `duration`; then they are cut.
  package var grace: Duration = .seconds(30)
  /// Leaves a response when this much time has passed since its first byte: enough for a probe.
  package var patience: Duration?
  /// Waits a moment after a failed connection, so that a run that only a duration bounds does not spin.
  package var pausesAfterFailedConnect = false

  package init() {}
}
