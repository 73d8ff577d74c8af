import LLMPerf
import LLMPerfSimulator
import Testing

struct SimulatorConfigurationTests {
  @Test func `names are unique, and defaults are what the help says`() throws {
    let names = SimulatorConfiguration.options.map(\.name)
    #expect(Set(names).count == names.count)
    var configuration = SimulatorConfiguration()
    for option in SimulatorConfiguration.options {
      if let text = option.defaultText { try option.set(&configuration, text) }
    }
    #expect(configuration == SimulatorConfiguration())
  }

  @Test func `an address sets the same options as the command line`() throws {
    let address = "sim:?ttft=uniform%3A50ms,150ms&itl=20ms&slots=8&error-kinds=429,in-band&late-headers&model=a%20b"
    let configuration = try SimulatorConfiguration(address: address)
    var expected = SimulatorConfiguration()
    try expected.set("ttft", to: "uniform:50ms,150ms")
    try expected.set("itl", to: "20ms")
    try expected.set("slots", to: "8")
    try expected.set("error-kinds", to: "429,in-band")
    try expected.set("late-headers", to: "")
    try expected.set("model", to: "a b")
    #expect(configuration == expected)
    #expect(expected.faults == [.tooManyRequests, .inBand] && expected.sendsHeadersLate)
    #expect(
      try SimulatorConfiguration.arguments(forAddress: address) == [
        "--ttft", "uniform:50ms,150ms", "--itl", "20ms", "--slots", "8", "--error-kinds", "429,in-band",
        "--late-headers", "--model", "a b",
      ])
  }

  @Test(arguments: ["sim:", "sim:?", "sim://", "sim:?null=0"])
  func `an address without options has the defaults`(address: String) throws {
    #expect(try SimulatorConfiguration(address: address) == SimulatorConfiguration())
    #expect(try SimulatorConfiguration.arguments(forAddress: address) == [])
  }

  @Test(arguments: [
    ("sim:?tftt=1ms", "no setting tftt; did you mean ttft?"), ("sim:?slot=3", "did you mean slots?"),
    ("sim:?colour=red", "no setting colour; 'llmuses simulate --help' lists all"),
    ("sim:?port=80", "the setting port is for 'llmuses simulate'"), ("sim:?ttft", "value"),
    ("sim:?ttft=", "value"), ("sim:?ttft=soon", "--ttft: 'soon'"), ("sim:?slots=0", "from 1"),
    ("sim:?error-rate=2", "from 0"),
    ("sim:?error-kinds=418", "429"), ("sim:?usage=maybe", "asked, always, never"), ("sim:?null=yes", "no value"),
    ("sim:?model=%zz", "'%'"), ("sim:localhost", "query"), ("http://x", "sim:"), ("sim:?itl-per-sequence=5", "unit"),
    ("sim:?prefill-rate=fast", "number"), ("sim:?seed=-1", "whole number"),
  ])
  func `a mistake in an address is named`(address: String, part: String) {
    #expect { try SimulatorConfiguration(address: address) } throws: { error in
      (error as? UsageError)?.message.contains(part) == true
    }
    #expect(throws: UsageError.self) { try SimulatorConfiguration.arguments(forAddress: address) }
  }

  @Test func `the null server has no delay, and options behind it still count`() throws {
    let configuration = try SimulatorConfiguration(address: "sim:?null&output-tokens=7")
    #expect(configuration.isImmediate && configuration.ttft.isZero)
    #expect(configuration.outputTokens.mean == 7)
  }
}
