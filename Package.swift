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
    .library(name: "LLMPerfCommands", targets: ["LLMPerfCommands"]),
    .library(name: "LLMPerf", targets: ["LLMPerf"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .executableTarget(name: "llmuses", dependencies: ["LLMPerfCommands"], swiftSettings: strict),
    .target(
      name: "LLMPerfCommands",
      dependencies: [
        "LLMPerf", "LLMPerfWire", "LLMPerfSQLite",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .target(name: "LLMPerf", swiftSettings: strict),
    .target(name: "CLLMPerfWire"),
    .target(name: "LLMPerfWire", dependencies: ["LLMPerf", "CLLMPerfWire"], swiftSettings: strict),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "LLMPerfSQLite", dependencies: ["LLMPerf", "CSQLite"], swiftSettings: strict),
    .testTarget(
      name: "LLMPerfTests", dependencies: ["LLMPerf"], resources: [.copy("Fixtures")], swiftSettings: strict),
  ]
)
