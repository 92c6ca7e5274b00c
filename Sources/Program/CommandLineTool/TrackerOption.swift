internal import ArgumentParser
internal import Experiments
internal import Settings
internal import Tracking
internal import Training

/// `--tracker`, for commands that hand runs on to other programs.
struct TrackerOption: ParsableArguments {
  @Option(
    name: .customLong("tracker"),
    help: ArgumentHelp(
      """
      Send the run to a tracker, too, by its own Python client (repeatable). Training never waits for it; fledge \
      track sends what it lacks. TensorBoard needs none: its events are always written.
      """, valueName: "wandb|mlflow|tensorboard"),
    transform: { try choice(named: $0) })
  var trackers: [Tracker] = []

  /// Refuses trackers whose clients are missing.
  ///
  /// - Throws: `RecordError` of kind `usage` that says how to install one.
  func requireClients() throws { try Tracker.requireClients(of: trackers) }

  /// The trackers of a run that is trained; what goes wrong with them is told, and training goes on.
  func begin(_ run: TrainingRun, in context: Context) -> Trackers? {
    do {
      return try Trackers(
        trackers, of: run.directory, hyperparameters: run.experiment.configuration.entries
      ) { context.report($0) }
    } catch {
      context.report("\(error)")
      return nil
    }
  }
}
