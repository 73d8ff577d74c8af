// swift-tools-version: 6.1
import PackageDescription

// A tool of its own: everything that llmuses has, and one protocol, one data set and one sink more.
let package = Package(
  name: "CustomPlugins",
  dependencies: [.package(name: "llmuses", path: "../..")],
  targets: [
    .target(name: "AcmePlugins", dependencies: [.product(name: "LLMPerf", package: "llmuses")]),
    .executableTarget(
      name: "acme-perf",
      dependencies: [
        "AcmePlugins", .product(name: "LLMPerf", package: "llmuses"),
        .product(name: "LLMPerfCommands", package: "llmuses"),
      ]),
    .testTarget(
      name: "AcmePluginsTests",
      dependencies: [
        "AcmePlugins", .product(name: "LLMPerf", package: "llmuses"),
        .product(name: "LLMPerfTesting", package: "llmuses"),
      ]),
  ]
)
