import Adaptation
import Differentiation
import EnvironmentKit
import FewShot
import MetaLearning
import Models
import Parallel
import Testing

/// CAVIA's context begins at 0 for each task: no outer method moves it, while all else is learned.
@Suite struct ContextTests {
  private func check(_ learner: MetaLearner, _ method: OuterMethodName) throws {
    let layout = learner.problem.layout
    func tensors() -> [String: Tensor<Float>] {
      Dictionary(
        uniqueKeysWithValues: zip(
          layout.entries.map(\.name), layout.tensors(of: learner.state.parameters)))
    }
    let before = tensors()
    for _ in 0..<3 { _ = try learner.iterate() }
    let after = tensors()
    #expect(after["context"]?.elements.allSatisfy { $0 == 0 } == true, "\(method)")
    // Reptile follows adapted parameters, of which only the context moves.
    guard method != .reptile else { return }
    for name in ["contextWeights", "layers.0.weight"] {
      #expect(after[name]?.elements != before[name]?.elements, "\(name) of \(method)")
    }
  }

  @Test(
    "A model's context stays at 0", arguments: [OuterMethodName.adam, .implicitGradient, .reptile])
  func examples(method: OuterMethodName) throws {
    var settings = MetaLearningSettings()
    settings.model.hiddenSizes = [6]
    settings.model.contextSize = 3
    settings.inner.adapts = ["context"]
    settings.inner.episodes = 4
    settings.outer.method = method
    settings.outer.tasks = 4
    settings.outer.learningRate = 0.05
    // At the kink of a rectifier no inner optimum can be told.
    if method == .implicitGradient { settings.model.activation = .tanh }
    let source = try ExampleSourceDefinition(Sinusoid.self).make()
    try check(
      try MetaLearner(
        problem: .examples(source, try Model(for: source.specification, settings: settings.model)),
        settings: settings, seed: 4, team: Threads(1)), method)
  }

  @Test("A policy's context stays at 0", arguments: OuterMethodName.differentiating)
  func episodes(method: OuterMethodName) throws {
    try check(
      try navigationLearner {
        $0.policy.contextSize = 3
        $0.inner.adapts = ["context"]
        $0.inner.estimator = .likelihoodRatio
        $0.outer.method = method
        $0.outer.learningRate = 0.05
        $0.outer.trustRegion.maxKL = 0.1
      }, method)
  }
}
