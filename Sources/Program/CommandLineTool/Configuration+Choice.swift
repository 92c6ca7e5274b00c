internal import EnvironmentKit
package import Experiments
internal import Foundation
internal import MetaLearning
internal import RunRecords
internal import Settings

extension Configuration {
  /// The configuration of a preset or a file, as it stands there.
  ///
  /// - Parameter config: The preset's name, or the file's path.
  /// - Returns: The configuration.
  /// - Throws: `RecordError` of kind `usage` that says what would be right.
  package static func named(_ config: String) throws -> Configuration {
    let looksLikeFile =
      config.contains("/") || config.hasSuffix(".yaml") || config.hasSuffix(".yml")
    if !looksLikeFile {
      if let preset = Preset.all.first(where: { $0.name == config }) { return preset.configuration }
      guard FileManager.default.fileExists(atPath: config) else {
        return try Preset.named(config).configuration
      }
    }
    if let run = try? RunDirectory.open(config) {
      throw RecordError(
        .usage, "\(config) is a run's directory; its configuration is \(run.configurationPath)")
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: config, isDirectory: &isFolder), isFolder.boolValue {
      throw RecordError(.usage, "\(config) is a folder, but no run's; expected a file or a preset")
    }
    return try Configuration(file: config)
  }

  /// The configuration of another method on these tasks.
  ///
  /// - Parameters:
  ///   - name: The method's name.
  ///   - option: Where it was given, for messages.
  ///   - source: The file's or preset's name, for messages.
  ///   - keepingIterations: Whether iterations stay as many where an equal budget would take others.
  ///   - context: With the methods and environments known.
  /// - Returns: The configuration.
  /// - Throws: `RecordError` of kind `usage` that says what would be right.
  package func trained(
    by name: String, option: String, source: String, keepingIterations: Bool, in context: Context
  ) throws -> Configuration {
    let methods = Method.all(context.algorithms.outerMethods)
    guard let method = methods.first(where: { $0.name == name }) else {
      let names = methods.map(\.name)
      let advice = suggestion(for: name, among: names)
      throw RecordError(
        .usage,
        "\(option) \(name.prefix(40)): expected one of \(names.joined(separator: ", "))\(advice)")
    }
    if method.concernsGradientSteps,
      context.algorithms.outerMethods.named(outer.method)?.adaptation != nil
    {
      throw RecordError(
        .usage,
        "\(option) \(name): it says how gradient steps adapt, and \(source) adapts by "
          + "\(outer.method.rawValue), without any; give a preset that takes some")
    }
    var changed = method.applied(
      to: self, hasExamples: context.environments.exampleSource(named: environment.name) != nil,
      context.algorithms.outerMethods)
    if keepingIterations, name != Method.random.name {
      changed.outer.iterations = outer.iterations
    }
    try changed.validate(source: source)
    return changed
  }
}
