/// A program that keeps and shows the runs of many programs.
public enum Tracker: String, CaseIterable, Sendable {
  /// Weights & Biases.
  case wandb
  /// MLflow.
  case mlflow
  /// TensorBoard, whose events every run writes by itself: nothing has to be sent.
  case tensorboard

  /// Refuses trackers whose clients are missing.
  ///
  /// - Parameter trackers: Those that are asked for.
  /// - Throws: `RecordError` of kind `usage` that says how to install the first client that is missing.
  public static func requireClients(of trackers: [Tracker]) throws {
    for tracker in trackers where tracker.client != nil {
      try requirePython([tracker.rawValue], for: "--tracker \(tracker.rawValue)")
    }
  }

  /// The Python that knows its client; nil where none is needed.
  var client: [UInt8]? {
    switch self {
    case .wandb: PackageResources.wandb_client_py
    case .mlflow: PackageResources.mlflow_client_py
    case .tensorboard: nil
    }
  }
}
