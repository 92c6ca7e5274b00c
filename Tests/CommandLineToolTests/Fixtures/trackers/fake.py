"""What both stand-ins share: they write down what they are told, and do as FAKE_FAULT says."""

import json
import os
import sys
import time

FAULT = os.environ.get("FAKE_FAULT", "")
FOLDER = os.environ["FAKE_FOLDER"]


def note(tracker, **entry):
    with open(os.path.join(FOLDER, tracker + ".jsonl"), "a") as file:
        file.write(json.dumps(entry) + "\n")


def notes(tracker):
    path = os.path.join(FOLDER, tracker + ".jsonl")
    return [json.loads(line) for line in open(path)] if os.path.exists(path) else []


def misbehave():
    if FAULT == "hang":
        time.sleep(1000)
    if FAULT == "raise":
        raise RuntimeError("the license has expired")
    if FAULT == "exit":
        os._exit(3)
    if FAULT == "flood":
        # Far more than a pipe holds.
        for _ in range(20_000):
            print("x" * 1000)
            print("y" * 1000, file=sys.stderr)
