"""Fledge's environments, with their tasks, as Gymnasium environments.

    import gymnasium, fledge_environments
    env = gymnasium.make("fledge/half-cheetah", parameters={"task": "direction"})
    task = env.unwrapped.sample_tasks(1, split="test", seed=1)[0]
    observation, info = env.reset(seed=3, options={"task": task})

    envs = fledge_environments.FledgeVectorEnv("half-cheetah", 256, threads=2)

They run over the C interface of `fledge_plugin.h`, so any library that keeps it will do; the built-in
environments are built with `swift build -c release`. Where that library
is, FLEDGE_LIBRARY says, or the `library` argument; by default it is looked for in this repository.
"""
import gymnasium

from .environments import FledgeEnv
from .library import FledgeError, Library
from .vector import FledgeVectorEnv

__all__ = ["FledgeEnv", "FledgeError", "FledgeVectorEnv", "Library", "register"]


def register(library=None):
    """Registers every environment of a library as `fledge/NAME`, and returns the ids."""
    ids = []
    for name in Library.load(library).names:
        ids.append(f"fledge/{name}")
        if ids[-1] not in gymnasium.registry:
            gymnasium.register(
                ids[-1],
                entry_point=FledgeEnv,
                vector_entry_point=FledgeVectorEnv,
                kwargs={"name": name, "library": library},
            )
    return ids


try:
    register()
except FledgeError:
    # Without the built-in environments, a library of one's own can still be registered.
    pass
