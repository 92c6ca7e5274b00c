import BuiltInEnvironments
import CommandLineTool
import EnvironmentKit

var environments = EnvironmentRegistry()
for definition in builtInEnvironments { try environments.register(definition) }
for definition in builtInExampleSources { try environments.register(definition) }
runFledge(environments: environments)
