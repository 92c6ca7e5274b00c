"""What the Python package makes of a library's outcomes; the library and its version are the arguments."""
import sys

import fledge_environments
import numpy

library, version = sys.argv[1], int(sys.argv[2])
assert fledge_environments.Library.load(library).names == ["cart", "second-cart"]
world = fledge_environments.FledgeEnv("second-cart", library=library)
world.reset(seed=1)
ends = [world.step(numpy.zeros(1))[2:] for _ in range(5)]
assert [cut for _, cut, _ in ends] == [False] * 4 + [version == 2]
assert [info.get("is_success") for *_, info in ends] == (
    [None] * 5 if version == 1 else [False, False, True, True, True]
)
worlds = fledge_environments.FledgeVectorEnv("second-cart", 3, library=library)
worlds.reset(seed=1)
ends = [worlds.step(numpy.zeros((3, 1)))[2:] for _ in range(6)]
assert [cut.all() for _, cut, _ in ends] == [False] * 4 + [version == 2, False]
if version == 2:
    assert [info["is_success"].all() for *_, info in ends] == [False, False, True, True, True, False]
    assert [info["_is_success"].all() for *_, info in ends] == [True] * 5 + [False]
print("all is well")
