internal import EnvironmentKit
internal import PointNavigation

/// An environment in Swift as a shared library: the one line that a library of yours needs.
@_cdecl("fledge_plugin")
public func plugin() -> UnsafeRawPointer {
  pluginContents(
    [EnvironmentDefinition(PointNavigation.self, named: "point-navigation-plugin")])
}
