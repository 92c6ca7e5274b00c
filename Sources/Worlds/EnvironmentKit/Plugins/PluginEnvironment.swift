internal import Foundation
internal import Randomness

/// An environment of a shared library, with its parameters.
final class PluginEnvironment: @unchecked Sendable {
  // The library's functions may be called from several threads; the rest never changes.

  let functions: PluginFunctions
  let handle: UnsafeMutableRawPointer
  let specification: EnvironmentSpecification
  let parameters: [String: ParameterValue]

  init(
    _ functions: PluginFunctions, parameters given: [String: ParameterValue]
  ) throws(EnvironmentError) {
    self.functions = functions
    let call = PluginCall()
    let json = try Self.text(of: given)
    guard let handle = functions.create(functions.context, json, call.pointer) else {
      throw functions.error(call.take("create").message)
    }
    do throws(EnvironmentError) {
      guard let text = functions.specification(handle) else {
        throw functions.error("its specification is missing")
      }
      let read = try PluginSpecification(json: String(cString: text))
      specification = try read.checked()
      let known = read.parameters ?? [:]
      // A library may read past what it doesn't know, and whoever misspelled it would never learn of it.
      if let key = given.keys.sorted().first(where: { known[$0] == nil }) {
        throw unknownParameter(key, named: key, among: known.keys.sorted())
      }
      parameters = known
    } catch {
      functions.destroy(handle)
      throw error
    }
    self.handle = handle
  }

  deinit { functions.destroy(handle) }

  /// As the collector and the commands see it.
  func erased() -> AnyEnvironment {
    AnyEnvironment(
      name: functions.name, summary: functions.summary, plugin: functions.plugin,
      content: functions.content, specification: specification, parameters: parameters,
      sample: { split, random in try self.sample(split, seed: random.next()) },
      decode: { data in
        let task = try self.task(String(decoding: data, as: UTF8.self))
        try PluginWorlds(self, count: 1).setTask(task)
        return task
      },
      group: { count in try PluginWorlds(self, count: count) },
      remake: { [functions, parameters] in
        try PluginEnvironment(functions, parameters: parameters).erased()
      })
  }

  private func sample(_ split: TaskSplit, seed: UInt64) throws(EnvironmentError) -> AnyTask {
    let call = PluginCall()
    let text = pluginText { memory, capacity in
      functions.sampleTask(handle, Int32(split.phase), seed, memory, capacity, call.pointer)
    }
    guard let text else {
      throw functions.error(call.take("sample_task").message)
    }
    return try task(text)
  }

  private func task(_ json: String) throws(EnvironmentError) -> AnyTask {
    guard let task = try AnyTask(json: json, environment: functions.name) else {
      throw functions.error("'\(json)' isn't JSON, or null")
    }
    return task
  }

  private static func text(of parameters: [String: ParameterValue]) throws(EnvironmentError)
    -> String
  {
    do {
      return String(decoding: try JSONEncoder().encode(parameters), as: UTF8.self)
    } catch {
      throw EnvironmentError("its parameters can't be written as JSON; they must be finite")
    }
  }
}
