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
    .executable(name: "llmuses", targets: ["llmuses"]),
    .library(name: "LLMPerf", targets: ["LLMPerf"]),
    .library(name: "LLMPerfCommands", targets: ["LLMPerfCommands"]),
    .library(name: "LLMPerfTokenizers", targets: ["LLMPerfTokenizers"]),
    .library(name: "LLMPerfTesting", targets: ["LLMPerfTesting"]),
  ],
  dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")],
  targets: [
    .executableTarget(name: "llmuses", dependencies: ["LLMPerf", "LLMPerfCommands"], swiftSettings: strict),
    .target(
      name: "LLMPerfCommands",
      dependencies: [
        "LLMPerfLock", "LLMPerf", "LLMPerfWire", "LLMPerfSQLite", "LLMPerfTokenizers", "LLMPerfSimulator",
        "LLMPerfPython", "LLMPerfExport", "CLLMPerfWire", "CLibyaml",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .systemLibrary(name: "CLibyaml", providers: [.apt(["libyaml-dev"])]),
    .target(name: "LLMPerfLock", swiftSettings: strict),
    .target(name: "LLMPerfBytes", swiftSettings: strict),
    .systemLibrary(name: "CLibcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "LLMPerf", dependencies: ["LLMPerfLock", "LLMPerfBytes", "CLibcrypto"], swiftSettings: strict),
    .target(name: "CLLMPerfWire"),
    .target(name: "LLMPerfWire", dependencies: ["LLMPerfLock", "LLMPerf", "CLLMPerfWire"], swiftSettings: strict),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "LLMPerfSQLite", dependencies: ["LLMPerfLock", "LLMPerf", "CSQLite"], swiftSettings: strict),
    .target(name: "LLMPerfTokenizers", dependencies: ["LLMPerfLock", "LLMPerfBytes"], swiftSettings: strict),
    .target(
      name: "LLMPerfSimulator", dependencies: ["LLMPerfLock", "LLMPerf", "LLMPerfWire", "CLLMPerfWire"],
      swiftSettings: strict),
    .target(
      name: "LLMPerfPython", dependencies: ["LLMPerfLock", "LLMPerf"],
      resources: ["worker", "api_plugin_base", "dataset_plugin_base", "plugin_registry", "query_parameters"]
        .map { .embedInCode("Python/\($0).py") },
      swiftSettings: strict),
    .target(
      name: "LLMPerfExport", dependencies: ["LLMPerfLock", "LLMPerf", "LLMPerfWire", "CLLMPerfWire"],
      swiftSettings: strict),
    .target(name: "LLMPerfTesting", dependencies: ["LLMPerf"], swiftSettings: strict),
    // What the tests of several targets share.
    .target(
      name: "LLMPerfTestSupport", dependencies: ["LLMPerf"], path: "Tests/LLMPerfTestSupport", swiftSettings: strict),
    .testTarget(name: "LLMPerfBytesTests", dependencies: ["LLMPerfBytes", "LLMPerf"], swiftSettings: strict),
    .testTarget(
      name: "LLMPerfTests", dependencies: ["LLMPerfLock", "LLMPerf", "LLMPerfTesting", "LLMPerfTestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "LLMPerfWireTests",
      dependencies: [
        "LLMPerfLock", "LLMPerf", "LLMPerfWire", "LLMPerfSimulator", "CLLMPerfWire", "LLMPerfTestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "LLMPerfSQLiteTests", dependencies: ["LLMPerfLock", "LLMPerf", "LLMPerfSQLite", "LLMPerfTesting"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "LLMPerfTokenizersTests", dependencies: ["LLMPerfTokenizers"], resources: [.copy("Fixtures")],
      swiftSettings: strict),
    .testTarget(
      name: "LLMPerfSimulatorTests",
      dependencies: ["LLMPerfLock", "LLMPerfSimulator", "LLMPerf", "LLMPerfWire", "CLLMPerfWire"],
      swiftSettings: strict),
    .testTarget(
      name: "LLMPerfPythonTests", dependencies: ["LLMPerfLock", "LLMPerf", "LLMPerfPython"],
      resources: [.copy("Fixtures")],
      swiftSettings: strict),
    .testTarget(
      name: "LLMPerfExportTests", dependencies: ["LLMPerfLock", "LLMPerf", "LLMPerfWire", "LLMPerfExport"],
      swiftSettings: strict),
    .testTarget(
      name: "LLMPerfCommandsTests",
      dependencies: [
        "LLMPerfLock", "LLMPerfCommands", "LLMPerf", "LLMPerfTesting", "LLMPerfWire", "LLMPerfSimulator",
        "LLMPerfSQLite",
        "CLLMPerfWire",
      ],
      swiftSettings: strict),
  ]
)

// What measures and damages the inside of the targets above; Scripts/ builds it.
if Context.environment["LLMUSES_BENCHMARKS"] != nil {
  let wire: [Target.Dependency] = ["LLMPerfLock", "LLMPerf", "LLMPerfWire", "CLLMPerfWire"]
  package.targets += [
    .executableTarget(
      name: "ResponseScaling", dependencies: ["LLMPerf", "LLMPerfWire"], path: "Benchmarks/Responses",
      swiftSettings: strict),
    .target(
      name: "FuzzShared", dependencies: ["LLMPerf", "CLLMPerfWire"], path: "Benchmarks/Fuzz/Shared",
      swiftSettings: strict),
    .executableTarget(
      name: "ResponseFuzz", dependencies: ["LLMPerf", "LLMPerfWire", "FuzzShared"], path: "Benchmarks/Fuzz/Responses",
      swiftSettings: strict),
    .executableTarget(
      name: "ExporterFuzz", dependencies: wire + ["LLMPerfExport", "FuzzShared"], path: "Benchmarks/Fuzz/Exporters",
      swiftSettings: strict),
    .executableTarget(
      name: "RequestFuzz", dependencies: wire + ["LLMPerfExport", "LLMPerfSimulator", "FuzzShared"],
      path: "Benchmarks/Fuzz/Requests", swiftSettings: strict),
  ]
}
