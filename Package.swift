// swift-tools-version: 6.2

import PackageDescription

/// Every target is held to Swift 6 rules, imports only what it declares, and builds without warnings.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// LIBXSMM makes kernels for x86 alone; elsewhere OpenBLAS multiplies small matrices, too.
#if arch(x86_64)
  let smallProducts = ["xsmm"]
#else
  let smallProducts: [String] = []
#endif

/// Where a training is several processes, on one machine or more: `swift build -c release --traits MPI`.
let severalProcesses = TargetDependencyCondition.when(traits: ["MPI"])

/// The floors of `Sources/`, the ground floor first: a module imports modules of its own floor and of lower ones.
enum Floor: String {
  case foundations = "Foundations"
  case worlds = "Worlds"
  case learning = "Learning"
  case records = "Records"
  case program = "Program"

  func path(_ name: String) -> String { "Sources/\(rawValue)/\(name)" }
}

/// A module on a floor, with its documented dependencies.
func module(
  _ name: String, on floor: Floor, _ dependencies: [Target.Dependency], exclude: [String] = [],
  embedded: [String] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: floor.path(name), exclude: exclude,
    resources: embedded.map { .embedInCode($0) }, swiftSettings: strict)
}

/// A module in C or C++.
func cModule(
  _ name: String, on floor: Floor, _ dependencies: [Target.Dependency] = [],
  libraries: [String] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: floor.path(name),
    linkerSettings: libraries.map { .linkedLibrary($0) })
}

