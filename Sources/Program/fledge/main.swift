internal import BuiltInEnvironments
internal import CommandLineTool
internal import EnvironmentKit
internal import Watching

runFledge(environments: try .builtIn(), commands: [Watch.self])
