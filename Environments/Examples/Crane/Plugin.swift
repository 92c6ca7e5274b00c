internal import EnvironmentKit

/// The crane as a shared library.
@_cdecl("fledge_plugin")
public func plugin() -> UnsafeRawPointer { pluginContents([EnvironmentDefinition(Crane.self)]) }
