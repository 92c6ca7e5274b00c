public import Differentiation
internal import Policies

/// Steps that stand alone: what was observed, done, received, and observed then.
public struct Transitions<Scalar: TensorScalar>: Sendable {
  /// Side by side what was observed, the action, its reward, 1 where the episode went on by the environment's rules or 0
  /// where these ended it, and what was observed then, `[step, number]`.
  public let rows: Tensor<Scalar>
  /// How many numbers are observed.
  public let observationWidth: Int

  /// Rows of steps.
  public init(rows: Tensor<Scalar>, observationWidth: Int) {
    (self.rows, self.observationWidth) = (rows, observationWidth)
  }

  /// How many numbers describe a step.
  ///
  /// - Parameters:
  ///   - observations: How many are observed.
  ///   - actions: How many describe an action.
  /// - Returns: The width of ``rows``.
  public static func width(observations: Int, actions: Int) -> Int {
    2 * observations + actions + 2
  }

  /// How many numbers describe an action.
  private var actionWidth: Int { rows.shape.columns - 2 * observationWidth - 2 }
  private var rewardColumn: Int { observationWidth + actionWidth }

  private func columns(_ range: Range<Int>) -> Tensor<Scalar> {
    Variable(rows).columns(range).value
  }

  /// What was observed, the action and its reward: what a task is inferred from, `[step, number]`.
  public var context: Tensor<Scalar> { columns(0..<rewardColumn + 1) }
  /// What was observed, `[step, component]`.
  public var observations: Tensor<Scalar> { columns(0..<observationWidth) }
  /// The actions as the environment was given them, before it scales them, `[step, component]`.
  public var actions: Tensor<Scalar> { columns(observationWidth..<rewardColumn) }
  /// `[step, 1]`
  public var rewards: Tensor<Scalar> { columns(rewardColumn..<rewardColumn + 1) }
  /// 0 where the environment's rules ended an episode, otherwise 1, `[step, 1]`.
  public var goesOn: Tensor<Scalar> { columns(rewardColumn + 1..<rewardColumn + 2) }
  /// What was observed then, `[step, component]`.
  public var following: Tensor<Scalar> { columns(rewardColumn + 2..<rows.shape.columns) }

  /// The same in another precision.
  public func converted<Other: TensorScalar>(to type: Other.Type) -> Transitions<Other> {
    Transitions<Other>(rows: rows.converted(to: type), observationWidth: observationWidth)
  }
}

extension Episodes {
  /// The steps, each alone, of a policy that squashes its actions.
  public var transitions: Transitions<Float> {
    guard case .continuous(let numbers) = self.actions else {
      preconditionFailure("choices are not squashed")
    }
    let goesOn = Tensor<Float>(Shape(stepCount, 1)) { out in
      out.initialize(repeating: 1, count: stepCount)
      for episode in 0..<count where terminated[episode] {
        if let last = steps(of: episode).last { out[last] = 0 }
      }
    }
    let rows = Variable(observations).beside(Variable(numbers).hyperbolicTangent())
      .beside(Variable(Tensor(Shape(stepCount, 1), rewards))).beside(Variable(goesOn))
      .beside(Variable(observationsAfter))
    return Transitions(rows: rows.value, observationWidth: observations.shape.columns)
  }
}
