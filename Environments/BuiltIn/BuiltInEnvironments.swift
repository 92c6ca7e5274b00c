public import EnvironmentKit
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
