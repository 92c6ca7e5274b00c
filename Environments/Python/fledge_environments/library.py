"""The functions of a shared library that keeps the interface of `fledge_plugin.h`."""
import ctypes
import json
import os
from ctypes import POINTER, c_bool, c_char, c_char_p, c_float, c_int32, c_size_t, c_uint32
from ctypes import c_uint8, c_uint64, c_void_p

import numpy

from fledge.errors import FledgeError
from fledge.library import place

VERSION = 2
TRUNCATED, TELLS_SUCCESS, SUCCEEDED = 2, 4, 8
SPLITS = ("train", "validation", "test", "shifted")


class _Error(ctypes.Structure):
    _fields_ = [("message", c_char_p), ("capacity", c_size_t), ("row", c_int32)]


_ERROR = POINTER(_Error)


class _FirstEnvironment(ctypes.Structure):
    """As version 1 of the interface had it."""

    _fields_ = [
        ("name", c_char_p),
        ("summary", c_char_p),
        ("context", c_void_p),
        ("create", ctypes.CFUNCTYPE(c_void_p, c_void_p, c_char_p, _ERROR)),
        ("destroy", ctypes.CFUNCTYPE(None, c_void_p)),
        ("specification", ctypes.CFUNCTYPE(c_char_p, c_void_p)),
        (
            "sample_task",
            ctypes.CFUNCTYPE(
                c_size_t, c_void_p, c_int32, c_uint64, POINTER(c_char), c_size_t, _ERROR
            ),
        ),
        ("make_worlds", ctypes.CFUNCTYPE(c_void_p, c_void_p, c_int32, _ERROR)),
        ("free_worlds", ctypes.CFUNCTYPE(None, c_void_p)),
        ("set_task", ctypes.CFUNCTYPE(c_bool, c_void_p, c_char_p, _ERROR)),
        ("reset", ctypes.CFUNCTYPE(c_bool, c_void_p, c_int32, c_void_p, c_void_p, c_void_p, _ERROR)),
        (
            "step",
            ctypes.CFUNCTYPE(
                c_bool, c_void_p, c_int32, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, _ERROR
            ),
        ),
        (
            "scene",
            ctypes.CFUNCTYPE(c_size_t, c_void_p, c_int32, POINTER(c_char), c_size_t, _ERROR),
        ),
    ]


class _Environment(_FirstEnvironment):
    _fields_ = [("outcome", ctypes.CFUNCTYPE(c_uint8, c_void_p, c_int32))]


class _Contents(ctypes.Structure):
    _fields_ = [
        ("version", c_uint32),
        ("count", c_int32),
        ("environments", POINTER(_Environment)),
    ]


class _Call:
    """Memory in which a function says what went wrong; for one thread at a time."""

    def __init__(self):
        self._message = ctypes.create_string_buffer(1024)
        self._error = _Error(ctypes.cast(self._message, c_char_p), 1024, -1)
        self.pointer = ctypes.pointer(self._error)

    def check(self, succeeded, function):
        if succeeded:
            return succeeded
        message = self._message.value.decode("utf-8", "replace")
        self._message.value = b""
        raise FledgeError(" ".join(message.split()) or f"{function} failed and gave no reason")


def _text(write, call, function):
    """A text that a function writes as snprintf does, whatever its length."""
    capacity = 4096
    while True:
        text = ctypes.create_string_buffer(capacity)
        length = call.check(write(text, capacity, call.pointer), function)
        if length < capacity:
            return text.value
        capacity = length + 1


class Library:
    """A shared library and the environments that it lists, by name."""

    _loaded = {}

    @classmethod
    def load(cls, path=None):
        """The library at `path`, by default $FLEDGE_LIBRARY, the one of this package, or the one that a build made."""
        path = path or os.environ.get("FLEDGE_LIBRARY") or place("libFledgeEnvironments.so")
        path = os.path.realpath(path)
        if path not in cls._loaded:
            cls._loaded[path] = cls(path)
        return cls._loaded[path]

    def __init__(self, path):
        try:
            function = ctypes.CDLL(path).fledge_plugin
        except (OSError, AttributeError) as error:
            raise FledgeError(
                f"{path}: {error}; expected a library of environments: build it with swift build -c "
                "release, or name it in FLEDGE_LIBRARY"
            ) from None
        function.restype = POINTER(_Contents)
        contents = function().contents
        if not 1 <= contents.version <= VERSION:
            raise FledgeError(
                f"{path} has version {contents.version} of the interface, expected at most {VERSION}"
            )
        self.path = path
        kind = _FirstEnvironment if contents.version == 1 else _Environment
        environments = ctypes.cast(contents.environments, POINTER(kind))
        listed = [environments[index] for index in range(contents.count)]
        self._functions = {functions.name.decode(): functions for functions in listed}

    @property
    def names(self):
        return sorted(self._functions)

    def functions(self, name):
        if name not in self._functions:
            raise FledgeError(f"{self.path} has no '{name}'; it has {', '.join(self.names)}")
        return self._functions[name]


