public import Settings

/// An environment that can be made by name.
public struct EnvironmentDefinition: Sendable {
  /// The name in configurations.
  public let name: String
  /// One line on what is to be done.
  public let summary: String
  /// The shared library that it comes from, as an absolute path; nil for one that is built in.
  public let plugin: String?
  /// What is in that library.
  let pluginContent: String?
  private let create:
    @Sendable ([String: ParameterValue]) throws(EnvironmentError) -> AnyEnvironment
  private var fill:
    (@Sendable ([String: ParameterValue]) throws(EnvironmentError) -> [String: ParameterValue])?

  /// Defines an environment by its type.
  ///
  /// - Parameters:
  ///   - type: The environment.
  ///   - name: Its name in configurations, the type's own unless given.
  ///   - isVersioned: Whether its code changes with Fledge's version alone, so that what was measured with that
  ///     version holds. An author's own changes whenever the program is built anew.
  public init<World: Environment>(
    _ type: World.Type, named name: String = World.name, isVersioned: Bool = false
  ) {
    self.name = name
    summary = World.summary
    (plugin, pluginContent) = (nil, nil)
    create = { given throws(EnvironmentError) in
      var environment = try AnyEnvironment(World.self, name: name, parameters: given)
      environment.content = isVersioned ? nil : ContentDigest.ofProgram
      return environment
    }
  }

  init(
    name: String, summary: String, plugin: String?, pluginContent: String? = nil,
    create:
      @escaping @Sendable ([String: ParameterValue]) throws(EnvironmentError) -> AnyEnvironment
  ) {
    self.name = name
    self.summary = summary
    self.plugin = plugin
    self.pluginContent = pluginContent
    self.create = create
  }

  /// Defines an environment of Gymnasium, which is looked for once it is made.
  init(gymnasium name: String) {
    self.init(name: name, summary: GymnasiumEnvironment.summary, plugin: nil) {
      given throws(EnvironmentError) in try GymnasiumEnvironment.make(name: name, parameters: given)
    }
    fill = { given throws(EnvironmentError) in
      try naming(name) { try ResolvedParameters<GymnasiumParameters>(given).table }
    }
  }

  /// Fills parameters in, without starting the program that the environment is part of.
  ///
  /// - Parameter given: The parameters that differ from their defaults.
  /// - Returns: Every parameter; nil for an environment of this program, which tells them once it is made.
  /// - Throws: `EnvironmentError` for an unknown key, a wrong type or a value out of range.
  public func parameters(
    filling given: [String: ParameterValue]
  ) throws(EnvironmentError) -> [String: ParameterValue]? { try fill?(given) }

  /// Makes the environment.
  ///
  /// - Parameter parameters: The parameters that differ from their defaults.
  /// - Returns: The environment with every parameter resolved.
  /// - Throws: `EnvironmentError` for an unknown key, a wrong type or a value out of range.
  public func make(
    parameters: [String: ParameterValue] = [:]
  ) throws(EnvironmentError) -> AnyEnvironment {
    try create(parameters)
  }
}

/// Checks that a name is made of lower-case words joined by hyphens.
///
/// - Parameter name: The name of an environment.
/// - Throws: `EnvironmentError` for any other name.
public func checkEnvironmentName(_ name: String) throws(EnvironmentError) {
  let words = name.split(separator: "-", omittingEmptySubsequences: false)
  let isPlain: (Character) -> Bool = { "a"..."z" ~= $0 || "0"..."9" ~= $0 }
  guard words.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isPlain) }) else {
    throw EnvironmentError(
      "'\(name)' can't name an environment; use lower-case words joined by hyphens")
  }
}

/// A source of few-shot tasks that can be made by name.
public struct ExampleSourceDefinition: Sendable {
  /// The name in configurations.
  public let name: String
  /// One line on what is to be learned.
  public let summary: String
  private let create:
    @Sendable ([String: ParameterValue]) throws(EnvironmentError) -> AnyExampleSource
  private let fill:
    @Sendable ([String: ParameterValue]) throws(EnvironmentError) -> [String: ParameterValue]

  /// Defines a source by its type.
  ///
  /// - Parameter type: The source.
  public init<Source: ExampleSource>(_ type: Source.Type) {
    name = Source.name
    summary = Source.summary
    create = { given throws(EnvironmentError) in
      try AnyExampleSource(Source.self, parameters: given)
    }
    fill = { given throws(EnvironmentError) in
      try naming(Source.name) { try ResolvedParameters<Source.Parameters>(given).table }
    }
  }

