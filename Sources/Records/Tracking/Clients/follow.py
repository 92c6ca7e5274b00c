"""Hands on what a run records to a tracker's client, and ends soon after the process that trains.

Above stands a class `Client`, of one tracker. Iterations are handed on once their checkpoint is written: no resume takes
those back, so the tracker never has a number that the run hasn't.
"""

import fcntl
import json
import os
import sys
import threading
import time

# Seconds after the end of the other process in which sending goes on, and after which this process ends in any case.
SENDING, END = 50, 60
# Iterations that are sent together.
BATCH = 100


class Trainer:
    """The process that trains. A line from it says that the run has ended, and that there is time; an end of its lines
    says that it has ended itself."""

    def __init__(self):
        # Clients may ask for things, and print: nobody answers, and nobody reads it.
        self.lines = os.dup(0)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        self.run_has_ended = threading.Event()
        self.deadline = None
        self.identifier = os.getppid()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while os.read(self.lines, 100):
            self.run_has_ended.set()
        self.deadline = time.monotonic() + SENDING
        self.run_has_ended.set()
        end = time.monotonic() + END
        while time.monotonic() < end:
            # Nobody is left to read what a client says, and its saying it would fail.
            if os.getppid() != self.identifier:
                os.dup2(0, 2)
            time.sleep(0.05)
        # A client that hangs must not keep this process for ever.
        os._exit(1)

    @property
    def is_out_of_time(self):
        return self.deadline is not None and time.monotonic() > self.deadline


class Record:
    """What the tracker has of the run, in `trackers/NAME.json`: the iterations that it has for certain (`sent`), those
    that it may have (`sending`), and what its client needs to go on."""

    def __init__(self, path):
        self.path = path
        self.values = {"sent": 0, "sending": 0}
        if os.path.exists(path):
            try:
                self.values.update(read_json(path))
            except ValueError:
                sys.exit(f"{path}: is damaged; remove it to have the run tracked anew")

    def __getitem__(self, key):
        return self.values.get(key)

    def write(self, **changes):
        self.values.update(changes)
        partial = self.path + ".partial"
        with open(partial, "w") as file:
            file.write(json.dumps(self.values, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, self.path)


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def numbers(metrics):
    """An iteration's numbers by name: those of a list have its name and their place in it."""
    named = {}
    for key, value in metrics.items():
        if isinstance(value, list):
            named.update({f"{key}/{place}": item for place, item in enumerate(value)})
        else:
            named[key] = value
    del named["iteration"]
    return {
        key: int(value) if isinstance(value, bool) else value
        for key, value in named.items() if isinstance(value, (int, float))
    }


def batches(file, after, through):
    """The iterations beyond one and up to another that stand in the file from its place on."""
    batch = []
    while True:
        place = file.tell()
        line = file.readline()
        metrics = json.loads(line) if line.endswith(b"\n") else None
        if metrics is None or metrics["iteration"] > through:
            file.seek(place)
            break
        if metrics["iteration"] > after:
            batch.append((metrics["iteration"], numbers(metrics)))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def follow(directory, client, record, trainer):
    """Sends iterations as they are recorded, and how the run ended."""
    sent = record["sent"]
    with open(os.path.join(directory, "metrics.jsonl"), "rb") as file:
        while True:
            has_ended = trainer.run_has_ended.wait(1)
            facts = read_json(os.path.join(directory, "run.json"))
            for batch in batches(file, sent, facts["iterations"]):
                if trainer.is_out_of_time:
                    break
                record.write(sending=batch[-1][0])
                client.send(batch)
                sent = batch[-1][0]
                if client.keeps_at_once:
                    record.write(sent=sent)
            if has_ended:
                # Who is killed can't say so.
                status = facts["status"] if facts["status"] != "running" else "interrupted"
                client.end(status)
                record.write(sent=sent, status=status)
                if sent < facts["iterations"]:
                    sys.exit(f"the time was up after iteration {sent} of {facts['iterations']}")
                return


def main(name, directory):
    # Training comes first.
    os.nice(10)
    trainer = Trainer()
    folder = os.path.join(directory, "trackers")
    # An earlier process of this kind may still be sending.
    with open(os.path.join(folder, name + ".lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:
            pass  # A file system without locks.
        record = Record(os.path.join(folder, name + ".json"))
        title = os.path.basename(os.path.abspath(directory))
        hyperparameters = read_json(os.path.join(folder, "hyperparameters.json"))
        client = Client(record, title, hyperparameters)
        follow(directory, client, record, trainer)


main(sys.argv[1], sys.argv[2])
