"""Every generator of random numbers that a world may draw from: the second part of the worker's program."""
import random
import sys

# Whose modules hold no generator of an environment's.
FOREIGN = ("builtins", "gym", "gymnasium", "mujoco", "numpy", "random", "torch")


def layers(world):
    """The world with what it wraps, from the outermost to the innermost."""
    found = [world]
    while True:
        inner = vars(found[-1]).get("env") if hasattr(found[-1], "__dict__") else None
        if inner is None or not hasattr(inner, "step") or any(inner is other for other in found):
            break
        found.append(inner)
    innermost = getattr(world, "unwrapped", world)
    return found if any(innermost is other for other in found) else [*found, innermost]


def is_foreign(thing):
    return type(thing).__module__.split(".")[0] in FOREIGN


class Generators:
    """The generators within reach of a world: its own, its classes', its modules' and its helpers'."""

    MOST = 10_000

    def __init__(self, world):
        self.found, self.seen = [], set()
        for layer in layers(world):
            if getattr(layer, "_np_random", 0) is None:
                layer.np_random  # makes the one that is made once it is asked for
            self.visit(layer, depth=3)
            for base in type(layer).__mro__:
                if base.__module__.split(".")[0] not in FOREIGN:
                    self.search(vars(base), depth=1)
                    self.search(vars(sys.modules.get(base.__module__, object)), depth=1)

    def visit(self, thing, depth):
        if id(thing) in self.seen or len(self.seen) > self.MOST:
            return
        self.seen.add(id(thing))
        if isinstance(thing, (numpy.random.Generator, numpy.random.RandomState, random.Random)):
            self.found.append(thing)
        elif hasattr(thing, "sample") and hasattr(thing, "seed") and is_foreign(thing):
            self.found.append(thing)  # a space
        elif depth > 0 and isinstance(thing, dict):
            self.search(thing, depth - 1)
        elif depth > 0 and isinstance(thing, (list, tuple)):
            for item in thing[:100]:
                self.visit(item, depth - 1)
        elif depth > 0 and hasattr(thing, "__dict__") and not isinstance(thing, type):
            if not is_foreign(thing) and type(thing).__name__ != "module":
                self.search(vars(thing), depth - 1)

    def search(self, names, depth):
        for value in list(names.values()):
            try:
                self.visit(value, depth)
            except Exception:
                pass  # What can't even be asked for its attributes is no generator.

    def seed(self, seed):
        for index, generator in enumerate(self.found):
            own = numpy.random.SeedSequence([seed, index])
            number = int(own.generate_state(1)[0])
            if isinstance(generator, numpy.random.Generator):
                generator.bit_generator.state = type(generator.bit_generator)(own).state
            elif isinstance(generator, numpy.random.RandomState):
                generator.seed(number)
            elif not isinstance(generator, random.SystemRandom):
                generator.seed(number % 2**31)


def seed_shared(seed):
    """Seeds the generators that all worlds of the process share."""
    random.seed(seed)
    numpy.random.seed(seed % 2**32)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
