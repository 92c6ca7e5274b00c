internal import BuiltInEnvironments
internal import CommandLineTool
internal import EnvironmentKit
internal import Studies

runFledge(environments: try .builtIn(), commands: [Sweep.self])
