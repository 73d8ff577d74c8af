import LLMPerf
import LLMPerfWire

extension PreparedService {
  /// A service over the network, by this machine's clocks; `options` say how the client connects and waits.
  init(
    address: ServiceAddress, api: any APIPlugin, options: ClientOptions,
    calibration: @escaping Calibrating = { _ in nil }
  ) {
    let clock = RunClock(
      now: { MonotonicClock(origin: 0).now.nanoseconds }, wallClock: { MonotonicClock(origin: $0).wallClockStart })
    self.init(address: address, api: api, clock: clock, calibration: calibration) { plan in
      var options = options
      options.loops = plan.loops
      options.duration = plan.duration
      options.grace = plan.grace
      return HTTPTransport(to: address, load: plan.load, options: options)
    }
  }
}
