internal import BuiltInEnvironments
internal import EnvironmentKit

/// The built-in environments for other programs, such as the Python package beside this one.
@_cdecl("fledge_plugin")
public func plugin() -> UnsafeRawPointer { pluginContents(builtInEnvironments) }
