"""The functions of the shared library that keeps the interface of `fledge_policy.h`."""
import ctypes
import functools
import os
import pathlib
from ctypes import POINTER, c_bool, c_char, c_char_p, c_float, c_int32, c_size_t, c_uint64, c_void_p

from .errors import FledgeError

_NUMBERS = POINTER(c_float)

FUNCTIONS = {
    "open": (c_void_p, c_char_p, c_uint64, POINTER(c_char), c_size_t),
    "close": (None, c_void_p),
    "error": (c_char_p, c_void_p),
    "description": (c_char_p, c_void_p),
    "observation_width": (c_int32, c_void_p),
    "action_width": (c_int32, c_void_p),
    "make_room": (c_bool, c_void_p, c_int32, c_int32),
    "kept_episodes": (c_int32, c_void_p),
    "begin": (c_bool, c_void_p, c_int32),
    "act": (c_bool, c_void_p, _NUMBERS, _NUMBERS),
    "observe": (c_bool, c_void_p, c_float),
    "end": (c_bool, c_void_p, _NUMBERS, c_bool),
    "record": (c_bool, c_void_p, c_int32, _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, c_bool),
    "adapt": (c_bool, c_void_p, c_int32),
    "forget": (c_bool, c_void_p),
    "save": (c_bool, c_void_p, c_char_p),
}


def place(built):
    """Where a library is that a build names so: inside this package, or in the repository that it stands in."""
    here = pathlib.Path(__file__).resolve().parent
    inside = here / "lib" / "libFledge.so"
    return str(inside if inside.exists() else here.parents[2] / ".build" / "release" / built)


@functools.lru_cache(maxsize=None)
def functions():
    """The library's functions by their names without `fledge_policy_`."""
    path = os.environ.get("FLEDGE_POLICY_LIBRARY") or place("libFledgePolicy.so")
    try:
        library = ctypes.CDLL(path)
        found = {}
        for name, (result, *arguments) in FUNCTIONS.items():
            function = getattr(library, "fledge_policy_" + name)
            function.restype, function.argtypes = result, arguments
            found[name] = function
    except (OSError, AttributeError) as error:
        raise FledgeError(
            f"{path}: {error}; expected the library of policies: build it with swift build -c release, or name it "
            "in FLEDGE_POLICY_LIBRARY"
        ) from None
    return found
