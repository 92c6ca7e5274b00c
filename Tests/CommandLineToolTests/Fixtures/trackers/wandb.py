"""Stands in for Weights & Biases."""

import os

import fake

if fake.FAULT == "import":
    raise ImportError("a library is missing")


class Run:
    offline = True
    url = None
    starting_step = 0

    def __init__(self, identifier):
        self.id = identifier
        self.summary = {}
        # One for each process, as it has.
        self.dir = os.path.join(fake.FOLDER, f"offline-run-{os.getpid()}-{identifier}", "files")
        os.makedirs(self.dir)

    def log(self, values, step):
        fake.misbehave()
        fake.note("wandb", step=step, values=values)

    def finish(self, exit_code):
        fake.note("wandb", exit=exit_code, summary=self.summary)


def init(id, name, config, **settings):
    fake.note("wandb", id=id, name=name, config=config)
    return Run(id)
