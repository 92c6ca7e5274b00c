"""Gymnasium's Env over a library of environments, and what its VectorEnv shares with it."""
import copy

import gymnasium
import numpy
from gymnasium import spaces

from .library import Environment, FledgeError

SEEDS = 2**63


def observation_space(specification):
    parts = specification["observation"]
    low = [part.get("low", -numpy.inf) for part in parts]
    high = [part.get("high", numpy.inf) for part in parts]
    return spaces.Box(numpy.float32(low), numpy.float32(high), dtype=numpy.float32)


def action_space(specification):
    action = specification["action"]
    if action.get("discrete"):
        return spaces.Discrete(len(action["discrete"]))
    low = [part["low"] for part in action["continuous"]]
    high = [part["high"] for part in action["continuous"]]
    return spaces.Box(numpy.float32(low), numpy.float32(high), dtype=numpy.float32)


class Tasks:
    """What single and vector environments share: an environment and its tasks."""

    def _open(self, name, parameters, library):
        self._environment = Environment(name, parameters, library)
        self._specification = self._environment.specification
        self._task = None

    def sample_tasks(self, count, split="train", seed=0):
        """Draws tasks of a split: train, validation, test, or shifted (outside of the training range).

        The same seed gives the same tasks, and the first ones for any count.
        """
        seeds = [numpy.random.SeedSequence([seed, i]) for i in range(count)]
        return [
            self._environment.sample_task(split, int(s.generate_state(1, numpy.uint64)[0]))
            for s in seeds
        ]

    def set_task(self, task):
        """Sets the task of all episodes from the next reset on; None draws a train task for each."""
        if task is not None:
            self._environment.make_worlds(1).set_task(task)  # says now what is wrong with it
        self._task = copy.deepcopy(task)

    def _draw_task(self, random):
        if self._task is not None:
            return self._task
        return self._environment.sample_task("train", int(random.integers(SEEDS)))

    def _take_options(self, options):
        unknown = set(options or {}) - {"task"}
        if unknown:
            raise FledgeError(f"unknown option '{min(unknown)}'; the only one is 'task'")
        if options and "task" in options:
            self.set_task(options["task"])


class FledgeEnv(Tasks, gymnasium.Env):
    """One world. The task of an episode stands in `info["task"]`."""

    metadata = {"render_modes": []}

    def __init__(self, name, parameters=None, library=None, render_mode=None):
        self._open(name, parameters, library)
        self.render_mode = render_mode
        self.observation_space = observation_space(self._specification)
        self.action_space = action_space(self._specification)
        self._worlds = self._environment.make_worlds(1)
        self._is_discrete = isinstance(self.action_space, spaces.Discrete)
        self._reward = numpy.zeros(1, numpy.float32)
        self._terminated = numpy.zeros(1, numpy.bool_)
        self._age = None

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self._take_options(options)
        task = self._draw_task(self.np_random)
        self._worlds.set_task(task)
        observation = numpy.empty(self.observation_space.shape, numpy.float32)
        self._worlds.reset(0, int(self.np_random.integers(SEEDS)), observation)
        self._age = 0
        return observation, {"task": task}

    def step(self, action):
        if self._age is None:
            raise FledgeError("reset has to come before the first step")
        taken = numpy.ascontiguousarray(action, numpy.float32).reshape(-1)
        width = 1 if self._is_discrete else self.action_space.shape[0]
        if taken.shape != (width,):
            raise FledgeError(f"the action has {taken.size} numbers, expected {width}")
        observation = numpy.empty(self.observation_space.shape, numpy.float32)
        self._worlds.step(taken, observation, self._reward, self._terminated)
        self._age += 1
        terminated = bool(self._terminated[0])
        truncated = not terminated and self._age >= self._specification["horizon"]
        return observation, float(self._reward[0]), terminated, truncated, {}
