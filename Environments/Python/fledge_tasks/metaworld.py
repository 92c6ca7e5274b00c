"""Meta-World's benchmarks for learning to learn: ML1 of every task, ML10 and ML45.

A task is a kind, such as `reach-v3`, and a goal that isn't observed. `list_tasks(split)` gives all there are: 50 goals of each
kind that is trained on, and 50 of each kind that is tested. Of ML1 these are other goals of the same kind, of ML10 and ML45
other kinds. Meta-World has no tasks to choose settings by, so those for validation are those of training.

Finding the goals takes Meta-World minutes, and all processes need the same, so they are kept as JSON, by version and seed,
under `$XDG_CACHE_HOME/fledge` or `~/.cache/fledge`.

Source: Yu et al., "Meta-World: A benchmark and evaluation for multi-task and meta reinforcement learning", 2019.
"""
import copy
import importlib.metadata
import json
import os
import pathlib
import pickle

import gymnasium
import metaworld
import mujoco
import numpy

HORIZON = 500
KINDS = sorted(metaworld.ALL_V3_ENVIRONMENTS)


class Benchmark(gymnasium.Env):
    """Tasks of several kinds, of which a world takes one after the other.

    `seed` is the benchmark's: other seeds have other goals. With `one_hot` the kind is observed, a place for each of
    Meta-World's. All other keywords are those of Meta-World's environments, such as `render_mode`.
    """

    # Worlds begin in the same way, whatever the seed.
    starts_vary = False
    metadata = {"render_modes": ["rgb_array"], "render_fps": 80}

    def __init__(self, seed=42, one_hot=False, **keywords):
        if not isinstance(seed, int) or not isinstance(one_hot, bool):
            raise ValueError(f"seed is {seed} and one_hot {one_hot}, expected a whole number and true or false")
        self.seed, self.one_hot, self.keywords = seed, one_hot, keywords
        self.render_mode = keywords.get("render_mode")
        self.world, self.kind, self.has_task = None, None, False
        self.spec = gymnasium.envs.registration.EnvSpec(
            f"fledge/{self.name}-v0", entry_point=type(self), max_episode_steps=HORIZON)
        world = self.world_of(self.kinds("train")[0])
        shown = len(KINDS) if one_hot else 0
        self.action_space = world.action_space
        # What is said to bound it are bounds of what its makers have seen.
        self.observation_space = gymnasium.spaces.Box(
            -numpy.inf, numpy.inf, (world.observation_space.shape[0] + shown,), numpy.float64)

    # What there is

    def kinds(self, split):
        """The kinds of tasks of `train` or `test`."""
        raise NotImplementedError

    def benchmark(self):
        """Meta-World's own, of this seed."""
        raise NotImplementedError

    def list_tasks(self, split):
        """All tasks of a split, kind by kind."""
        return self.goals()["test" if split == "test" else "train"]

    def goals(self):
        """The tasks that are trained on and those that are tested, found once for all processes."""
        version = importlib.metadata.version("metaworld")
        home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        file = pathlib.Path(home, "fledge", f"metaworld-{version}", f"{self.name}-{self.seed}.json")
        try:
            tasks = json.loads(file.read_text())
            return {split: tasks[split] for split in ("train", "test")}
        except (OSError, ValueError, TypeError, KeyError):
            pass  # not found yet, or damaged
        found = self.benchmark()
        tasks = {"train": plain(found.train_tasks), "test": plain(found.test_tasks)}
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            own = file.with_suffix(f".{os.getpid()}")
            own.write_text(json.dumps(tasks))
            own.replace(file)
        except OSError:
            pass  # Where nothing can be written they are found anew each time.
        return tasks

    # Tasks

    def world_of(self, kind):
        """A world of a kind, in the place of the one of another kind: each takes tens of megabytes."""
        if kind != self.kind:
            if kind not in metaworld.ALL_V3_ENVIRONMENTS:
                raise ValueError(f"Meta-World has no '{kind}'; it has {', '.join(KINDS)}")
            self.close()
            self.world = quickly_made(metaworld.ALL_V3_ENVIRONMENTS[kind])(**self.keywords)
            self.kind = kind
        return self.world

    def set_task(self, task):
        """Takes a task: its `kind` and its `goal`, numbers that tell where things stand and belong."""
        world = self.world_of(task["kind"])
        self.has_task = True
        data = {
            "rand_vec": numpy.array(task["goal"]),
            "env_cls": metaworld.ALL_V3_ENVIRONMENTS[self.kind],
            "partially_observable": True,
        }
        world.set_task(metaworld.Task(self.kind, pickle.dumps(data)))

    # Episodes

    def reset(self, seed=None, options=None):
        super().reset(seed=seed)
        if not self.has_task:
            self.set_task(self.list_tasks("train")[0])
        if seed is not None:
            self.world.seed(seed)
        observation, info = self.world.reset()
        return self.shown(observation), info

    def step(self, action):
        observation, reward, terminated, truncated, info = self.world.step(action)
        return self.shown(observation), reward, terminated, truncated, info

    def shown(self, observation):
        if not self.one_hot:
            return observation
        return numpy.concatenate((observation, [float(kind == self.kind) for kind in KINDS]))

    def render(self):
        return self.world.render()

    def close(self):
        if self.world is not None:
            self.world.close()


class ML1(Benchmark):
    """One kind of task with goals that differ."""

    def __init__(self, task="reach-v3", **keywords):
        self.name, self.only = f"ML1-{task}", task
        super().__init__(**keywords)

    def kinds(self, split):
        return [self.only]

    def benchmark(self):
        return metaworld.ML1(self.only, seed=self.seed)


class ML10(Benchmark):
    """Ten kinds to train on, five others to be tested on."""

    name, table = "ML10", metaworld.env_dict.ML10_V3

    def kinds(self, split):
        return list(self.table[split])

    def benchmark(self):
        return getattr(metaworld, self.name)(seed=self.seed)


class ML45(ML10):
    """45 kinds to train on, five others to be tested on."""

    name, table = "ML45", metaworld.env_dict.ML45_V3


def plain(tasks):
    """Meta-World's tasks as plain values."""
    return [{"kind": task.env_name, "goal": pickle.loads(task.data)["rand_vec"].tolist()} for task in tasks]


MODELS, MADE = {}, {}


def quickly_made(kind):
    """The class of a kind, whose worlds copy what the simulator reads from a file in place of reading it each time."""
    if kind not in MADE:

        def initialize(self):
            key = (self.fullpath, self.width, self.height)
            if key not in MODELS:
                MODELS[key] = kind._initialize_simulation(self)[0]
            model = copy.copy(MODELS[key])
            return model, mujoco.MjData(model)

        MADE[kind] = type(kind.__name__, (kind,), {"_initialize_simulation": initialize, "__module__": kind.__module__})
    return MADE[kind]
