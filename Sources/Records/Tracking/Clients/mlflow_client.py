"""MLflow."""

import os
import re
import sys
import time

import mlflow
from mlflow.entities import Metric, Param
from mlflow.exceptions import MlflowException

# What MLflow takes in one request.
METRICS, PARAMETERS = 1000, 100


def name(text):
    """A name that MLflow takes."""
    return re.sub(r"[^\w\-. :/]", "_", text)


class Client:
    """A run of MLflow, whose own variables say where it is kept: MLFLOW_TRACKING_URI, MLFLOW_EXPERIMENT_NAME, ..."""

    # A request is answered when it is stored.
    keeps_at_once = True

    def __init__(self, record, title, hyperparameters):
        self.client = mlflow.MlflowClient()
        # The last iteration of which a process that was killed may have sent a part.
        self.last_in_doubt = record["sending"] if record["sending"] > record["sent"] else 0
        if record["id"]:
            self.go_on(record)
        else:
            title = None if "MLFLOW_RUN_NAME" in os.environ else title
            record.write(id=mlflow.start_run(run_name=title).info.run_id)
        self.id = record["id"]
        if not record["has_parameters"]:
            self.send_parameters(hyperparameters)
            record.write(has_parameters=True)

    @staticmethod
    def go_on(record):
        try:
            mlflow.start_run(run_id=record["id"])
        except MlflowException as error:
            sys.exit(
                f"{mlflow.get_tracking_uri()} has no run {record['id']} to go on with ({error}); "
                f"remove {record.path} to have the run tracked anew")

    def send_parameters(self, hyperparameters):
        parameters = [Param(name(key), str(value)) for key, value in hyperparameters.items()]
        for start in range(0, len(parameters), PARAMETERS):
            self.client.log_batch(self.id, params=parameters[start:start + PARAMETERS])

    def send(self, batch):
        now = int(time.time() * 1000)
        metrics = [
            Metric(name(key), value, now, iteration)
            for iteration, values in batch for key, value in values.items()
        ]
        if batch[0][0] <= self.last_in_doubt:
            metrics = self.without_known(metrics)
        for start in range(0, len(metrics), METRICS):
            self.client.log_batch(self.id, metrics=metrics[start:start + METRICS])

    def without_known(self, metrics):
        keys = {metric.key for metric in metrics}
        known = {
            (key, metric.step) for key in keys
            for metric in self.client.get_metric_history(self.id, key)
        }
        return [metric for metric in metrics if (metric.key, metric.step) not in known]

    def end(self, status):
        mlflow.end_run({"finished": "FINISHED", "interrupted": "KILLED"}.get(status, "FAILED"))
