import Adaptation
import EnvironmentKit
import Experiments
import FewShot
import Locomotion
import MetaLearning
import Models
import Navigation
import PointNavigation
import Policies
import Rollouts
import RunRecords
import Testing

/// The built-in environments, as the executable registers them.
func registry() throws -> EnvironmentRegistry {
  var environments = EnvironmentRegistry()
  try environments.register(PointNavigation.self)
  try environments.register(PointNavigationCorners.self)
  try environments.register(MazeNavigation.self)
  try environments.register(CarNavigation.self)
  try environments.register(HalfCheetah.self)
  try environments.register(Hopper.self)
  try environments.register(Quadruped.self)
  try environments.register(Walker.self)
  for source in [
    ExampleSourceDefinition(Sinusoid.self), .init(RotatingBoundary.self),
    .init(ImageClassification.self), .init(LinearRegression.self),
    .init(PolynomialRegression.self), .init(LogisticClassification.self), .init(Quadratic.self),
    .init(GaussianMean.self),
  ] {
    try environments.register(source)
  }
  return environments
}

@Suite struct PresetTests {
  @Test("Every preset holds, and reads back from its YAML to the same value")
  func roundTrip() throws {
    for preset in Preset.all where !Self.needsData(preset) && !Self.needsPython(preset) {
      let experiment = try Experiment(
        preset.configuration, source: preset.name, environments: registry())
      let text = experiment.configuration.yaml(heading: preset.summary)
      let read = try Configuration(yaml: text, source: preset.name)
      #expect(read == experiment.configuration)
      #expect(preset.configuration.run.name == preset.name)
    }
  }

  /// Its drawings are not shipped.
  private static func needsData(_ preset: Preset) -> Bool {
    preset.configuration.environment.name == "image-classification"
  }

  /// Its environment is another program's.
  private static func needsPython(_ preset: Preset) -> Bool {
    preset.configuration.environment.name.hasPrefix("gymnasium:")
  }

  @Test(
    "Presets of Python's environments read back, have their paper's settings and a method to train by"
  )
  func python() throws {
    let presets = Preset.all.filter(Self.needsPython)
    #expect(presets.count == 6)
    for preset in presets {
      let text = preset.configuration.yaml(heading: preset.summary)
      #expect(try Configuration(yaml: text, source: preset.name) == preset.configuration)
      try preset.configuration.validate(source: preset.name)
      let (inner, outer) = (preset.configuration.inner, preset.configuration.outer)
      #expect(inner.steps == 1 && inner.stepSize == 0.1 && inner.stepSizeRule == .fixed)
      #expect(outer.method == .trustRegion && outer.trustRegion.maxKL == 0.01)
    }
  }

  @Test("Presets of drawings ask for them")
  func data() throws {
    for preset in Preset.all where Self.needsData(preset) {
      let error = #expect(throws: RecordError.self) {
        try Experiment(
          preset.configuration, source: preset.name, environments: registry())
      }
      #expect(error?.kind == .usage && error?.message.contains("--data DIR") == true)
    }
  }

  @Test("Every method holds on a preset of either kind", arguments: Method.all().map(\.name))
  func methods(name: String) throws {
    let method = try #require(Method.all().first { $0.name == name })
    for (preset, hasExamples) in [("nav2d-finn", false), ("sinusoid-maml", true)] {
      if hasExamples && ["promp", "emaml", "rl2", "varibad", "pearl", "oracle"].contains(name) {
        continue
      }
      let changed = method.applied(
        to: try Preset.named(preset).configuration, hasExamples: hasExamples)
      try changed.validate(source: preset)
      _ = try Experiment(changed, source: preset, environments: registry())
      #expect(
        changed.run.name == preset + (name == "maml" ? "" : "-\(name)"))
    }
  }

  @Test("Preset names differ, and a mistaken one gets the nearest as advice")
  func names() throws {
    #expect(Set(Preset.all.map(\.name)).count == Preset.all.count)
    let error = #expect(throws: RecordError.self) { try Preset.named("yardstick-trop") }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("did you mean yardstick-trpo?") == true)
  }

  @Test("The yardstick presets have the shapes of Tests/Benchmarks/jax_maml.py")
  func yardstick() throws {
    for name in ["yardstick-trpo", "yardstick-vpg"] {
      let configuration = try Preset.named(name).configuration
      #expect(configuration.policy.hiddenSizes == [100, 100])
      #expect(configuration.policy.activation == .tanh)
      #expect(configuration.policy.initialLogStandardDeviation == 0)
      #expect(configuration.inner.steps == 1 && configuration.inner.episodes == 20)
      #expect(configuration.inner.stepSize == 0.5 && configuration.inner.stepSizeRule == .fixed)
      #expect(configuration.inner.estimator == .logLikelihood && !configuration.inner.firstOrder)
      #expect(configuration.baseline.discount == 0.99 && configuration.baseline.gaeLambda == 1)
      #expect(!configuration.baseline.bootstrap && configuration.baseline.ridge == 1e-5)
      #expect(configuration.outer.tasks == 20 && configuration.outer.gaeLambda == 1)
    }
    let trust = try Preset.named("yardstick-trpo").configuration.outer
    #expect(trust.trustRegion.maxKL == 0.01 && trust.conjugateGradientIterations == 10)
    let own = trust.trustRegion
    #expect(own.damping == 1e-5 && own.lineSearchSteps == 15 && own.lineSearchShrink == 0.8)
  }
}
