import CommandLineTool
import EnvironmentKit
import Locomotion
import Navigation
import PointNavigation

var environments = EnvironmentRegistry()
try environments.register(HalfCheetah.self)
try environments.register(Hopper.self)
try environments.register(Quadruped.self)
try environments.register(Walker.self)
try environments.register(PointNavigation.self)
try environments.register(PointNavigationCorners.self)
try environments.register(MazeNavigation.self)
try environments.register(CarNavigation.self)
runFledge(environments: environments)
