"""Gymnasium's Env and VectorEnv over a library of environments."""
from concurrent.futures import ThreadPoolExecutor

import gymnasium
import numpy
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from .library import Environment, FledgeError

_SEEDS = 2**63


def _observation_space(specification):
    parts = specification["observation"]
    low = [part.get("low", -numpy.inf) for part in parts]
    high = [part.get("high", numpy.inf) for part in parts]
    return spaces.Box(numpy.float32(low), numpy.float32(high), dtype=numpy.float32)


def _action_space(specification):
    action = specification["action"]
    if action.get("discrete"):
        return spaces.Discrete(len(action["discrete"]))
    low = [part["low"] for part in action["continuous"]]
    high = [part["high"] for part in action["continuous"]]
    return spaces.Box(numpy.float32(low), numpy.float32(high), dtype=numpy.float32)


class _Tasks:
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
        self._task = task

    def _draw_task(self, random):
        if self._task is not None:
            return self._task
        return self._environment.sample_task("train", int(random.integers(_SEEDS)))

    def _take_options(self, options):
        unknown = set(options or {}) - {"task"}
        if unknown:
            raise FledgeError(f"unknown option '{min(unknown)}'; the only one is 'task'")
        if options and "task" in options:
            self.set_task(options["task"])


class FledgeEnv(_Tasks, gymnasium.Env):
    """One world. The task of an episode stands in `info["task"]`."""

    metadata = {"render_modes": []}

    def __init__(self, name, parameters=None, library=None, render_mode=None):
        self._open(name, parameters, library)
        self.render_mode = render_mode
        self.observation_space = _observation_space(self._specification)
        self.action_space = _action_space(self._specification)
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
        self._worlds.reset(0, int(self.np_random.integers(_SEEDS)), observation)
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


class FledgeVectorEnv(_Tasks, VectorEnv):
    """Many worlds, split over threads; the same seed gives the same episodes on any number of them.

    An episode that ended begins anew with the next step, whose action is ignored (NEXT_STEP). Arrays
    that a step returns are overwritten by the next one, unless `copy`.
    """

    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.NEXT_STEP}

    def __init__(
        self, name, num_envs=1, parameters=None, library=None, threads=1, copy=True,
        render_mode=None,
    ):
        if num_envs < 1 or threads < 1:
            raise FledgeError(f"{num_envs} worlds on {threads} threads; at least 1 is needed of each")
        self._open(name, parameters, library)
        self.num_envs = num_envs
        self.render_mode = render_mode
        self.single_observation_space = _observation_space(self._specification)
        self.single_action_space = _action_space(self._specification)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._copy = copy
        bounds = numpy.linspace(0, num_envs, min(threads, num_envs) + 1).astype(int)
        self._parts = [slice(a, b) for a, b in zip(bounds, bounds[1:])]
        self._groups = [self._environment.make_worlds(p.stop - p.start) for p in self._parts]
        self._pool = ThreadPoolExecutor(len(self._parts)) if len(self._parts) > 1 else None
        width = len(self._specification["observation"])
        self._observations = numpy.zeros((num_envs, width), numpy.float32)
        self._rewards = numpy.zeros(num_envs, numpy.float32)
        self._terminated = numpy.zeros(num_envs, numpy.bool_)
        self._ages = numpy.zeros(num_envs, numpy.int64)
        self._ended = numpy.ones(num_envs, numpy.bool_)
        self._tasks = [None] * num_envs
        self._randoms = None

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self._take_options(options)
        if seed is not None or self._randoms is None:
            # A stream for each world, so that an episode doesn't depend on when others end.
            self._randoms = [
                numpy.random.Generator(numpy.random.PCG64(int(s)))
                for s in self.np_random.integers(_SEEDS, size=self.num_envs)
            ]
        for world in range(self.num_envs):
            self._begin(world)
        self._ended[:] = False
        return self._given(self._observations), {"task": numpy.array(self._tasks, object)}

    def _begin(self, world):
        random = self._randoms[world]
        part = next(i for i, p in enumerate(self._parts) if world < p.stop)
        self._tasks[world] = self._draw_task(random)
        self._groups[part].set_task(self._tasks[world])
        self._groups[part].reset(
            world - self._parts[part].start, int(random.integers(_SEEDS)),
            self._observations[world],
        )
        self._ages[world] = 0

    def step(self, actions):
        if self._randoms is None:
            raise FledgeError("reset has to come before the first step")
        taken = numpy.ascontiguousarray(actions, numpy.float32).reshape(self.num_envs, -1)

        if self._pool:
            list(self._pool.map(lambda index: self._advance(index, taken), range(len(self._parts))))
        else:
            self._advance(0, taken)
        self._ages += 1
        info = {}
        if self._ended.any():
            began = numpy.flatnonzero(self._ended)
            for world in began:
                self._begin(world)
            self._rewards[began] = 0
            self._terminated[began] = False
            info = {"task": numpy.array(self._tasks, object), "_task": self._ended.copy()}
        truncated = ~self._terminated & (self._ages >= self._specification["horizon"])
        self._ended = self._terminated | truncated
        return (
            self._given(self._observations), self._given(self._rewards),
            self._given(self._terminated), truncated, info,
        )

    def _advance(self, index, actions):
        """Steps the worlds of one part, but for those whose episode has ended."""
        part, group = self._parts[index], self._groups[index]
        arrays = [self._observations[part], self._rewards[part], self._terminated[part]]
        if not self._ended[part].any():
            group.step(actions[part], *arrays)
            return
        living = numpy.flatnonzero(~self._ended[part]).astype(numpy.int32)
        if len(living):
            rows = [numpy.ascontiguousarray(array[living]) for array in arrays]
            group.step(numpy.ascontiguousarray(actions[part][living]), *rows, worlds=living)
            for array, row in zip(arrays, rows):
                array[living] = row

    def _given(self, array):
        return array.copy() if self._copy else array

    def close_extras(self, **kwargs):
        if self._pool:
            self._pool.shutdown()
