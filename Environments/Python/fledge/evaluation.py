"""Measures any agent by Fledge's protocol per episode."""
from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Sequence
from typing import Any, Optional

import numpy

from .errors import FledgeError

COUNTS = (0, 1, 2, 3, 5, 10, 20, 40)


@dataclasses.dataclass
class Evaluation:
    """What an agent returned on tasks, after numbers of episodes of each.

    `returns` `[task, point]` are means over trials, `counts` the episodes that had been adapted to at each point.
    """

    agent: str
    environment: str
    split: str
    seed: int
    #: How many trials there were of each task.
    episodes: int
    counts: list[int]
    tasks: list[Any]
    returns: numpy.ndarray
    #: `[task][point]`, or None where the environment tells nothing of success.
    success_rates: Optional[numpy.ndarray]
    #: The return of each episode that was adapted to, `[task, episode]`, a mean over trials.
    adaptation_returns: numpy.ndarray
    environment_steps: int
    training_steps: Optional[int] = None

    @property
    def mean(self) -> numpy.ndarray:
        """The mean over tasks, `[point]`."""
        return self.returns.mean(axis=0)

    @property
    def iqm(self) -> numpy.ndarray:
        """The mean of the middle half of the tasks, `[point]`."""
        cut = len(self.returns) // 4
        return numpy.sort(self.returns, axis=0)[cut : len(self.returns) - cut].mean(axis=0)

    @property
    def ci95(self) -> numpy.ndarray:
        """The bootstrap interval of the mean over tasks, `[point, low and high]`."""
        count = len(self.returns)
        drawn = numpy.random.default_rng(self.seed).integers(count, size=(2000, count))
        means = self.returns[drawn].mean(axis=1)
        return numpy.quantile(means, [0.025, 0.975], axis=0).T

    def write(self, file: str | os.PathLike) -> None:
        """Writes what `fledge compare` and `fledge report` take beside runs: a file that ends with .json."""
        if not str(file).endswith(".json"):
            raise FledgeError(f"{file}: expected a name that ends with .json")
        rows = zip(self.counts, self.mean, self.iqm, self.ci95)
        document = {
            "format": "fledge-agent",
            "version": 1,
            "agent": self.agent,
            "environment": self.environment,
            "split": self.split,
            "seed": self.seed,
            "episodes": self.episodes,
            "environmentSteps": self.environment_steps,
            "trainingSteps": self.training_steps,
            "curve": [
                {"gradientSteps": 0, "episodes": count, "mean": mean, "iqm": iqm, "ci95": list(ends)}
                for count, mean, iqm, ends in rows
            ],
            "perTask": [
                {
                    "task": task,
                    "returns": list(self.returns[index]),
                    "adaptationReturns": list(self.adaptation_returns[index]),
                    **({} if self.success_rates is None else {"successRates": list(self.success_rates[index])}),
                }
                for index, task in enumerate(self.tasks)
            ],
        }
        with open(file, "w", encoding="utf-8") as out:
            json.dump(document, out, allow_nan=False)


