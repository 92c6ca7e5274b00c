"""Prints what the real MLflow and the files of the real Weights & Biases have of a run, as JSON."""

import glob
import json
import struct
import sys

import mlflow
from wandb.proto.wandb_internal_pb2 import Record

BLOCK = 32768


def records(path):
    """The records of a .wandb file: a log as LevelDB's, after a heading of 7 bytes."""
    content = open(path, "rb").read()
    place, whole = 7, b""
    while place + 7 <= len(content):
        if BLOCK - place % BLOCK < 7:
            place += BLOCK - place % BLOCK
            continue
        _, length, kind = struct.unpack_from("<IHB", content, place)
        whole += content[place + 7:place + 7 + length]
        place += 7 + length
        # 1 is whole; 2, 3 and 4 are the first, middle and last part of one.
        if kind in (1, 4):
            record = Record()
            record.ParseFromString(whole)
            yield record
            whole = b""


run = sys.argv[1]
identifiers = {name: json.load(open(f"{run}/trackers/{name}.json"))["id"] for name in ("wandb", "mlflow")}
found = {"wandb": [], "mlflow": [], "exits": []}
for path in sorted(glob.glob(f"wandb/offline-run-*-{identifiers['wandb']}/*.wandb")):
    for record in records(path):
        kind = record.WhichOneof("record_type")
        if kind == "exit":
            found["exits"].append(record.exit.exit_code)
        if kind == "history":
            for item in record.history.item:
                name = "/".join(item.nested_key) or item.key
                if not name.startswith("_"):
                    found["wandb"].append([record.history.step.num, name, json.loads(item.value_json)])
client = mlflow.MlflowClient()
recorded = client.get_run(identifiers["mlflow"])
for name in recorded.data.metrics:
    for metric in client.get_metric_history(identifiers["mlflow"], name):
        found["mlflow"].append([metric.step, name, metric.value])
found["status"] = recorded.info.status
found["stepSize"] = recorded.data.params["inner.stepSize"]
print(json.dumps(found))
