internal import Adaptation
public import Differentiation
public import Parallel

/// What one task contributes to the outer gradient.
public struct TaskGradient: Summable {
  /// With respect to the initialization, `[1, parameter]`.
  public internal(set) var initialization: Tensor<Float>
  /// With respect to each inner step's sizes, `[1, parameter]`.
  public internal(set) var stepSizes: [Tensor<Float>]
  /// The outer loss.
  public private(set) var loss: Double
  /// Number and sum of squares of the centred outer advantages.
  private(set) var advantageMoments: (count: Double, squares: Double)

  /// The gradient of `Σₛ weightₛ · L(θₛ)` over a task's steps, pulled back through all of them.
  public init(through adaptation: TaskAdaptation) {
    let pulled = adaptation.chain.pullback(losses: adaptation.gradients)
    self.init(adaptation, pulled.initialization, pulled.stepSizes)
  }

  /// A gradient of a task's losses that was found in another way.
  ///
  /// - Parameters:
  ///   - adaptation: The task after adaptation.
  ///   - initialization: With respect to the initialization, `[1, parameter]`.
  ///   - stepSizes: With respect to each inner step's sizes, `[1, parameter]`; none where these are given.
  public init(
    _ adaptation: TaskAdaptation, _ initialization: Tensor<Float>, _ stepSizes: [Tensor<Float>] = []
  ) {
    self.init(
      initialization, stepSizes, loss: adaptation.loss,
      advantageMoments: adaptation.advantageMoments)
  }

  init(
    _ initialization: Tensor<Float>, _ stepSizes: [Tensor<Float>], loss: Double,
    advantageMoments: (count: Double, squares: Double) = (0, 0)
  ) {
    self.initialization = initialization
    self.stepSizes = stepSizes
    self.loss = loss
    self.advantageMoments = advantageMoments
  }

  /// Reads what was written.
  public init(from message: inout Message) {
    self.init(
      message.read(), message.read(), loss: message.read(),
      advantageMoments: (message.read(), message.read()))
  }

  /// Writes everything.
  public func write(to message: inout Message) {
    message.write(initialization)
    message.write(stepSizes)
    for number in [loss, advantageMoments.count, advantageMoments.squares] { message.write(number) }
  }

  /// The sum of two tasks' gradients and losses.
  public static func + (left: TaskGradient, right: TaskGradient) -> TaskGradient {
    TaskGradient(
      left.initialization + right.initialization, zip(left.stepSizes, right.stepSizes).map(+),
      loss: left.loss + right.loss,
      advantageMoments: (
        left.advantageMoments.count + right.advantageMoments.count,
        left.advantageMoments.squares + right.advantageMoments.squares
      ))
  }
}