def evaluate(
    agent: Any,
    environment: Any,
    *,
    like: Optional[str | os.PathLike] = None,
    tasks: Optional[Sequence[Any]] = None,
    name: Optional[str] = None,
    counts: Sequence[int] = COUNTS,
    episodes: int = 20,
    seed: int = 1,
    set_task: Optional[Callable[[Any, Any], None]] = None,
    training_steps: Optional[int] = None,
) -> Evaluation:
    """Measures an agent on tasks: the return of an episode after it has adapted to 0, 1, 2, ... others.

    An agent has `begin()`, `act(observation)`, `observe(reward)` and `adapt()`, and where it has them `end(observation,
    terminated)` and `forget()`, which begins another task; without `forget`, give a function that makes an agent: it is
    called for each trial. A trial goes through episodes of one task, and each is adapted to before the next.

    The environment is Gymnasium's. Its tasks are those of an evaluation that `fledge evaluate RUN --per-episode` or
    `--online` stored, whose file is `like`, with its counts and numbers of episodes; or else `tasks`. An episode's task is
    set by `reset(options={"task": task})`, or by `set_task(environment, task)`.
    """
    split, environment_name = "test", None
    if like is not None:
        if tasks is not None:
            raise FledgeError("like has tasks of its own; give one of both")
        with open(like, encoding="utf-8") as file:
            other = json.load(file)
        tasks = [task["task"] for task in other["perTask"]]
        counts = [row["episodes"] for row in other["curve"]]
        episodes, seed, split = other["episodesPerStep"], other["seed"], other["split"]
        environment_name = other["environment"]
        if counts == list(range(episodes)):
            # Online there is one trial, each of whose episodes counts.
            episodes = 1
    if not tasks:
        raise FledgeError("there are no tasks; give tasks, or like")
    if list(counts) != sorted(set(counts)) or counts[0] < 0 or episodes < 1:
        raise FledgeError(f"counts are {list(counts)} and episodes {episodes}, expected ascending counts from 0, and 1 or more")
    run = _Run(environment, set_task, seed)
    make = agent if not hasattr(agent, "act") else None
    if make is None and not hasattr(agent, "forget"):
        raise FledgeError("the agent has no forget(), which begins another task; give a function that makes an agent")
    last = counts[-1]
    returns = numpy.zeros((len(tasks), last + 1))
    successes = numpy.full((len(tasks), last + 1), numpy.nan)
    for index, task in enumerate(tasks):
        found = []
        for trial in range(episodes):
            current = make() if make else agent
            if not make:
                current.forget()
            for number in range(last + 1):
                found.append(run.episode(current, task, (index, trial, number)))
                if number < last:
                    current.adapt()
        returns[index] = numpy.reshape([each[0] for each in found], (episodes, -1)).mean(axis=0)
        told = numpy.reshape([each[1] for each in found], (episodes, -1)).astype(float)
        successes[index] = told.mean(axis=0)
    columns = list(counts)
    return Evaluation(
        agent=name or getattr(agent, "__name__", type(agent).__name__),
        environment=environment_name or _name(environment),
        split=split,
        seed=seed,
        episodes=episodes,
        counts=columns,
        tasks=list(tasks),
        returns=returns[:, columns],
        success_rates=None if numpy.isnan(successes).any() else successes[:, columns],
        adaptation_returns=returns[:, :last],
        environment_steps=run.steps,
        training_steps=training_steps,
    )


class _Run:
    """Episodes of an environment."""

    def __init__(self, environment, set_task, seed):
        self._environment, self._set_task, self._seed = environment, set_task, seed
        self.steps = 0

    def episode(self, agent, task, place):
        """The return of an episode, and whether it succeeded: NaN where nothing tells."""
        seed = int(numpy.random.SeedSequence([self._seed, *place]).generate_state(1)[0])
        if self._set_task:
            self._set_task(self._environment, task)
            observation, _ = self._environment.reset(seed=seed)
        else:
            observation, _ = self._environment.reset(seed=seed, options={"task": task})
        agent.begin()
        total, success, over, terminated = 0.0, numpy.nan, False, False
        while not over:
            observation, reward, terminated, truncated, info = self._environment.step(agent.act(observation))
            agent.observe(float(reward))
            total += float(reward)
            self.steps += 1
            told = info.get("is_success", info.get("success"))
            if told is not None:
                success = float(told)
            over = terminated or truncated
        if hasattr(agent, "end"):
            agent.end(observation, terminated)
        if not numpy.isfinite(total):
            raise FledgeError(f"the return of an episode is {total} on the task {task}")
        return total, success


def _name(environment):
    spec = getattr(environment, "spec", None)
    identifier = getattr(spec, "id", None) or type(environment.unwrapped).__name__
    return identifier.removeprefix("fledge/")
