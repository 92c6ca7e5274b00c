public import EnvironmentKit
internal import Foundation
public import Randomness

/// Regression of sine waves, the first experiment of the MAML paper.
///
/// y = amplitude · sin(x - phase), with x uniform on [-5, 5]. A task is an amplitude, uniform on
/// [0.1, 5], and a phase, uniform on [0, pi]; shifted tasks have amplitudes from [5, 6]. There is no
/// noise. The best prediction without adaptation, the mean of all waves -1.62 cos(x), leaves a mean
/// squared error of 3.01 of the waves' mean square 4.25.
///
/// Reference: Finn, Abbeel and Levine, "Model-agnostic meta-learning for fast adaptation of deep
/// networks", ICML 2017, section 5.1.
public struct Sinusoid: ExampleSource {
  /// One wave.
  public struct Task: Codable, Sendable, Equatable {
    /// The greatest value.
    public var amplitude: Float
    /// How far the wave is moved to the right, in rad.
    public var phase: Float

    /// Creates a task.
    ///
    /// - Parameters:
    ///   - amplitude: The greatest value.
    ///   - phase: How far the wave is moved to the right, in rad.
    public init(amplitude: Float, phase: Float) {
      (self.amplitude, self.phase) = (amplitude, phase)
    }
  }

  /// What stays the same over the tasks.
  public struct Parameters: EnvironmentParameters {
    /// The least amplitude.
    public var minimumAmplitude: Float = 0.1
    /// The greatest amplitude.
    public var maximumAmplitude: Float = 5
    /// The greatest amplitude of shifted tasks, whose least is the others' greatest.
    public var shiftedAmplitude: Float = 6
    /// The greatest phase, in rad.
    public var maximumPhase = Float.pi
    /// Half the width of the interval of inputs about 0.
    public var inputRange: Float = 5
    /// Examples in the query set.
    public var queryExamples = 10

    /// Creates the paper's parameters.
    public init() {}

    /// Checks every value's range.
    ///
    /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
    public func validate() throws {
      try require("minimumAmplitude", minimumAmplitude, in: 0...1e3)
      try require("maximumAmplitude", maximumAmplitude, in: minimumAmplitude.nextUp...1e4)
      try require("shiftedAmplitude", shiftedAmplitude, in: maximumAmplitude.nextUp...1e5)
      try require("maximumPhase", maximumPhase, in: 0...2 * Float.pi)
      try require("inputRange", inputRange, in: 1e-3...1e3)
      try requireQueryExamples(queryExamples)
    }
  }

  /// The name in configurations.
  public static var name: String { "sinusoid" }
  /// One line on what is to be learned.
  public static var summary: String { "Fit a sine wave of unknown amplitude and phase" }

  private let parameters: Parameters

  /// Makes the source.
  ///
  /// - Parameter parameters: Valid parameters.
  public init(parameters: Parameters) { self.parameters = parameters }

  /// One number in, one number out.
  public var specification: ExampleSpecification { .init(input: .numbers(1), target: .numbers(1)) }

  /// Draws a wave.
  ///
  /// - Parameters:
  ///   - split: Shifted waves have greater amplitudes than all others.
  ///   - random: The stream to draw from.
  /// - Returns: Amplitude and phase.
  public func sample(split: TaskSplit, random: inout RandomStream) -> Task {
    let amplitudes =
      split == .shifted
      ? parameters.maximumAmplitude...parameters.shiftedAmplitude
      : parameters.minimumAmplitude...parameters.maximumAmplitude
    let amplitude = random.uniform(in: amplitudes)
    return Task(amplitude: amplitude, phase: random.uniform(in: 0...parameters.maximumPhase))
  }

  /// Draws points of a wave.
  ///
  /// - Parameters:
  ///   - task: The wave.
  ///   - shots: Examples in the support set, at least 1.
  ///   - random: The stream to draw from.
  /// - Returns: Both sets, with inputs `[example, 1]`.
  public func examples(
    of task: Task, shots: Int, random: inout RandomStream
  ) -> FewShotExamples {
    FewShotExamples(shots: shots, queryExamples: parameters.queryExamples) { count in
      let inputs = random.uniforms(count, in: -parameters.inputRange...parameters.inputRange)
      return Examples(
        inputs: inputs,
        targets: .numbers(inputs.map { task.amplitude * sin($0 - task.phase) }))
    }
  }
}
