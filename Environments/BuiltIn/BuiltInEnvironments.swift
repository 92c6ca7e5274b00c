public import EnvironmentKit
internal import FewShot
internal import Locomotion
internal import Navigation
internal import PointNavigation

/// Every environment that comes with Fledge.
public let builtInEnvironments = [
  definition(of: HalfCheetah.self), definition(of: Hopper.self),
  definition(of: Quadruped.self), definition(of: Walker.self),
  definition(of: PointNavigation.self), definition(of: PointNavigationCorners.self),
  definition(of: MazeNavigation.self), definition(of: CarNavigation.self),
]

private func definition<World: Environment>(of type: World.Type) -> EnvironmentDefinition {
  EnvironmentDefinition(type, isVersioned: true)
}

/// Every source of few-shot tasks that comes with Fledge.
public let builtInExampleSources = [
  ExampleSourceDefinition(Sinusoid.self), ExampleSourceDefinition(LinearRegression.self),
  ExampleSourceDefinition(PolynomialRegression.self),
  ExampleSourceDefinition(RotatingBoundary.self),
  ExampleSourceDefinition(LogisticClassification.self),
  ExampleSourceDefinition(ImageClassification.self), ExampleSourceDefinition(Quadratic.self),
  ExampleSourceDefinition(GaussianMean.self),
]

extension EnvironmentRegistry {
  /// The environments and sources of examples that come with Fledge, by their names.
  ///
  /// - Returns: A registry that others can be added to.
  /// - Throws: `EnvironmentError` for a name that is taken, which these are not.
  public static func builtIn() throws(EnvironmentError) -> EnvironmentRegistry {
    var registry = EnvironmentRegistry()
    for definition in builtInEnvironments { try registry.register(definition) }
    for definition in builtInExampleSources { try registry.register(definition) }
    return registry
  }
}
