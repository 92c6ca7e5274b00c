public import Differentiation

/// How the sums of a hidden layer are normalized before the activation.
///
/// In a perceptron a sum is a unit's for an example; in blocks of convolutions it is a channel's for a
/// pixel, so that statistics over examples are over their pixels, too.
public enum Normalization: RawRepresentable, CaseIterable, Sendable {
  /// Not at all.
  case none
  /// Each unit over the examples that are passed through together (Ioffe and Szegedy 2015): the support
  /// set by its own statistics, the query set by its own. A prediction then depends on the examples
  /// beside it, which no single example has: it is transductive, as are MAML's published figures.
  case transductive
  /// Each unit by the statistics of the task's support set, in both sets: a query example is predicted
  /// alone. In training the query loss is differentiated through these statistics, too.
  case episode
  /// As `transductive` while training; after it by running averages over all tasks' query sets, in both
  /// sets.
  case running
  /// Each example over its units (Ba et al. 2016); in convolutions, each pixel over its channels.
  case layer
  /// Each example and channel over the picture's pixels (Ulyanov et al. 2016; convolutions only).
  case instance

  /// The name in configurations.
  public var rawValue: String { "\(self)" }

  /// The normalization of a name; `batch` is what `transductive` was called before.
  public init?(rawValue: String) {
    if rawValue == "batch" {
      self = .transductive
    } else if let named = Self.allCases.first(where: { $0.rawValue == rawValue }) {
      self = named
    } else {
      return nil
    }
  }
}

extension ModelSettings {
  /// Where normalization takes its statistics from once training is over.
  public func statisticsAfterTraining<Scalar: TensorScalar>() -> Statistics<Scalar> {
    normalization == .running ? .running : .ofBatch
  }
}

extension Model {
  /// Where the normalization of a task's query set takes its statistics from.
  ///
  /// - Parameters:
  ///   - parameters: Of the task, as laid out by ``layout``.
  ///   - support: The inputs of its support set, `[example, number]`.
  ///   - other: Where they come from unless it is from the support set.
  /// - Returns: Statistics that depend on the parameters, differentiably.
  public func queryStatistics<Scalar>(
    _ parameters: [Variable<Scalar>], support: Variable<Scalar>,
    otherwise other: Statistics<Scalar> = .ofBatch
  ) -> Statistics<Scalar> {
    guard settings.normalization == .episode else { return other }
    var moments: [String: Moments<Scalar>] = [:]
    _ = self(
      parameters, support, statistics: .told { moments[$0] = $1.momentsOverRows() })
    return .given(moments)
  }
}
