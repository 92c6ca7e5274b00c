import Adaptation
import Differentiation
import MetaLearning
import Policies
import Testing

@Suite struct AdaptationTests {
  @Test(
    "The chain's gradient is that of one recorded computation through both steps",
    arguments: TwoSteps.all)
  func wholeGraph(test: TwoSteps) {
    let layout = test.policy.layout
    let (chain, adapted) = test.chain(from: test.initial)
    let tracked = layout.tracked(of: test.initial)
    let path = test.recorded(from: tracked, stepSizes: test.constantStepSizes)
    #expect(relativeError(adapted, layout.vector(of: path[2])) < 1e-13)

    let query = test.batches[2]
    let task = TrustRegionTask(policy: test.policy, chain: chain, adapted: adapted, query: query)
    let outputs = test.policy.outputs(path[2], query.inputs)
    let loss = policyGradientLoss(
      .likelihoodRatio, test.policy, outputs, on: query.collected(by: test.policy, with: adapted))
    let expected = layout.vector(of: gradient(of: loss, withRespectTo: tracked))
    let surrogate = task.surrogate()
    #expect(abs(surrogate.loss - loss.value.scalar) < 1e-13)
    #expect(relativeError(surrogate.gradient, expected) < 1e-12)
  }

  @Test(
    "Gradients of weighted losses after every step reach initialization and step sizes",
    arguments: TwoSteps.all)
  func stepLosses(test: TwoSteps) {
    let layout = test.policy.layout
    let tracked = layout.tracked(of: test.initial)
    let sizes = test.stepSizes.map { layout.tracked(of: $0) }
    let path = test.recorded(from: tracked, stepSizes: sizes)
    let weights = [0.3, 0.7]
    let loss = { (parameters: [Variable<Double>], weight: Double) in
      let outputs = test.policy.outputs(parameters, test.batches[2].inputs)
      return policyGradientLoss(.logLikelihood, test.policy, outputs, on: test.batches[2])
        .scaled(by: weight)
    }
    let total = loss(path[1], weights[0]) + loss(path[2], weights[1])
    let expected = gradient(of: total, withRespectTo: tracked + sizes[0] + sizes[1])
    let count = tracked.count
    let parts = (0..<3).map { layout.vector(of: Array(expected[$0 * count..<($0 + 1) * count])) }

    let (chain, _) = test.chain(from: test.initial)
    let slopes = zip(chain.steps, weights).map { step, weight in
      let after = layout.tracked(of: step.after)
      return layout.vector(of: gradient(of: loss(after, weight), withRespectTo: after))
    }
    let found = chain.pullback(losses: slopes)
    #expect(relativeError(found.initialization, parts[0]) < 1e-12)
    #expect(relativeError(found.stepSizes[0], parts[1]) < 1e-12)
    #expect(relativeError(found.stepSizes[1], parts[2]) < 1e-12)

    let last = chain.pullback(losses: [nil, slopes[1]])
    #expect(relativeError(last.initialization, chain.pullback(slopes[1])) < 1e-13)
  }

  @Test("The pushforward is how adapted parameters follow a change", arguments: TwoSteps.all)
  func pushforward(test: TwoSteps) {
    let layout = test.policy.layout
    let vector = values(test.initial.shape, seed: 95)
    let (chain, _) = test.chain(from: test.initial)
    let change = difference(at: test.initial, along: vector) {
      let path = test.recorded(
        from: layout.tracked(of: $0), stepSizes: test.constantStepSizes)
      return layout.vector(of: path[2])
    }
    #expect(relativeError(chain.pushforward(vector), change) < 1e-8)
  }

  @Test("Pushforward and pullback are transposes of each other", arguments: TwoSteps.all)
  func transposes(test: TwoSteps) {
    let (chain, _) = test.chain(from: test.initial)
    let tangent = values(test.initial.shape, seed: 96)
    let cotangent = values(test.initial.shape, seed: 97)
    let forward = chain.pushforward(tangent).dot(cotangent)
    #expect(abs(forward - tangent.dot(chain.pullback(cotangent))) < 1e-12 * abs(forward))
  }

  @Test(
    "The curvature product is the Hessian of the mean divergence through adaptation",
    arguments: TwoSteps.all)
  func curvature(test: TwoSteps) {
    let layout = test.policy.layout
    let (chain, adapted) = test.chain(from: test.initial)
    let query = test.batches[2]
    let task = TrustRegionTask(policy: test.policy, chain: chain, adapted: adapted, query: query)
    let slope = { (point: Tensor<Double>) -> Tensor<Double> in
      let tracked = layout.tracked(of: point)
      let path = test.recorded(from: tracked, stepSizes: test.constantStepSizes)
      let divergence = test.policy.distribution.divergence(
        from: task.oldOutputs,
        to: test.policy.outputs(path[2], query.inputs)
      ).mean()
      return layout.vector(of: gradient(of: divergence, withRespectTo: tracked))
    }
    let vector = values(test.initial.shape, seed: 98)
    let expected = difference(at: test.initial, along: vector, slope)
    // Sums over an episode bend the loss more, and differences lose as much.
    let tolerance = test.estimator == .dice ? 1e-7 : 1e-8
    #expect(relativeError(task.curvatureProduct(vector), expected) < tolerance)
    let other = values(test.initial.shape, seed: 99)
    let left = task.curvatureProduct(vector).dot(other)
    #expect(abs(left - vector.dot(task.curvatureProduct(other))) < 1e-12 * abs(left))
    #expect(task.curvatureProduct(vector).dot(vector) > 0)
  }

  @Test("Without an inner step the first-order gradient is the full one", arguments: TwoSteps.all)
  func firstOrder(test: TwoSteps) {
    let gradients = [true, false].map { differentiable in
      let (chain, adapted) = test.chain(
        from: test.initial, differentiable: differentiable, scale: 0)
      return TrustRegionTask(
        policy: test.policy, chain: chain, adapted: adapted, query: test.batches[2]
      ).surrogate().gradient.elements
    }
    #expect(gradients[0] == gradients[1])
  }

  @Test("With inner steps the first-order gradient is that of the adapted parameters alone")
  func firstOrderGradient() {
    for test in TwoSteps.all {
      let (chain, adapted) = test.chain(from: test.initial, differentiable: false)
      let task = TrustRegionTask(
        policy: test.policy, chain: chain, adapted: adapted, query: test.batches[2])
      let tracked = test.policy.layout.tracked(of: adapted)
      let loss = policyGradientLoss(
        .likelihoodRatio, test.policy,
        test.policy.outputs(tracked, test.batches[2].inputs),
        on: test.batches[2])
      let expected = test.policy.layout.vector(of: gradient(of: loss, withRespectTo: tracked))
      #expect(relativeError(task.surrogate().gradient, expected) < 1e-12)
    }
  }
}
