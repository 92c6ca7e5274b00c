"""Policies that act and adapt, over the C library."""
from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Iterable
from typing import Any, Optional

import numpy

from .errors import FledgeError
from .library import functions

MODES = {"explore": 0, "draw": 1, "likeliest": 2}


def load(folder: str | os.PathLike, seed: int = 0) -> Policy:
    """Opens a folder that `fledge export` or `fledge adapt` wrote.

    The seed names what is drawn: the same seed, observations and rewards give the same actions.
    """
    return Policy(folder, seed)


class Policy:
    """A policy, and what it knows of its task.

    A task is a number of episodes, and an episode is `begin`, `act` and `observe` in turn, and `end`. Episodes that begin with
    the mode "explore" are kept, and `adapt` learns from them: after some episodes where a policy adapts by gradient steps,
    after each where it remembers or infers its task. In others actions are drawn ("draw"), or the likeliest one
    is taken ("likeliest"). A policy is used by one thread at a time.
    """

    def __init__(self, folder: str | os.PathLike, seed: int = 0):
        self._functions = functions()
        self._handle = None
        message = ctypes.create_string_buffer(1024)
        handle = self._functions["open"](os.fsencode(folder), seed % 2**64, message, len(message))
        if not handle:
            raise FledgeError(message.value.decode(errors="replace"))
        self._handle = ctypes.c_void_p(handle)
        #: What policy.json says: names, units and bounds of observations and actions, how the policy adapts.
        self.description: dict[str, Any] = json.loads(self._functions["description"](self._handle))
        #: The numbers in an observation.
        self.observation_width: int = self._functions["observation_width"](self._handle)
        self._action_width = self._functions["action_width"](self._handle)
        #: Whether an action is one of finitely many choices.
        self.is_discrete: bool = self.description["action"]["kind"] == "discrete"
        self._room = (self.description["inner"]["episodes"], self.description["horizon"])
        self._predicts = False

    def __reduce_ex__(self, protocol):
        raise FledgeError("a policy can't be copied; save it, and load the folder")

    def __del__(self):
        if getattr(self, "_handle", None):
            self._functions["close"](self._handle)

    def _call(self, name, *arguments):
        if not self._functions[name](self._handle, *arguments):
            raise FledgeError(self._functions["error"](self._handle).decode(errors="replace"))

    def begin(self, mode: str = "explore") -> None:
        """Begins an episode."""
        if mode not in MODES:
            raise FledgeError(f"the mode is {mode!r}, expected one of {', '.join(MODES)}")
        self._finish_predicting()
        self._call("begin", MODES[mode])

    def act(self, observation) -> numpy.ndarray | int:
        """The action for an observation, `[component]`, as the environment takes it: an array, or the index of a choice.

        Where `description["distribution"]["name"]` is gaussian, it is not clipped to its bounds.
        """
        action = numpy.empty(self._action_width, numpy.float32)
        self._call("act", _pointer(self._observation(observation)), _pointer(action))
        return int(action[0]) if self.is_discrete else action

    def observe(self, reward: float) -> None:
        """Tells the reward of the last action."""
        self._call("observe", float(reward))

    def end(self, observation, terminated: bool = False) -> None:
        """Ends an episode with what is observed after its last action.

        It has terminated where a rule of the task ended it, and not where the time was over. With None the episode is dropped,
        as after an emergency stop.
        """
        self._predicts = False
        seen = None if observation is None else self._observation(observation)
        self._call("end", _pointer(seen), bool(terminated))

    @property
    def kept_episodes(self) -> int:
        """How many episodes are kept to be learned from."""
        return self._functions["kept_episodes"](self._handle)

    def make_room(self, episodes: int, steps: int) -> None:
        """Keeps up to so many episodes of so many steps; those that were kept are forgotten."""
        self._finish_predicting()
        self._call("make_room", _whole(episodes, "episodes"), _whole(steps, "steps"))
        self._room = (episodes, steps)

    def adapt(self, episodes: Optional[Iterable] = None, steps: int = 1) -> None:
        """Learns from the episodes that were kept, or from these, by so many gradient steps.

        Given episodes are dictionaries, or objects such as Minari's, with `observations` of steps + 1 moments, `actions`,
        `rewards` and `terminations`; `drawnActions`, where there are any, hold what the policy drew.
        """
        self._finish_predicting()
        if isinstance(episodes, (str, dict)):
            raise FledgeError(f"episodes are a {type(episodes).__name__}, expected a list of episodes")
        if episodes is not None:
            columns = [self._columns(index, episode) for index, episode in enumerate(episodes)]
            longest = max((len(found["rewards"]) for found in columns), default=1)
            if self._room[0] < self.kept_episodes + len(columns) or self._room[1] < longest:
                if self.kept_episodes:
                    raise FledgeError(
                        f"there is no room for {len(columns)} episodes beside the {self.kept_episodes} that are "
                        "kept; adapt to those first, or make_room before"
                    )
                self.make_room(max(self._room[0], len(columns)), max(self._room[1], longest))
            for found in columns:
                self._record(**found)
        self._call("adapt", _whole(steps, "steps"))

    def forget(self) -> None:
        """Forgets the task and its episodes: the policy is as it was trained, and another task begins."""
        self._finish_predicting()
        self._call("forget")

    def save(self, folder: str | os.PathLike) -> None:
        """Writes a folder with the policy as it is now."""
        self._call("save", os.fsencode(folder))

    def predict(
        self, observation, state=None, episode_start=None, deterministic: bool = False
    ) -> tuple[Any, None]:
        """The action for one observation or for each of a batch, and no state, as Stable-Baselines3's `predict`.

        Only for policies that remember nothing; others need to be told rewards: `begin`, `act`, `observe`.
        """
        settings = self.description["policy"]
        if settings["inputs"] == "history" or settings["network"] != "perceptron" or state is not None:
            raise FledgeError("the policy remembers what happened; use begin, act, observe and end")
        mode = "likeliest" if deterministic else "draw"
        if self._predicts != mode:
            self.begin(mode)
            self._predicts = mode
        rows = _numbers(observation, "the observation")
        actions = []
        for row in rows.reshape(-1, rows.shape[-1] if rows.ndim else 1):
            actions.append(self.act(row))
            self.observe(0)
        return (actions[0] if rows.ndim < 2 else numpy.asarray(actions)), None

    def _finish_predicting(self):
        if self._predicts:
            self.end(numpy.zeros(self.observation_width, numpy.float32))

    def _observation(self, observation):
        given = _numbers(observation, "the observation")
        if given.size != self.observation_width:
            raise FledgeError(
                f"the observation has {given.size} numbers, expected {self.observation_width}"
            )
        return given.reshape(-1)

    def _columns(self, index, episode):
        def column(name):
            found = episode.get(name) if hasattr(episode, "get") else getattr(episode, name, None)
            return None if found is None else _numbers(found, f"episode {index} has {name} that")

        found = {
            name: column(name)
            for name in ("observations", "actions", "drawnActions", "rewards", "terminations", "truncations")
        }
        rewards = found["rewards"]
        if rewards is None or rewards.size == 0 or rewards.size != len(rewards):
            raise FledgeError(f"episode {index} has no rewards, expected one for each step")
        rewards = found["rewards"] = rewards.reshape(-1)
        for name, values in found.items():
            if values is not None and not numpy.isfinite(values).all():
                raise FledgeError(f"episode {index} has {name} that are not finite")
        shapes = {
            "observations": (rewards.size + 1, self.observation_width),
            "actions": (rewards.size, self._action_width),
            "drawnActions": (rewards.size, self._action_width),
        }
        for name, shape in shapes.items():
            if found[name] is None and (name == "drawnActions" or name == "actions" and found["drawnActions"] is not None):
                continue
            if found[name] is None or found[name].size != shape[0] * shape[1] or len(found[name]) != shape[0]:
                size = "none" if found[name] is None else f"the shape {found[name].shape}"
                raise FledgeError(f"episode {index} has {name} of {size}, expected {shape}")
        if self.is_discrete:
            choices = found["actions" if found["drawnActions"] is None else "drawnActions"]
            last = len(self.description["action"]["choices"]) - 1
            if not numpy.isin(choices, numpy.arange(last + 1)).all():
                raise FledgeError(f"episode {index} has actions that are no choices from 0 to {last}")
        ends, cuts = found.pop("terminations"), found.pop("truncations")
        if ends is None and cuts is None or ends is not None and ends.size != rewards.size:
            raise FledgeError(f"episode {index} has no terminations, expected one for each step")
        ends = numpy.zeros(rewards.size) if ends is None else ends
        if ends.reshape(-1)[:-1].any() or cuts is not None and cuts.reshape(-1)[:-1].any():
            raise FledgeError(f"episode {index} goes on after a step that ended it")
        return {**found, "terminated": bool(ends.reshape(-1)[-1])}

    def _record(self, observations, actions, drawnActions, rewards, terminated):
        self._call(
            "record", len(rewards), _pointer(observations), _pointer(actions), _pointer(drawnActions),
            _pointer(rewards), terminated,
        )


def _numbers(values, what):
    try:
        return numpy.ascontiguousarray(values, numpy.float32)
    except (TypeError, ValueError) as error:
        raise FledgeError(f"{what} are no numbers: {error}") from None


def _whole(number, name):
    if not -(2**31) <= number < 2**31 or int(number) != number:
        raise FledgeError(f"{name} is {number}, expected a whole number")
    return int(number)


def _pointer(array):
    return None if array is None else array.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