  /// Fills parameters in, without reading the files that they name.
  ///
  /// - Parameter given: The parameters that differ from their defaults.
  /// - Returns: Every parameter.
  /// - Throws: `EnvironmentError` for an unknown key, a wrong type or a value out of range.
  public func parameters(
    filling given: [String: ParameterValue]
  ) throws(EnvironmentError) -> [String: ParameterValue] { try fill(given) }

  /// Makes the source.
  ///
  /// - Parameter parameters: The parameters that differ from their defaults.
  /// - Returns: The source with every parameter resolved.
  /// - Throws: `EnvironmentError` for an unknown key, a wrong type, a value out of range, or a file
  ///   that can't be read.
  public func make(
    parameters: [String: ParameterValue] = [:]
  ) throws(EnvironmentError) -> AnyExampleSource {
    try create(parameters)
  }
}

/// The environments and the sources of few-shot tasks that a program knows, by name.
public struct EnvironmentRegistry: Sendable {
  private var entries: [String: EnvironmentDefinition] = [:]
  private var sources: [String: ExampleSourceDefinition] = [:]

  /// Creates an empty registry.
  public init() {}

  /// The sources of few-shot tasks, ordered by name.
  public var exampleSources: [ExampleSourceDefinition] {
    sources.values.sorted { $0.name < $1.name }
  }

  /// Looks a source of few-shot tasks up.
  ///
  /// - Parameter name: Its name.
  /// - Returns: The definition, nil where no source has that name.
  public func exampleSource(named name: String) -> ExampleSourceDefinition? { sources[name] }

  /// The definitions, ordered by name.
  public var definitions: [EnvironmentDefinition] {
    entries.values.sorted { $0.name < $1.name }
  }

  /// Adds an environment by its type.
  ///
  /// - Parameter type: The environment.
  /// - Throws: `EnvironmentError` for a name that is taken or badly formed.
  public mutating func register<World: Environment>(
    _ type: World.Type
  ) throws(EnvironmentError) {
    try register(EnvironmentDefinition(type))
  }

  /// Adds a definition.
  ///
  /// - Parameter definition: The definition.
  /// - Throws: `EnvironmentError` for a name that is taken or badly formed.
  public mutating func register(_ definition: EnvironmentDefinition) throws(EnvironmentError) {
    let name = definition.name
    try checkEnvironmentName(name)
    try requireFree(name)
    entries[name] = definition
  }

  /// Adds a source of few-shot tasks.
  ///
  /// - Parameter definition: The definition.
  /// - Throws: `EnvironmentError` for a name that is taken or badly formed.
  public mutating func register(_ definition: ExampleSourceDefinition) throws(EnvironmentError) {
    try checkEnvironmentName(definition.name)
    try requireFree(definition.name)
    sources[definition.name] = definition
  }

  private func requireFree(_ name: String) throws(EnvironmentError) {
    guard entries[name] == nil && sources[name] == nil else {
      throw EnvironmentError("an environment named '\(name)' is registered already")
    }
  }

  /// Loads a shared library and adds its environments; one that is loaded already, from there or from a copy,
  /// stays as it is.
  ///
  /// - Parameter path: Where the library is.
  /// - Throws: `PluginError` that names the library.
  public mutating func load(plugin path: String) throws(PluginError) {
    let path = absolutePath(path)
    if entries.values.contains(where: { $0.plugin == path }) { return }
    let content = ContentDigest.text(ofFile: path)
    if content != nil && entries.values.contains(where: { $0.pluginContent == content }) { return }
    for definition in try loadPlugin(path, content: content) {
      do {
        try register(definition)
      } catch {
        throw PluginError(description: "plugin '\(path)': \(error.message)")
      }
    }
  }

  /// Whether an environment of that name comes from a library that was loaded.
  ///
  /// - Parameter name: Its name.
  /// - Returns: Whether it does.
  public func hasLoaded(_ name: String) -> Bool { entries[name]?.plugin != nil }

  /// Looks an environment up.
  ///
  /// - Parameter name: Its name.
  /// - Returns: The definition.
  /// - Throws: `EnvironmentError` with the nearest known name, or all of them.
  public func environment(named name: String) throws(EnvironmentError) -> EnvironmentDefinition {
    if let entry = entries[name] { return entry }
    if name.hasPrefix(GymnasiumEnvironment.prefix) { return EnvironmentDefinition(gymnasium: name) }
    let known = (Array(entries.keys) + sources.keys).sorted()
    let advice =
      nearestName(to: name, among: known).map { "did you mean '\($0)'?" }
      ?? (known.isEmpty ? "none is registered" : "known are \(known.joined(separator: ", "))")
    throw EnvironmentError("unknown environment '\(name)'; \(advice)")
  }
}
