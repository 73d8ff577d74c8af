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
    .library(name: "LLMPerf", targets: ["LLMPerf"])
  ],
  targets: [
    .target(name: "LLMPerf", swiftSettings: strict),
    .target(name: "CLLMPerfWire"),
    .target(name: "LLMPerfWire", dependencies: ["LLMPerf", "CLLMPerfWire"], swiftSettings: strict),
    .target(
      name: "LLMPerfExport", dependencies: ["LLMPerf", "LLMPerfWire", "CLLMPerfWire"], swiftSettings: strict),
    .testTarget(
      name: "LLMPerfTests", dependencies: ["LLMPerf"], resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "LLMPerfExportTests", dependencies: ["LLMPerf", "LLMPerfWire", "LLMPerfExport"],
      swiftSettings: strict),
  ]
)
