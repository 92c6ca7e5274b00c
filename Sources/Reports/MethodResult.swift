public import Statistics

/// What the runs of one method returned on the same tasks, measured at the same points.
public struct MethodResult: Sendable {
  /// The method's name.
  public let name: String
  /// A curve for each run.
  public let curves: [AdaptationCurve]
  /// Environment steps of training, `[run]`.
  public let trainingSteps: [Int]

  /// Gathers a method's runs.
  ///
  /// - Parameters:
  ///   - name: The method's name.
  ///   - curves: Of at least one run, all on the same tasks and with the same points.
  ///   - trainingSteps: Environment steps of training, `[run]`.
  public init(name: String, curves: [AdaptationCurve], trainingSteps: [Int]) {
    self.name = name
    self.curves = curves
    self.trainingSteps = trainingSteps
  }

  /// Where policies were measured.
  public var points: [AdaptationCurve.Point] { curves[0].points }

  /// The scores at a point, `[run, task]`.
  func scores(at point: Int) -> Scores { Scores(curves.map { $0.returns.map { $0[point] } }) }
}