class Environment:
    """An environment with its parameters."""

    def __init__(self, name, parameters=None, library=None):
        self._functions = Library.load(library).functions(name)
        given = json.dumps(parameters or {}).encode()
        call = _Call()
        self._handle = call.check(
            self._functions.create(self._functions.context, given, call.pointer), "create"
        )
        self.specification = json.loads(self._functions.specification(self._handle))

    def __del__(self):
        if getattr(self, "_handle", None):
            self._functions.destroy(self._handle)

    def sample_task(self, split, seed):
        """A task of a split, drawn from the seed alone."""
        if split not in SPLITS:
            raise FledgeError(f"no split is named '{split}'; expected one of {', '.join(SPLITS)}")
        draw = lambda *text: self._functions.sample_task(
            self._handle, SPLITS.index(split), seed, *text
        )
        # A call of its own: tasks are drawn from several threads.
        return json.loads(_text(draw, _Call(), "sample_task"))

    @property
    def tells_outcomes(self):
        """Whether steps tell more than that an episode terminated."""
        return bool(getattr(self._functions, "outcome", None))

    @property
    def tells_success(self):
        """Whether anything tells of success."""
        return self.tells_outcomes or self.specification.get("terminationIsSuccess", False)

    @property
    def shows_itself(self):
        """Whether worlds have scenes."""
        return bool(self._functions.scene)

    def make_worlds(self, count):
        return Worlds(self, count)


class Worlds:
    """Worlds of an environment, for one thread at a time. Arrays are contiguous, a row for a world."""

    def __init__(self, environment, count):
        self._environment = environment  # lives at least as long
        self._functions = environment._functions
        self._call = _Call()
        self._handle = None
        self._handle = self._call.check(
            self._functions.make_worlds(environment._handle, count, self._call.pointer),
            "make_worlds",
        )
        self._all = numpy.arange(count, dtype=numpy.int32)

    def __del__(self):
        if getattr(self, "_handle", None):
            self._functions.free_worlds(self._handle)

    def set_task(self, task):
        """Sets the task of the episodes that are reset from now on."""
        done = self._functions.set_task(
            self._handle, json.dumps(task).encode(), self._call.pointer
        )
        self._call.check(done, "set_task")

    def reset(self, world, seed, observation):
        """Starts the episode of a seed in one world."""
        index, name = c_int32(world), c_uint64(seed)
        done = self._functions.reset(
            self._handle, 1, ctypes.byref(index), ctypes.byref(name), observation.ctypes.data,
            self._call.pointer,
        )
        self._call.check(done, "reset")

    def outcomes(self, rows):
        """What the last step told of each row's episode, as the header's values; zeros where it tells nothing."""
        if not self._environment.tells_outcomes:
            return numpy.zeros(rows, numpy.uint8)
        outcome = self._functions.outcome
        return numpy.array([outcome(self._handle, row) for row in range(rows)], numpy.uint8)

    def scene(self, world):
        """What a world looks like, as `fledge_plugin.h` describes it; after a reset."""
        show = lambda *text: self._functions.scene(self._handle, world, *text)
        return json.loads(_text(show, self._call, "scene"))

    def step(self, actions, observations, rewards, terminated, worlds=None):
        """Takes a step in every world, or in those named, a row for each of them."""
        worlds = self._all if worlds is None else worlds
        done = self._functions.step(
            self._handle, len(worlds), worlds.ctypes.data, actions.ctypes.data,
            observations.ctypes.data, rewards.ctypes.data, terminated.ctypes.data,
            self._call.pointer,
        )
        self._call.check(done, "step")
