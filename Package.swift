// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
  name: "llmuses",
  products: [
    .library(name: "LLMPerf", targets: ["LLMPerf"]),
    .library(name: "LLMPerfTesting", targets: ["LLMPerfTesting"]),
    .library(name: "LLMPerfCommands", targets: ["LLMPerfCommands"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .target(
      name: "LLMPerf", dependencies: [.product(name: "Crypto", package: "swift-crypto")], swiftSettings: strict),
    .target(name: "LLMPerfTesting", dependencies: ["LLMPerf"], swiftSettings: strict),
    .target(name: "LLMPerfCommands", dependencies: ["LLMPerf", "Yams"], swiftSettings: strict),
    .testTarget(
      name: "LLMPerfTests", dependencies: ["LLMPerf", "LLMPerfTesting"], resources: [.copy("Fixtures")],
      swiftSettings: strict),
    .testTarget(
      name: "LLMPerfCommandsTests", dependencies: ["LLMPerfCommands", "LLMPerf", "LLMPerfTesting"],
      swiftSettings: strict),
  ]
)
