internal import Differentiation
internal import Models
internal import Randomness
internal import Rollouts

/// What an update learns from of one task.
struct ReplayBatch<Scalar: TensorScalar> {
  /// What the task is inferred from.
  let context: Tensor<Scalar>
  /// What is learned from.
  let steps: Transitions<Scalar>
  /// Standard normal, `[1, latent]`.
  let latentNoise: Tensor<Scalar>
  /// Standard normal, `[step, action]`.
  let actionNoise: Tensor<Scalar>

  /// The batch in another precision.
  func converted<Other: TensorScalar>(to type: Other.Type) -> ReplayBatch<Other> {
    ReplayBatch<Other>(
      context: context.converted(to: type), steps: steps.converted(to: type),
      latentNoise: latentNoise.converted(to: type), actionNoise: actionNoise.converted(to: type))
  }
}

extension ReplayBatch<Float> {
  /// Draws steps of a task, with replacement.
  ///
  /// - Parameters:
  ///   - replay: The task's steps, at least one.
  ///   - recent: The task is inferred from the latest so many.
  ///   - network: Who learns.
  ///   - settings: How many steps are drawn.
  ///   - random: The stream they are drawn from.
  init(
    _ replay: RowQueue, recent: Int, _ network: LatentNetwork, _ settings: ReplaySettings,
    _ random: inout RandomStream
  ) {
    func drawn(_ count: Int, latest: Int) -> Transitions<Float> {
      let first = replay.count - latest
      return Transitions(
        rows: replay.rows(at: (0..<count).map { _ in first + random.index(below: latest) }),
        observationWidth: network.observationWidth)
    }
    func normal(_ rows: Int, _ columns: Int) -> Tensor<Float> {
      Tensor(Shape(rows, columns), (0..<rows * columns).map { _ in random.normal() as Float })
    }
    context = drawn(settings.contextSteps, latest: min(recent, replay.count)).context
    steps = drawn(settings.batchSteps, latest: replay.count)
    latentNoise = normal(1, network.latentSize)
    actionNoise = normal(settings.batchSteps, network.actionWidth)
  }
}
