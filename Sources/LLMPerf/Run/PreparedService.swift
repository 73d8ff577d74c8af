/// A service that is ready to be measured: where it is, how to talk to it, and what this machine can do with such a load.
package struct PreparedService: Sendable {
  /// What a transport has to know of the load.
  package struct TransportPlan: Sendable {
    /// When requests leave.
    package var load: Load
    /// Event loops that are asked for.
    package var loops: Int
    /// Nothing new is sent after this time of the run.
    package var duration: Duration?
    /// How long what is in flight then may go on.
    package var grace: Duration
  }

  /// Makes the transport of one run to the service.
  package typealias MakeTransport = @Sendable (TransportPlan) throws -> any Transport
  /// What this machine can do with the load of a run that turned out to have these numbers; nil where nobody knows.
  package typealias Calibrating = @Sendable (RunSummary) -> Calibration?

  /// Where requests go.
  package let address: ServiceAddress
  /// The service's protocol, as a probe left it.
  package var api: any APIPlugin
  /// What the client is judged by.
  package var calibration: Calibrating
  /// What the loops of its runs see of themselves.
  package let loops = LoopGauge()
  let clock: RunClock
  let makeTransport: MakeTransport

  /// A service at `address`, to which `makeTransport` makes ways.
  package init(
    address: ServiceAddress, api: any APIPlugin, clock: RunClock, calibration: @escaping Calibrating = { _ in nil },
    makeTransport: @escaping MakeTransport
  ) {
    self.address = address
    self.api = api
    self.clock = clock
    self.calibration = calibration
    self.makeTransport = makeTransport
  }
}
