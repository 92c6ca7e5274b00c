"""Weights & Biases."""

import os
import secrets

import wandb


class Client:
    """A run of Weights & Biases, whose own variables say where it is kept: WANDB_MODE, WANDB_PROJECT, WANDB_DIR, ..."""

    # What was logged reaches the disk or the server at the end, or somewhat earlier.
    keeps_at_once = False

    def __init__(self, record, title, hyperparameters):
        is_in_doubt = record["sending"] > record["sent"]
        if is_in_doubt and record["folder"]:
            self.set_aside(record["folder"])
        if not record["id"]:
            record.write(id=os.environ.get("WANDB_RUN_ID") or secrets.token_hex(4))
        self.run = wandb.init(
            id=record["id"], resume="allow", name=None if "WANDB_NAME" in os.environ else title,
            config=hyperparameters, settings={"console": "off"})
        if is_in_doubt and not self.run.offline:
            # The server knows which step is the next.
            record.write(sent=max(0, self.run.starting_step - 1))
        folder = os.path.dirname(os.path.abspath(self.run.dir)) if self.run.offline else None
        record.write(url=self.run.url, folder=folder, sending=record["sent"])

    @staticmethod
    def set_aside(folder):
        """Takes what a killed process left out of what `wandb sync` uploads: all of it is sent anew."""
        parent, name = os.path.split(folder)
        if os.path.isdir(folder):
            os.rename(folder, os.path.join(parent, "unfinished-" + name))

    def send(self, batch):
        for iteration, values in batch:
            self.run.log(values, step=iteration)

    def end(self, status):
        self.run.summary["status"] = status
        self.run.finish(exit_code={"finished": 0, "interrupted": 130}.get(status, 1))
