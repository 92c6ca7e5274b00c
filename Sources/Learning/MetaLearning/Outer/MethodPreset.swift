internal import Adaptation
internal import Policies

/// A way to train on given tasks with a given budget that an outer method brings along: what `--method` names.
///
/// What a method needs beside its name is set as it served best in the published comparisons.
public struct MethodPreset: Sendable {
  /// Its name.
  public let name: String
  /// Whether a factor on the step sizes is chosen on validation tasks, because they were set for another method.
  public let choosesStepSizes: Bool
  /// How many training tasks it takes where a configuration doesn't say; nil for as many as come.
  public let trainingTasks: Int?
  /// Whether it gets as many episodes of training as the method it is compared with.
  public let hasEqualBudget: Bool
  /// Changes the settings of meta-training, given whether tasks have examples.
  public let apply: @Sendable (inout MetaLearningSettings, _ hasExamples: Bool) -> Void

  /// A way to train.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - choosesStepSizes: Whether a factor on the step sizes is chosen on validation tasks.
  ///   - trainingTasks: How many training tasks it takes where a configuration doesn't say; nil for as many as come.
  ///   - hasEqualBudget: Whether it gets as many episodes of training as the method it is compared with.
  ///   - apply: Changes the settings of meta-training, given whether tasks have examples.
  public init(
    _ name: String, choosesStepSizes: Bool = false, trainingTasks: Int? = nil,
    hasEqualBudget: Bool = true,
    apply: @escaping @Sendable (inout MetaLearningSettings, _ hasExamples: Bool) -> Void
  ) {
    self.name = name
    self.choosesStepSizes = choosesStepSizes
    (self.trainingTasks, self.hasEqualBudget) = (trainingTasks, hasEqualBudget)
    self.apply = apply
  }
}

extension MetaLearningSettings {
  /// Takes an outer method with all of its derivatives.
  public mutating func follow(_ method: OuterMethodName) {
    outer.method = method
    inner.firstOrder = false
  }

  /// Takes no gradient steps on a task, nor anything that is of use to such steps alone.
  mutating func takeNoSteps() {
    fixStepSizes()
    policy.contextSize = 0
    outer.stepWeights = []
    outer.stepWeightAnnealing = 0
    outer.explorationCredit = 0
    inner.steps = 0
    inner.minimumLogStandardDeviation = nil
    inner.adapts = []
  }

  /// Takes step sizes as they are given, the same for the noise as for the rest: what learned sizes begin from may be
  /// too large to stay with.
  public mutating func fixStepSizes() {
    inner.stepSizeRule = .fixed
    inner.logStandardDeviationFactor = 1
  }
}
