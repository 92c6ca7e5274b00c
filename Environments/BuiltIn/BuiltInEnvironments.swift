public import EnvironmentKit
internal import FewShot
internal import Locomotion
internal import Navigation
internal import PointNavigation

/// Every environment that comes with Fledge.
public let builtInEnvironments = [
  EnvironmentDefinition(HalfCheetah.self), EnvironmentDefinition(Hopper.self),
  EnvironmentDefinition(Quadruped.self), EnvironmentDefinition(Walker.self),
  EnvironmentDefinition(PointNavigation.self), EnvironmentDefinition(PointNavigationCorners.self),
  EnvironmentDefinition(MazeNavigation.self), EnvironmentDefinition(CarNavigation.self),
]

/// Every source of few-shot tasks that comes with Fledge.
public let builtInExampleSources = [
  ExampleSourceDefinition(Sinusoid.self), ExampleSourceDefinition(LinearRegression.self),
  ExampleSourceDefinition(PolynomialRegression.self),
  ExampleSourceDefinition(RotatingBoundary.self),
  ExampleSourceDefinition(LogisticClassification.self),
  ExampleSourceDefinition(ImageClassification.self), ExampleSourceDefinition(Quadratic.self),
  ExampleSourceDefinition(GaussianMean.self),
]
