"""Stands in for MLflow."""

from types import SimpleNamespace

import fake
from mlflow.entities import Metric
from mlflow.exceptions import MlflowException


def get_tracking_uri():
    return "sqlite:fake.db"


def start_run(run_id=None, run_name=None):
    known = [entry["id"] for entry in fake.notes("mlflow") if "id" in entry]
    if run_id is not None and run_id not in known:
        raise MlflowException("no such run")
    if run_id is None:
        run_id = f"run{len(known)}"
        fake.note("mlflow", id=run_id, name=run_name)
    return SimpleNamespace(info=SimpleNamespace(run_id=run_id))


def end_run(status):
    fake.note("mlflow", end=status)


class MlflowClient:
    def log_batch(self, run_id, metrics=(), params=()):
        if metrics:
            fake.misbehave()
        for item in params:
            fake.note("mlflow", parameter=item.key, value=item.value)
        for item in metrics:
            fake.note("mlflow", metric=item.key, step=item.step, value=item.value)

    def get_metric_history(self, run_id, key):
        return [
            Metric(key, entry["value"], 0, entry["step"])
            for entry in fake.notes("mlflow") if entry.get("metric") == key
        ]
