// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
let tokenizers: Target.Dependency = .product(name: "LLMPerfTokenizers", package: "llmuses")

let package = Package(
  name: "tokenizer-benchmarks",
  dependencies: [.package(name: "llmuses", path: "../..")],
  targets: [
    .executableTarget(name: "TokenizerOracle", dependencies: [tokenizers], swiftSettings: strict),
    .executableTarget(name: "TokenizerBenchmark", dependencies: [tokenizers], swiftSettings: strict),
    .executableTarget(name: "TokenizerFuzz", dependencies: [tokenizers], swiftSettings: strict),
  ]
)
