internal import CPlugin
internal import Foundation

/// A shared library that can't be used, in one line that names it.
public struct PluginError: Error, Hashable, CustomStringConvertible {
  /// What was found, and what would be right.
  public let description: String
}

/// Loads the environments of a shared library.
///
/// The library stays loaded: its code may be in use anywhere from here on.
///
/// - Parameters:
///   - path: Where the library is, as an absolute path.
///   - content: What is in it; nil where it can't be read.
/// - Returns: A definition for each environment that it lists.
/// - Throws: `PluginError` for what isn't a library, or doesn't keep the interface of
///   `fledge_plugin.h`.
func loadPlugin(
  _ path: String, content: String?
) throws(PluginError) -> [EnvironmentDefinition] {
  func failure(_ problem: String) -> PluginError {
    PluginError(description: "plugin '\(path)': \(problem)")
  }
  guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
    let reason = dlerror().map { oneLine(String(cString: $0)) } ?? "it can't be loaded"
    // The loader's own message begins with the path that ours has already.
    let own = reason.hasPrefix(path + ": ") ? String(reason.dropFirst(path.count + 2)) : reason
    throw failure("\(own); expected a shared library")
  }
  guard let symbol = dlsym(library, "fledge_plugin") else {
    throw failure("it exports no function fledge_plugin; see fledge_plugin.h")
  }
  let function = unsafeBitCast(symbol, to: fledge_plugin_function.self)
  guard let contents = function() else { throw failure("fledge_plugin() returned nothing") }
  // The version comes first, so that it can be read whatever follows it.
  let version = contents.pointee.version
  guard (1...UInt32(FLEDGE_PLUGIN_VERSION)).contains(version) else {
    throw failure(
      "it has version \(version) of the interface, expected at most \(FLEDGE_PLUGIN_VERSION); build it "
        + "with the header of this version")
  }
  let count = Int(contents.pointee.count)
  guard count >= 1, let environments = contents.pointee.environments else {
    throw failure("it lists \(count) environments, expected at least 1")
  }
  var definitions: [EnvironmentDefinition] = []
  for index in 0..<count {
    let functions: PluginFunctions
    do throws(PluginProblem) {
      functions = try PluginFunctions(
        listed(environments, index, version: version), plugin: path, content: content)
    } catch {
      throw failure("environment \(index): \(error.description)")
    }
    definitions.append(
      EnvironmentDefinition(
        name: functions.name, summary: functions.summary, plugin: path, pluginContent: content
      ) { given throws(EnvironmentError) in
        try naming(functions.name) { try PluginEnvironment(functions, parameters: given).erased() }
      })
  }
  return definitions
}

/// An environment of a library's list. Those of version 1 end before `outcome`, so each begins that much earlier.
private func listed(
  _ environments: UnsafePointer<fledge_environment>, _ index: Int, version: UInt32
) -> fledge_environment {
  guard version == 1, let size = MemoryLayout<fledge_environment>.offset(of: \.outcome) else {
    return environments[index]
  }
  var environment = fledge_environment()
  withUnsafeMutableBytes(of: &environment) { memory in
    memory.copyMemory(
      from: UnsafeRawBufferPointer(
        start: UnsafeRawPointer(environments) + index * size, count: size))
  }
  return environment
}

/// A path from the root, by which a library is known whatever the directory.
func absolutePath(_ path: String) -> String {
  URL(fileURLWithPath: path).standardizedFileURL.path
}

/// What is wrong with a library's environment.
struct PluginProblem: Error, CustomStringConvertible {
  let description: String
}

/// A text as part of a one-line message.
func oneLine(_ text: String) -> String {
  text.split(whereSeparator: \.isNewline).joined(separator: " ")
}

/// The functions of one environment of a library, all of which are there.
struct PluginFunctions: @unchecked Sendable {
  // The pointers are to code and to constants of a library that stays loaded.

  let plugin: String
  /// What is in the library.
  let content: String?
  let name: String
  let summary: String
  let context: UnsafeMutableRawPointer?
  let create:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, ErrorPointer) ->
      UnsafeMutableRawPointer?
  let destroy: @convention(c) (UnsafeMutableRawPointer?) -> Void
  let specification: @convention(c) (UnsafeMutableRawPointer?) -> UnsafePointer<CChar>?
  let sampleTask:
    @convention(c) (
      UnsafeMutableRawPointer?, Int32, UInt64, UnsafeMutablePointer<CChar>?, Int, ErrorPointer
    ) -> Int
  let makeWorlds:
    @convention(c) (UnsafeMutableRawPointer?, Int32, ErrorPointer) -> UnsafeMutableRawPointer?
  let freeWorlds: @convention(c) (UnsafeMutableRawPointer?) -> Void
  let setTask:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, ErrorPointer) -> Bool
  let reset:
    @convention(c) (
      UnsafeMutableRawPointer?, Int32, UnsafePointer<Int32>?, UnsafePointer<UInt64>?,
      UnsafeMutablePointer<Float>?, ErrorPointer
    ) -> Bool
  let step:
    @convention(c) (
      UnsafeMutableRawPointer?, Int32, UnsafePointer<Int32>?, UnsafePointer<Float>?,
      UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Bool>?,
      ErrorPointer
    ) -> Bool
  let scene:
    (
      @convention(c) (
        UnsafeMutableRawPointer?, Int32, UnsafeMutablePointer<CChar>?, Int, ErrorPointer
      ) -> Int
    )?
  let outcome: (@convention(c) (UnsafeMutableRawPointer?, Int32) -> UInt8)?

  /// An error of the environment that names the library besides.
  func error(_ problem: String, environment: String? = nil) -> EnvironmentError {
    EnvironmentError("\(problem) (plugin '\(plugin)')", environment: environment)
  }

  typealias ErrorPointer = UnsafeMutablePointer<fledge_error>?

  init(_ given: fledge_environment, plugin: String, content: String?) throws(PluginProblem) {
    func required<Value>(_ value: Value?, _ field: String) throws(PluginProblem) -> Value {
      guard let value else { throw PluginProblem(description: "its \(field) is missing") }
      return value
    }
    (self.plugin, self.content) = (plugin, content)
    name = String(cString: try required(given.name, "name"))
    summary = oneLine(String(cString: try required(given.summary, "summary")))
    context = given.context
    create = try required(given.create, "function create")
    destroy = try required(given.destroy, "function destroy")
    specification = try required(given.specification, "function specification")
    sampleTask = try required(given.sample_task, "function sample_task")
    makeWorlds = try required(given.make_worlds, "function make_worlds")
    freeWorlds = try required(given.free_worlds, "function free_worlds")
    setTask = try required(given.set_task, "function set_task")
    reset = try required(given.reset, "function reset")
    step = try required(given.step, "function step")
    scene = given.scene
    outcome = given.outcome
  }
}
