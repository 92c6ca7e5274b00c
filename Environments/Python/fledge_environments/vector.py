"""Gymnasium's VectorEnv over a library of environments."""
import threading
import weakref
from queue import SimpleQueue
from time import perf_counter

import numpy
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from .environments import SEEDS, Limited, Tasks, action_space, observation_space, taken
from .library import SUCCEEDED, TRUNCATED, FledgeError

# What it takes to hand work to another thread and to hear of its end, in seconds: less work than that is done sooner by one
# thread alone.
HANDING_OVER = 7e-4


class _Arrays:
    """What is known of each world: a row each, or an item."""

    def __init__(self, worlds, width):
        self.observations = numpy.zeros((worlds, width), numpy.float32)
        self.rewards = numpy.zeros(worlds, numpy.float32)
        self.terminated = numpy.zeros(worlds, numpy.bool_)
        self.outcomes = numpy.zeros(worlds, numpy.uint8)
        self.ages = numpy.zeros(worlds, numpy.int64)
        self.ended = numpy.ones(worlds, numpy.bool_)
        self.tasks = numpy.full(worlds, None, object)
        self.randoms = numpy.full(worlds, None, object)

    def view(self, rows):
        """The rows of a slice, in the same memory."""
        view = object.__new__(_Arrays)
        for name, array in vars(self).items():
            setattr(view, name, array[rows])
        return view


class _Part:
    """Some of the worlds, for one thread at a time."""

    def __init__(self, environment, arrays, rows, draw_task):
        self._group = environment.make_worlds(rows.stop - rows.start)
        self._arrays = arrays.view(rows)
        self._rows = rows
        self._draw_task = draw_task
        self._tells_outcomes = environment.tells_outcomes
        self._task = None  # what the group was given last
        self.seconds = 0.0  # what its last work took

    def do(self, function):
        """Calls a function with it, and keeps how long that took."""
        begin = perf_counter()
        function(self)
        self.seconds = perf_counter() - begin

    def reset(self):
        """Starts an episode in every world whose last one has ended."""
        arrays = self._arrays
        for world in numpy.flatnonzero(arrays.ended):
            random = arrays.randoms[world]
            task = self._draw_task(random)
            if task is not self._task:
                self._group.set_task(task)
                self._task = task
            seed = int(random.integers(SEEDS))
            self._group.reset(world, seed, arrays.observations[world])
            arrays.tasks[world] = task
        arrays.rewards[arrays.ended] = 0
        arrays.terminated[arrays.ended] = False
        arrays.outcomes[arrays.ended] = 0
        arrays.ages[arrays.ended] = 0

    def step(self, actions):
        """Takes a step in every world, or starts its next episode where one has ended."""
        arrays, taken = self._arrays, actions[self._rows]
        results = [arrays.observations, arrays.rewards, arrays.terminated]
        arrays.ages += 1
        if not arrays.ended.any():
            self._group.step(taken, *results)
            if self._tells_outcomes:
                arrays.outcomes[:] = self._group.outcomes(len(taken))
            return
        living = numpy.flatnonzero(~arrays.ended).astype(numpy.int32)
        if len(living):
            rows = [array[living] for array in results]
            self._group.step(taken[living], *rows, worlds=living)
            for array, row in zip(results, rows):
                array[living] = row
            arrays.outcomes[living] = self._group.outcomes(len(living))
        self.reset()


class _Helper:
    """A thread that does one piece of work after another: what a pool's futures cost, a step would notice."""

    def __init__(self):
        self._work, self._results = SimpleQueue(), SimpleQueue()
        self._thread = threading.Thread(
            target=self._serve, args=(self._work, self._results), daemon=True
        )
        self._thread.start()
        # It ends with its owner, closed or forgotten.
        self.close = weakref.finalize(self, self._work.put, None)

    @staticmethod
    def _serve(work, results):
        while True:
            given = work.get()
            if given is None:
                return
            function, part = given
            try:
                part.do(function)
                results.put(None)
            except BaseException as error:
                results.put(error)
            del given, function, part  # so that nothing lives on for it

    def begin(self, function, part):
        self._work.put((function, part))

    def result(self):
        """Waits for the end of the work, and returns what went wrong with it."""
        return self._results.get()


