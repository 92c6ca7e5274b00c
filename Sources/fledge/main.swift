import CommandLineTool
import EnvironmentKit
import PointNavigation

var environments = EnvironmentRegistry()
try environments.register(PointNavigation.self)
try environments.register(PointNavigationCorners.self)
runFledge(environments: environments)
