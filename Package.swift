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
    .library(name: "LLMPerfTesting", targets: ["LLMPerfTesting"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .executableTarget(name: "llmuses", dependencies: ["LLMPerf", "LLMPerfCommands"], swiftSettings: strict),
    .target(
      name: "LLMPerfCommands",
      dependencies: [
        "LLMPerf", "LLMPerfWire", "LLMPerfSQLite", "Yams",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .target(name: "LLMPerf", dependencies: [.product(name: "Crypto", package: "swift-crypto")], swiftSettings: strict),
    .target(name: "CLLMPerfWire"),
    .target(name: "LLMPerfWire", dependencies: ["LLMPerf", "CLLMPerfWire"], swiftSettings: strict),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "LLMPerfSQLite", dependencies: ["LLMPerf", "CSQLite"], swiftSettings: strict),
    .target(name: "LLMPerfTesting", dependencies: ["LLMPerf"], swiftSettings: strict),
    .testTarget(
      name: "LLMPerfTests", dependencies: ["LLMPerf", "LLMPerfTesting"], resources: [.copy("Fixtures")],
      swiftSettings: strict),
    .testTarget(
      name: "LLMPerfCommandsTests", dependencies: ["LLMPerfCommands", "LLMPerf", "LLMPerfTesting"],
      swiftSettings: strict),
  ]
)
