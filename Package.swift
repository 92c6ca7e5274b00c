// swift-tools-version: 6.2

import PackageDescription

/// Every target is held to Swift 6 rules, imports only what it declares, and builds without warnings.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// A module of `Sources/`, with its documented dependencies.
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A built-in environment of `Environments/`, written against the authoring interface alone.
func environment(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Environments/\(name)", swiftSettings: strict)
}

/// The tests of one module, mirroring its name.
func tests(_ name: String, _ dependencies: [Target.Dependency], fixtures: Bool = false) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies,
    resources: fixtures ? [.copy("Fixtures")] : [],
    swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
}

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "fledge",
  products: [
    .executable(name: "fledge", targets: ["fledge"]),
    .library(name: "EnvironmentKit", targets: ["EnvironmentKit", "Randomness"]),
    .library(name: "EnvironmentTesting", targets: ["EnvironmentTesting"]),
    .library(name: "Physics", targets: ["Physics"]),
    .library(name: "MetaLearning", targets: ["MetaLearning"]),
    .library(name: "CommandLineTool", targets: ["CommandLineTool"]),
    .library(name: "CartInC", type: .dynamic, targets: ["CartInC"]),
    .library(name: "Crane", type: .dynamic, targets: ["Crane"]),
    .library(name: "FledgeEnvironments", type: .dynamic, targets: ["FledgeEnvironments"]),
    .library(
      name: "PointNavigationPlugin", type: .dynamic, targets: ["PointNavigationPlugin"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Foundations
    .target(
      name: "CNumerics",
      linkerSettings: [.linkedLibrary("openblas"), .linkedLibrary("sleef"), .linkedLibrary("m")]),
    module("Randomness", ["CNumerics"]),
    module("Differentiation", ["CNumerics", "Randomness"]),

    // What an environment author sees
    .target(name: "CPlugin"),
    .target(
      name: "EnvironmentKit", dependencies: ["CPlugin", "Randomness"],
      resources: ["chance", "identity", "pictures", "spaces", "tasks", "vector", "worker"].map {
        .embedInCode("Gymnasium/\($0).py")
      },
      swiftSettings: strict),
    module("EnvironmentTesting", ["CNumerics", "EnvironmentKit", "Randomness"]),
    .systemLibrary(name: "Box2D", pkgConfig: "box2d", providers: [.apt(["libbox2d-dev"])]),
    .target(name: "CBox2D", dependencies: ["Box2D"]),
    module("Physics", ["CBox2D"]),
    environment("Locomotion", ["EnvironmentKit", "Physics", "Randomness"]),
    environment("Navigation", ["EnvironmentKit", "Physics", "Randomness"]),
    environment("PointNavigation", ["EnvironmentKit", "Randomness"]),
    environment("FewShot", ["CCairo", "EnvironmentKit", "Randomness"]),

    .target(
      name: "BuiltInEnvironments",
      dependencies: ["EnvironmentKit", "FewShot", "Locomotion", "Navigation", "PointNavigation"],
      path: "Environments/BuiltIn", swiftSettings: strict),
    .target(
      name: "FledgeEnvironments", dependencies: ["BuiltInEnvironments", "EnvironmentKit"],
      path: "Environments/SharedLibrary", swiftSettings: strict),

    // Shared libraries with environments, as others write them
    .target(
      name: "CartInC", dependencies: ["CPlugin"], path: "Environments/Examples/CartInC",
      publicHeadersPath: "."),
    .target(
      name: "Crane", dependencies: ["EnvironmentKit", "Physics", "Randomness"],
      path: "Environments/Examples/Crane", swiftSettings: strict),
    .target(
      name: "PointNavigationPlugin", dependencies: ["EnvironmentKit", "PointNavigation"],
      path: "Environments/Examples/PointNavigationPlugin", swiftSettings: strict),

    // From a policy to a meta-update
    module("Models", ["Differentiation", "EnvironmentKit", "Randomness"]),
    module("Policies", ["Differentiation", "EnvironmentKit", "Models", "Randomness"]),
    module(
      "Rollouts", ["CNumerics", "Differentiation", "EnvironmentKit", "Policies", "Randomness"]),
    module(
      "MetaLearning",
      [
        "Differentiation", "EnvironmentKit", "Models", "Policies", "Randomness", "Rollouts",
      ]),
    module("Statistics", ["Randomness"]),
    module(
      "Evaluation",
      [
        "Differentiation", "EnvironmentKit", "MetaLearning", "Models", "Policies", "Randomness",
        "Rollouts", "Statistics",
      ]),

    // Pictures
    .systemLibrary(
      name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
    module("Drawing", ["CCairo", "EnvironmentKit"]),

    // Runs, and the commands over them
    .target(
      name: "RunRecords", dependencies: [yams, protobuf],
      exclude: ["TensorBoard/events.proto", "TensorBoard/hparams.proto"], swiftSettings: strict),
    .target(
      name: "Reports", dependencies: ["Drawing", "EnvironmentKit", "RunRecords", "Statistics"],
      resources: ["page.css", "replay.js"].map { .embedInCode("Page/\($0)") },
      swiftSettings: strict),
    module(
      "Training",
      [
        "Differentiation", "EnvironmentKit", "Evaluation", "MetaLearning", "Models", "Policies",
        "Rollouts", "RunRecords", "Statistics",
      ]),
    .target(
      name: "CommandLineTool",
      dependencies: [
        arguments, "Differentiation", "Drawing", "EnvironmentKit", "EnvironmentTesting",
        "Evaluation", "MetaLearning", "Models", "Policies", "Reports", "RunRecords", "Statistics",
        "Training",
      ],
      resources: [
        "Python/PythonEnvironment", "Python/PythonREADME", "Python/PythonTests",
        "Swift/Environment", "Swift/Package", "Swift/Plugin", "Swift/README", "Swift/Tests",
        "Swift/main", "configuration",
      ].map { .embedInCode("Template/\($0).template") }, swiftSettings: strict),
    .executableTarget(
      name: "fledge",
      dependencies: ["BuiltInEnvironments", "CommandLineTool", "EnvironmentKit"],
      swiftSettings: strict),

    // Hostile inputs, for the tests of everything that reads some.
    .target(name: "Mutation", path: "Tests/Mutation", swiftSettings: strict),
    // Characters to be told apart, for the tests of what learns to.
    .target(
      name: "SampleDrawings", dependencies: ["CCairo", "Randomness"], path: "Tests/SampleDrawings",
      swiftSettings: strict),
    tests("Randomness", ["Randomness"]),
    tests("Differentiation", ["Differentiation", "Randomness"]),
    tests("EnvironmentKit", ["EnvironmentKit", "Mutation", "Randomness"]),
    tests(
      "EnvironmentTesting",
      [
        "EnvironmentKit", "EnvironmentTesting", "Locomotion", "Navigation", "PointNavigation",
        "Randomness",
      ]),
    tests("Physics", ["CBox2D", "Physics"]),
    tests("Locomotion", ["EnvironmentKit", "Locomotion", "Physics", "Randomness"]),
    tests("Navigation", ["EnvironmentKit", "Navigation", "Randomness"]),
    tests("Drawing", ["Drawing", "EnvironmentKit", "Mutation"]),
    tests("PointNavigation", ["EnvironmentKit", "PointNavigation", "Randomness"]),
    tests(
      "FewShot",
      ["CCairo", "EnvironmentKit", "FewShot", "Mutation", "Randomness", "SampleDrawings"]),
    tests("Policies", ["Differentiation", "EnvironmentKit", "Models", "Policies", "Randomness"]),
    tests(
      "Rollouts",
      [
        "Differentiation", "EnvironmentKit", "PointNavigation", "Policies", "Randomness",
        "Rollouts",
      ]),
    tests(
      "MetaLearning",
      [
        "Differentiation", "EnvironmentKit", "FewShot", "MetaLearning", "Models", "PointNavigation",
        "Policies", "Randomness", "Rollouts",
      ], fixtures: true),
    tests(
      "Evaluation",
      [
        "Differentiation", "EnvironmentKit", "Evaluation", "MetaLearning", "Models",
        "PointNavigation", "Policies", "Rollouts", "Statistics",
      ]),
    tests("Statistics", ["Randomness", "Statistics"], fixtures: true),
    tests("Reports", ["EnvironmentKit", "Reports", "RunRecords", "Statistics"]),
    tests("RunRecords", ["Mutation", "RunRecords"]),
    tests(
      "Training",
      [
        "EnvironmentKit", "FewShot", "Locomotion", "MetaLearning", "Models", "Navigation",
        "PointNavigation", "Policies", "Randomness", "Rollouts", "RunRecords", "SampleDrawings",
        "Training",
      ]),
    // The executable itself, so that it is built for the tests that run it.
    tests(
      "CommandLineTool", ["Mutation", "RunRecords", "SampleDrawings", "fledge"], fixtures: true),
  ],
  cxxLanguageStandard: .cxx17
)
