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
    .library(name: "LLMPerfTokenizers", targets: ["LLMPerfTokenizers"])
  ],
  targets: [
    .target(name: "LLMPerfTokenizers", swiftSettings: strict),
    .testTarget(
      name: "LLMPerfTokenizersTests", dependencies: ["LLMPerfTokenizers"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
  ]
)
