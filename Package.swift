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
      name: "LLMPerfPython", dependencies: ["LLMPerf"],
      resources: ["worker", "api_plugin_base", "dataset_plugin_base", "plugin_registry", "query_parameters"]
        .map { .embedInCode("Python/\($0).py") },
      swiftSettings: strict),
    .testTarget(
      name: "LLMPerfTests", dependencies: ["LLMPerf"], resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "LLMPerfPythonTests", dependencies: ["LLMPerf", "LLMPerfPython"], resources: [.copy("Fixtures")],
      swiftSettings: strict),
  ]
)