/// A library of the system, found by pkg-config.
func library(
  _ name: String, on floor: Floor, pkgConfig: String, package: String
) -> Target {
  .systemLibrary(
    name: name, path: floor.path(name), pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// A built-in environment of `Environments/`, written against the authoring interface alone.
func environment(
  _ name: String, in folder: String? = nil, _ dependencies: [Target.Dependency]
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Environments/\(folder ?? name)",
    swiftSettings: strict)
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
/// A web server, and what it is told in.
let server: [Target.Dependency] = [
  .product(name: "Hummingbird", package: "hummingbird"),
  .product(name: "HummingbirdCore", package: "hummingbird"),
  .product(name: "HTTPTypes", package: "swift-http-types"),
  .product(name: "Logging", package: "swift-log"),
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
]

let package = Package(
  name: "fledge",
  products: [
    .executable(name: "fledge", targets: ["fledge"]),
    .library(name: "EnvironmentKit", targets: ["EnvironmentKit", "Randomness"]),
    .library(name: "EnvironmentTesting", targets: ["EnvironmentTesting"]),
    .library(name: "Physics", targets: ["Physics"]),
    .library(
      name: "MetaLearning",
      targets: [
        "Adaptation", "Differentiation", "MetaLearning", "Models", "Parallel", "Policies",
        "Randomness", "Rollouts", "Settings",
      ]),
    .library(name: "AlgorithmTesting", targets: ["AlgorithmTesting"]),
    .library(name: "BuiltInEnvironments", targets: ["BuiltInEnvironments"]),
    .library(name: "CommandLineTool", targets: ["CommandLineTool"]),
    // `fledge sweep` and `fledge watch`, for executables that add them: they take long to build.
    .library(name: "Studies", targets: ["Studies"]),
    .library(name: "Watching", targets: ["Watching"]),
    .library(name: "CartInC", type: .dynamic, targets: ["CartInC"]),
    .library(name: "Crane", type: .dynamic, targets: ["Crane"]),
    .library(name: "FledgeEnvironments", type: .dynamic, targets: ["FledgeEnvironments"]),
    .library(name: "FledgePolicy", type: .dynamic, targets: ["PolicyLibrary"]),
    // Both in one, for the Python package.
    .library(
      name: "FledgeForPython", type: .dynamic, targets: ["FledgeEnvironments", "PolicyLibrary"]),
    .library(
      name: "PointNavigationPlugin", type: .dynamic, targets: ["PointNavigationPlugin"]),
  ],
  traits: [.trait(name: "MPI", description: "Trainings of several processes, by Open MPI.")],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Foundations: numbers and chance
    cModule("CNumerics", on: .foundations, libraries: smallProducts + ["openblas", "sleef", "m"]),
    module("Randomness", on: .foundations, ["CNumerics"]),
    library("OpenMPI", on: .foundations, pkgConfig: "ompi-c", package: "libopenmpi-dev"),
    .target(
      name: "CMPI", dependencies: [.target(name: "OpenMPI", condition: severalProcesses)],
      path: Floor.foundations.path("CMPI"),
      cSettings: [.define("FLEDGE_MPI", .when(traits: ["MPI"]))]),
    .target(
      name: "Parallel", dependencies: [.target(name: "CMPI", condition: severalProcesses)],
      path: Floor.foundations.path("Parallel"),
      swiftSettings: strict + [.define("FLEDGE_MPI", .when(traits: ["MPI"]))]),
    module("Differentiation", on: .foundations, ["CNumerics", "Parallel"]),
    module("Settings", on: .foundations, []),
    module("Processes", on: .foundations, []),
    module("Statistics", on: .foundations, ["Randomness"]),
    library("CCairo", on: .foundations, pkgConfig: "cairo", package: "libcairo2-dev"),

    // Worlds: what an environment author sees
    library("Box2D", on: .worlds, pkgConfig: "box2d", package: "libbox2d-dev"),
    cModule("CBox2D", on: .worlds, ["Box2D"]),
    module("Physics", on: .worlds, ["CBox2D"]),
    cModule("CPlugin", on: .worlds),
    module(
      "EnvironmentKit", on: .worlds, ["CPlugin", "Processes", "Randomness", "Settings"],
      embedded: ["chance", "identity", "pictures", "spaces", "tasks", "vector", "worker"].map {
        "Gymnasium/\($0).py"
      }),
    module("EnvironmentTesting", on: .worlds, ["CNumerics", "EnvironmentKit", "Randomness"]),

    // Learning: from a policy to a meta-update, and what it is worth
    module(
      "Models", on: .learning, ["Differentiation", "EnvironmentKit", "Randomness", "Settings"]),
    module(
      "Policies", on: .learning,
      ["Differentiation", "EnvironmentKit", "Models", "Randomness", "Settings"]),
    module(
      "Rollouts", on: .learning,
      [
        "Differentiation", "EnvironmentKit", "Models", "Parallel", "Policies", "Randomness",
        "Settings",
      ]),
    module(
      "Adaptation", on: .learning,
      ["Differentiation", "EnvironmentKit", "Models", "Policies", "Rollouts", "Settings"]),
    module(
      "MetaLearning", on: .learning,
      [
        "Adaptation", "Differentiation", "EnvironmentKit", "Models", "Parallel", "Policies",
        "Randomness", "Rollouts", "Settings",
      ]),
    module(
      "Evaluation", on: .learning,
      [
        "Adaptation", "Differentiation", "EnvironmentKit", "MetaLearning", "Parallel", "Policies",
        "Randomness", "Rollouts", "Statistics",
      ]),

    module(
      "AlgorithmTesting", on: .learning,
      [
        "Differentiation", "EnvironmentKit", "MetaLearning", "Models", "Parallel", "Policies",
        "Randomness",
      ]),

    // Records: what runs leave behind, and how it is shown
    module(
      "RunRecords", on: .records, ["Settings", yams, protobuf],
      exclude: ["TensorBoard/events.proto", "TensorBoard/hparams.proto"]),
    module("Drawing", on: .records, ["CCairo", "EnvironmentKit"]),
    module(
      "Reports", on: .records,
      ["Drawing", "EnvironmentKit", "Processes", "RunRecords", "Statistics"],
      embedded: ["page.css", "replay.js"].map { "Page/\($0)" }),

    module(
      "Tracking", on: .records, ["EnvironmentKit", "Processes", "RunRecords"],
      embedded: [
        "Clients/follow.py", "Clients/mlflow_client.py", "Clients/wandb_client.py", "parquet.py",
      ]),

    // Program: experiments, runs, and the commands over them
    module(
      "Experiments", on: .program,
      [
        "Adaptation", "Differentiation", "EnvironmentKit", "MetaLearning", "Models", "Parallel",
        "Policies", "Rollouts", "RunRecords", "Settings",
      ]),
    module(
      "Training", on: .program,
      [
        "Adaptation", "Differentiation", "EnvironmentKit", "Evaluation", "Experiments",
        "MetaLearning", "Parallel", "Rollouts", "RunRecords", "Settings", "Statistics",
      ]),
    module(
      "Deployment", on: .program,
      [
        "Adaptation", "Differentiation", "EnvironmentKit", "MetaLearning", "Models", "Policies",
        "Randomness", "Rollouts", "RunRecords", "Settings", protobuf,
      ], exclude: ["ONNX/onnx.proto"]),
    cModule("CPolicy", on: .program),
    module("PolicyLibrary", on: .program, ["CPolicy", "Deployment"]),
    module(
      "Measuring", on: .program,
      [
        "Adaptation", "Deployment", "Differentiation", "EnvironmentKit", "Evaluation",
        "Experiments",
        "MetaLearning", "Parallel", "Reports", "RunRecords", "Statistics", "Training",
      ]),
    module(
      "CommandLineTool", on: .program,
      [
        arguments, "Adaptation", "Deployment", "Differentiation", "Drawing", "EnvironmentKit",
        "EnvironmentTesting", "Evaluation", "Experiments", "Measuring", "MetaLearning", "Parallel",
        "Processes", "Reports", "Rollouts", "RunRecords", "Settings", "Statistics", "Tracking",
        "Training",
      ],
      embedded: [
        "Python/PythonEnvironment", "Python/PythonREADME", "Python/PythonTests",
        "Swift/Environment", "Swift/Package", "Swift/Plugin", "Swift/README", "Swift/Tests",
        "Swift/main", "configuration",
      ].map { "Template/\($0).template" }),
    module(
      "Studies", on: .program,
      [
        arguments, .product(name: "GRDB", package: "GRDB.swift"), "CommandLineTool",
        "Adaptation", "EnvironmentKit", "Experiments", "Measuring", "MetaLearning", "Processes",
        "Randomness", "Reports", "RunRecords", "Settings", "Statistics",
      ]),
    module(
      "Watching", on: .program,
      [
        arguments, "CommandLineTool", "EnvironmentKit", "Experiments", "Measuring", "MetaLearning",
        "Reports", "RunRecords", "Training",
      ] + server,
      embedded: [
        "chart.js", "detail.js", "icon.svg", "index.html", "list.js", "watch.css", "watch.js",
      ].map { "Page/\($0)" }),
    .executableTarget(
      name: "fledge",
      dependencies: [
        "BuiltInEnvironments", "CommandLineTool", "EnvironmentKit", "Studies", "Watching",
      ],
      path: Floor.program.path("fledge"), swiftSettings: strict),

    // Environments, written against the authoring interface alone
    environment("Locomotion", ["EnvironmentKit", "Physics", "Randomness"]),
    environment("Navigation", ["EnvironmentKit", "Physics", "Randomness"]),
    environment("PointNavigation", ["EnvironmentKit", "Randomness"]),
    environment("FewShot", ["CCairo", "EnvironmentKit", "Randomness"]),
    environment(
      "BuiltInEnvironments", in: "BuiltIn",
      ["EnvironmentKit", "FewShot", "Locomotion", "Navigation", "PointNavigation"]),
    environment(
      "FledgeEnvironments", in: "SharedLibrary", ["BuiltInEnvironments", "EnvironmentKit"]),
    environment("Crane", in: "Examples/Crane", ["EnvironmentKit", "Physics", "Randomness"]),
    environment(
      "PointNavigationPlugin", in: "Examples/PointNavigationPlugin",
      ["EnvironmentKit", "PointNavigation"]),
    .target(
      name: "CartInC", dependencies: ["CPlugin"], path: "Environments/Examples/CartInC",
      publicHeadersPath: "."),

    // Hostile inputs, for the tests of everything that reads some.
    .target(name: "Mutation", path: "Tests/Mutation", swiftSettings: strict),
    // Characters to be told apart, for the tests of what learns to.
    .target(
      name: "SampleDrawings", dependencies: ["CCairo", "Randomness"], path: "Tests/SampleDrawings",
      swiftSettings: strict),
    tests("Randomness", ["Randomness"]),
    tests("Parallel", ["AlgorithmTesting", "Parallel"]),
    tests("Differentiation", ["CNumerics", "Differentiation", "Randomness"]),
    tests("Processes", ["Processes"]),
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
    // Derivatives by differences and by record, for the tests of what has derivatives.
    .target(
      name: "Derivatives", dependencies: ["Differentiation", "Randomness"],
      path: "Tests/Derivatives", swiftSettings: strict),
    tests(
      "Models",
      ["Derivatives", "Differentiation", "EnvironmentKit", "Models", "Randomness", "Settings"]),
    tests(
      "Policies",
      ["Derivatives", "Differentiation", "EnvironmentKit", "Models", "Policies", "Randomness"]),
    tests(
      "Rollouts",
      [
        "Differentiation", "EnvironmentKit", "Models", "PointNavigation", "Policies", "Randomness",
        "Rollouts",
      ]),
    tests(
      "MetaLearning",
      [
        "Adaptation", "Differentiation", "EnvironmentKit", "FewShot", "MetaLearning", "Models",
        "Parallel", "PointNavigation", "Policies", "Randomness", "Rollouts",
      ], fixtures: true),
    tests(
      "AlgorithmTesting",
      [
        "AlgorithmTesting", "Differentiation", "EnvironmentKit", "MetaLearning", "Models",
        "PointNavigation", "Policies", "Randomness", "Settings",
      ]),
    tests(
      "Evaluation",
      [
        "Adaptation", "AlgorithmTesting", "Differentiation", "EnvironmentKit", "Evaluation",
        "MetaLearning", "Models", "Parallel", "PointNavigation", "Policies", "Rollouts",
        "Statistics",
      ]),
    tests("Statistics", ["Randomness", "Statistics"], fixtures: true),
    tests(
      "Studies",
      [
        .product(name: "GRDB", package: "GRDB.swift"), "BuiltInEnvironments", "CommandLineTool",
        "EnvironmentKit", "Randomness", "RunRecords", "Settings", "Studies",
      ]),
    tests("Reports", ["EnvironmentKit", "Reports", "RunRecords", "Statistics"]),
    tests("RunRecords", ["Mutation", "RunRecords", "Settings"]),
    tests(
      "Experiments",
      [
        "Adaptation", "AlgorithmTesting", "EnvironmentKit", "Experiments", "FewShot", "Locomotion",
        "MetaLearning", "Models", "Navigation", "Parallel", "PointNavigation", "Policies",
        "Randomness", "Rollouts", "RunRecords", "SampleDrawings", "Settings",
      ]),
    tests(
      "Training",
      [
        "Adaptation", "AlgorithmTesting", "EnvironmentKit", "Experiments", "MetaLearning",
        "Parallel", "PointNavigation", "Policies", "Randomness", "Rollouts", "RunRecords",
        "Training",
      ]),
    tests(
      "Deployment",
      [
        "Adaptation", "BuiltInEnvironments", "Deployment", "Differentiation", "EnvironmentKit",
        "Evaluation", "Experiments", "MetaLearning", "Models", "Mutation", "Parallel",
        "PointNavigation", "Policies",
        "Randomness", "Rollouts", "RunRecords",
      ], fixtures: true),
    tests(
      "Measuring",
      [
        "EnvironmentKit", "Experiments", "Measuring", "PointNavigation", "Reports", "RunRecords",
        "Training",
      ]),
    tests("Watching", ["MetaLearning", "Mutation", "RunRecords", "Watching"]),
    // The executable itself, so that it is built for the tests that run it.
    tests(
      "CommandLineTool", ["Mutation", "RunRecords", "SampleDrawings", "fledge"], fixtures: true),
  ],
  cxxLanguageStandard: .cxx17
)