class FledgeVectorEnv(Tasks, Limited, VectorEnv):
    """Many worlds, split over threads; the same seed gives the same episodes on any number of them.

    Where a step of all worlds takes less time than to hand a part of them to another thread, one thread takes it.

    An episode that ended begins anew with the next step, whose action is ignored (NEXT_STEP). Arrays
    that a step returns are overwritten by the next one, unless `copy`. A copy of it, and what is pickled and
    read back, has the same parameters and task, and begins with a reset.
    """

    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.NEXT_STEP}

    def __init__(
        self, name, num_envs=1, parameters=None, library=None, threads=1, copy=True,
        render_mode=None,
    ):
        if num_envs < 1 or threads < 1:
            raise FledgeError(f"{num_envs} worlds on {threads} threads; at least 1 is needed of each")
        self._made = (name, num_envs, parameters, library, threads, copy, render_mode)
        self._open(name, parameters, library)
        self.num_envs = num_envs
        self.render_mode = render_mode
        self.single_observation_space = observation_space(self._specification)
        self.single_action_space = action_space(self._specification)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._copy = copy
        self._arrays = _Arrays(num_envs, len(self._specification["observation"]))
        bounds = numpy.linspace(0, num_envs, min(threads, num_envs) + 1).astype(int)
        self._parts = [
            _Part(self._environment, self._arrays, slice(first, last), self._draw_task)
            for first, last in zip(bounds, bounds[1:])
        ]
        self._helpers = [_Helper() for _ in self._parts[1:]]
        self._has_begun = False

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self._take_options(options)
        if seed is not None or not self._has_begun:
            # A stream for each world, so that an episode doesn't depend on when others end.
            seeds = self.np_random.integers(SEEDS, size=self.num_envs)
            for world, drawn in enumerate(seeds):
                self._arrays.randoms[world] = numpy.random.Generator(numpy.random.PCG64(int(drawn)))
            self._has_begun = True
        self._arrays.ended[:] = True
        self._in_every_part(_Part.reset)
        self._arrays.ended[:] = False
        return self._given(self._arrays.observations), {"task": self._arrays.tasks.copy()}

    def step(self, actions):
        if not self._has_begun:
            raise FledgeError("reset has to come before the first step")
        arrays = self._arrays
        given = taken(actions, self.single_action_space, self.num_envs)
        self._in_every_part(lambda part: part.step(given))
        info = {}
        if arrays.ended.any():
            info = {"task": arrays.tasks.copy(), "_task": arrays.ended.copy()}
        is_cut = (arrays.ages >= self._specification["horizon"]) | (arrays.outcomes & TRUNCATED > 0)
        truncated = ~arrays.terminated & is_cut
        if self._environment.tells_success:
            counts = self._specification.get("terminationIsSuccess", False)
            info["is_success"] = (arrays.outcomes & SUCCEEDED > 0) | (arrays.terminated & counts)
            info["_is_success"] = ~arrays.ended
        numpy.logical_or(arrays.terminated, truncated, out=arrays.ended)
        return (
            self._given(arrays.observations), self._given(arrays.rewards),
            self._given(arrays.terminated), truncated, info,
        )

    def _in_every_part(self, function):
        """Calls the function with each part, one in this thread, or all where that is sooner; returns once all are done."""
        if sum(part.seconds for part in self._parts) < HANDING_OVER:
            for part in self._parts:
                part.do(function)
            return
        for helper, part in zip(self._helpers, self._parts[1:]):
            helper.begin(function, part)
        try:
            self._parts[0].do(function)
        finally:
            problems = [helper.result() for helper in self._helpers]
        for problem in problems:
            if problem is not None:
                raise problem

    def __reduce__(self):
        return type(self), self._made, {"_task": self._task, "_spec": self._spec}

    def _given(self, array):
        return array.copy() if self._copy else array

    def close_extras(self, **kwargs):
        for helper in self._helpers:
            helper.close()
