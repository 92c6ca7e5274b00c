internal import BuiltInEnvironments
internal import CommandLineTool
internal import EnvironmentKit
internal import Studies
internal import Watching

runFledge(environments: try .builtIn(), commands: [Sweep.self, Watch.self])
