internal import Differentiation
internal import Models
internal import Randomness
internal import Rollouts

/// What an update learns from of some tasks, which go through the networks together.
struct ReplayBatch<Scalar: TensorScalar> {
  /// What each task is inferred from, task by task, of each as many steps.
  let context: Tensor<Scalar>
  /// What is learned from, task by task, of each as many steps.
  let steps: Transitions<Scalar>
  /// Standard normal, `[task, latent]`.
  let latentNoise: Tensor<Scalar>
  /// Standard normal, `[step, action]`.
  let actionNoise: Tensor<Scalar>

  /// The number of tasks.
  var count: Int { latentNoise.shape.rows }

  /// Where each task's steps start in ``context``, and where the last one's end, `[task + 1]`.
  var contextStarts: [Int] { (0...count).map { $0 * context.shape.rows / count } }

  /// The task of each step.
  var taskOfStep: [Int] {
    let each = steps.rows.shape.rows / count
    return (0..<count).flatMap { [Int](repeating: $0, count: each) }
  }

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

  /// Batches of tasks, together.
  init(joining parts: [ReplayBatch]) {
    context = Tensor(joining: parts.map(\.context))
    steps = Transitions(
      rows: Tensor(joining: parts.map(\.steps.rows)),
      observationWidth: parts.first?.steps.observationWidth ?? 0)
    latentNoise = Tensor(joining: parts.map(\.latentNoise))
    actionNoise = Tensor(joining: parts.map(\.actionNoise))
  }
}
