internal import BuiltInEnvironments
internal import CommandLineTool
internal import EnvironmentKit

runFledge(environments: try .builtIn())
