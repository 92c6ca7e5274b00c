"""Gymnasium's Env over a library of environments, and what its VectorEnv shares with it."""
import copy
import dataclasses

import gymnasium
import numpy
from gymnasium import spaces

from . import pictures
from .library import SUCCEEDED, TRUNCATED, Environment, FledgeError

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


def taken(actions, space, worlds=None):
    """Actions as the library takes them: a row for each of so many worlds, or of one alone."""
    discrete = isinstance(space, spaces.Discrete)
    expected = (1 if worlds is None else worlds,) + (() if discrete else space.shape)
    width = 1 if discrete else space.shape[0]
    try:
        given = numpy.ascontiguousarray(actions, numpy.float32)
    except (TypeError, ValueError) as error:
        raise FledgeError(f"the actions are no numbers: {error}") from None
    is_whole = worlds is None or (given.ndim > 0 and given.shape[0] == worlds)
    if given.size != expected[0] * width or not is_whole:
        found = f"{given.size} numbers" if worlds is None else f"the shape {given.shape}"
        what = f"the action has {found}, expected {width}" if worlds is None else (
            f"the actions have {found}, expected {expected}"
        )
        raise FledgeError(what)
    if discrete and not (numpy.isin(given, numpy.arange(int(space.n))).all()):
        raise FledgeError(f"the actions are {actions}, expected whole numbers from 0 to {space.n - 1}")
    return given.reshape(expected[0], width)


class Limited:
    """An environment whose `spec` tells its time limit, which its parameters may change."""

    _spec = None

    @property
    def spec(self):
        return self._spec

    @spec.setter
    def spec(self, spec):
        horizon = self._specification["horizon"]
        limit = getattr(spec, "max_episode_steps", None)
        if dataclasses.is_dataclass(spec):
            spec = copy.copy(spec)
            spec.max_episode_steps = min(limit, horizon) if limit else horizon
        self._spec = spec


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


class FledgeEnv(Tasks, Limited, gymnasium.Env):
    """One world. The task of an episode stands in `info["task"]`, and where an episode that terminates is a
    success, `info["is_success"]` says so.

    A copy, and what is pickled and read back, has the same parameters, task and stream of random numbers;
    its next episode begins with a reset.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 30}

    def __init__(self, name, parameters=None, library=None, render_mode=None):
        self._made = (name, copy.deepcopy(parameters), library, render_mode)
        self._open(name, parameters, library)
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise FledgeError(f"render_mode is {render_mode!r}, expected None or 'rgb_array'")
        if render_mode is not None and not self._environment.shows_itself:
            raise FledgeError(f"'{name}' doesn't show itself; expected no render_mode")
        self._picture_size = None
        self.render_mode = render_mode
        self.observation_space = observation_space(self._specification)
        self.action_space = action_space(self._specification)
        self._worlds = self._environment.make_worlds(1)
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
        given = taken(action, self.action_space)
        observation = numpy.empty(self.observation_space.shape, numpy.float32)
        self._worlds.step(given, observation, self._reward, self._terminated)
        self._age += 1
        terminated = bool(self._terminated[0])
        outcome = int(self._worlds.outcomes(1)[0])
        is_cut = self._age >= self._specification["horizon"] or bool(outcome & TRUNCATED)
        truncated = not terminated and is_cut
        info = {}
        if self._environment.tells_success:
            counts = terminated and self._specification.get("terminationIsSuccess", False)
            info["is_success"] = counts or bool(outcome & SUCCEEDED)
        return observation, float(self._reward[0]), terminated, truncated, info

    def render(self):
        """What the world looks like, `[row, column, 3]`; None without a render_mode."""
        if self.render_mode is None:
            return None
        if self._age is None:
            raise FledgeError("reset has to come before the first picture")
        scene = self._worlds.scene(0)
        # A film's frames are all of one size.
        self._picture_size = self._picture_size or pictures.size_of(scene)
        return pictures.picture(scene, self._picture_size)

    def __reduce__(self):
        state = {"_task": self._task, "_spec": self._spec, "_np_random": self._np_random}
        state["_np_random_seed"] = self._np_random_seed
        return type(self), self._made, state
