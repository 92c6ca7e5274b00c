"""What an environment sees and takes, laid out as numbers: the first part of the worker's program.

Spaces are told by the names of their classes, so that those of gym, gymnasium's predecessor, will do.
"""
try:
    import numpy
except ImportError:
    numpy = None  # Said once somebody listens.

# As many numbers as a policy's first layer, and the baseline's matrix, can well take.
WIDEST = 4096
# Fewer in what looks like a picture: bytes in rows and columns.
WIDEST_PICTURE = 1024
# The most combinations of several choices that are listed one by one.
MOST_CHOICES = 1024


class Problem(Exception):
    """Something to tell the user, with the row of the call at fault."""

    def __init__(self, message, row=-1):
        super().__init__(message)
        self.row = row


KINDS = ("Box", "Discrete", "MultiDiscrete", "MultiBinary", "Dict", "Tuple", "Text")


def kind(space):
    """The name of the space's class, or of the first one that it derives from and that is known here."""
    names = [base.__name__ for base in type(space).__mro__]
    return next((name for name in names if name in KINDS), names[0])


def leaves(space, path=()):
    """The simple spaces in a nested one, each with the keys that lead to it."""
    if kind(space) == "Dict":
        parts = list(space.spaces.items())
    elif kind(space) == "Tuple":
        parts = list(enumerate(space.spaces))
    else:
        return [(path, space)]
    return [leaf for key, part in parts for leaf in leaves(part, path + (key,))]


def finite(bound):
    """A bound as a number; None for one that bounds nothing."""
    return float(bound) if abs(bound) < 1e30 else None


def one_line(value):
    text = " ".join(str(value).split())
    return text if len(text) <= 300 else text[:300] + "..."


class Observations:
    """What is seen, flat: numbers as they are, and a place for each value of what has finitely many."""

    def __init__(self, space):
        self.space = space
        self.parts, self.left_out = [], []
        self.components = []
        for path, leaf in leaves(space):
            name = " ".join(["observation", *map(str, path)])
            if kind(leaf) == "Text" or self.is_text(leaf):
                self.left_out.append(f"{name} is a text, which is left out ({one_line(leaf)})")
                continue
            width, low, high = self.measure(name, leaf)
            limit = WIDEST_PICTURE if self.is_picture(leaf) else WIDEST
            if width >= limit:
                raise Problem(
                    f"its observation space has {one_line(leaf)}, a picture or as wide as one: {width} "
                    f"numbers, and a policy here takes fewer than {limit}; wrap the environment in one "
                    "that gives features"
                )
            self.parts.append((path, leaf, width))
            self.components += [
                {"name": f"{name} {i}", "low": finite(low[i]), "high": finite(high[i])}
                for i in range(width)
            ]
        self.width = len(self.components)
        if self.width >= WIDEST:
            raise Problem(
                f"its observation space is {one_line(space)}, {self.width} numbers in all, and a policy "
                f"here takes fewer than {WIDEST}"
            )
        # Most environments see one array of numbers.
        (path, leaf, _), *others = self.parts or [((), None, 0)]
        self.is_plain = not others and path == () and kind(leaf) == "Box"

    @staticmethod
    def is_text(space):
        """Whether it is a kind of its own that gives texts, as MiniGrid's missions are."""
        try:
            return kind(space) not in KINDS and isinstance(space.sample(), str)
        except Exception:
            return False

    @staticmethod
    def is_picture(space):
        return kind(space) == "Box" and len(space.shape) > 1 and space.dtype == numpy.uint8

    @staticmethod
    def measure(name, space):
        """Width and bounds."""
        what = kind(space)
        if what == "Box":
            return int(numpy.prod(space.shape)), space.low.reshape(-1), space.high.reshape(-1)
        if what == "Discrete":
            width = int(space.n)
        elif what == "MultiDiscrete":
            width = int(numpy.sum(space.nvec))
        elif what == "MultiBinary":
            width = int(numpy.prod(space.n))
        else:
            raise Problem(f"its {name} is {one_line(space)}, which can't be laid out as numbers")
        # Bounds of what is far too wide would fill the memory before it is refused.
        shown = min(width, WIDEST)
        return width, [0.0] * shown, [1.0] * shown

    def write(self, observation, place, row):
        """Writes an observation where it belongs."""
        # Most are arrays of the right length, and nothing needs to be looked at twice.
        if self.is_plain and type(observation) is numpy.ndarray and observation.shape == place.shape:
            if observation.dtype.kind in "fiub":
                place[:] = observation
                return
        try:
            if self.is_plain:
                parts = [(observation, self.parts[0][1], self.width)]
            else:
                parts = [(self.part(observation, path), leaf, w) for path, leaf, w in self.parts]
            start = 0
            for value, leaf, width in parts:
                flat = self.flat(value, leaf)
                if flat.size != width:
                    raise Problem(f"an observation has {flat.size} numbers, expected {width}", row)
                place[start : start + width] = flat
                start += width
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise Problem(
                f"an observation isn't of its space: {type(error).__name__}: {one_line(error)}", row
            ) from None

    @staticmethod
    def part(observation, path):
        for key in path:
            observation = observation[key]
        return observation

    @staticmethod
    def flat(value, space):
        what = kind(space)
        if what == "Discrete":
            value, counts = int(value) - int(getattr(space, "start", 0)), [int(space.n)]
        elif what == "MultiDiscrete":
            value = numpy.asarray(value) - getattr(space, "start", 0)
            counts = numpy.asarray(space.nvec).reshape(-1)
        else:
            return numpy.asarray(value, numpy.float32).reshape(-1)
        values = numpy.asarray(value).reshape(-1)
        if len(values) != len(counts) or (values < 0).any() or (values >= counts).any():
            raise ValueError(f"{one_line(values)} is not one of {one_line(space)}")
        places = numpy.zeros(int(numpy.sum(counts)), numpy.float32)
        places[numpy.cumsum([0, *counts[:-1]]) + values] = 1
        return places


class Actions:
    """What is done: the index of a choice, or numbers that are clipped to the environment's bounds."""

    def __init__(self, space):
        self.space = space
        self.left_out = []
        what = kind(space)
        if what == "Discrete":
            self.description = {"discrete": [f"action {i}" for i in range(int(space.n))]}
            self.take = self.choose
        elif what in ("MultiDiscrete", "MultiBinary"):
            shape = space.n if what == "MultiBinary" else space.nvec
            self.counts = (
                numpy.full(shape, 2) if what == "MultiBinary" else numpy.asarray(shape, int)
            )
            total = numpy.prod(self.counts.reshape(-1).astype(float))
            if total > MOST_CHOICES:
                raise Problem(
                    f"its action space is {one_line(space)}, {total:.0f} combinations; at most "
                    f"{MOST_CHOICES} can be told apart"
                )
            names = (
                " ".join(map(str, numpy.unravel_index(i, self.counts.reshape(-1))))
                for i in range(int(total))
            )
            self.description = {"discrete": [f"action {name}" for name in names]}
            self.take = self.choose_each
        else:
            self.boxes = leaves(space)
            if any(kind(leaf) != "Box" for _, leaf in self.boxes):
                raise Problem(
                    f"its action space is {one_line(space)}; expected Box, Discrete, MultiDiscrete, "
                    "MultiBinary, or boxes in Dict or Tuple"
                )
            self.describe_boxes()
            self.take = self.clip

    def describe_boxes(self):
        parts = []
        for path, box in self.boxes:
            name = " ".join(["action", *map(str, path)])
            for i, (low, high) in enumerate(zip(box.low.reshape(-1), box.high.reshape(-1))):
                low, high = self.reach(f"{name} {i}", finite(low), finite(high))
                parts.append({"name": f"{name} {i}", "low": low, "high": high})
        self.description = {"continuous": parts}
        self.low = numpy.concatenate([box.low.reshape(-1) for _, box in self.boxes])
        self.high = numpy.concatenate([box.high.reshape(-1) for _, box in self.boxes])

    def reach(self, name, low, high):
        """What a policy's -1 and 1 stand for: the bounds, or a reach of 1 where one is missing."""
        if low is not None and high is not None and low < high:
            return low, high
        if low is None and high is None:
            low, high = -1.0, 1.0
        elif low == high:
            low, high = low - 1, high + 1
        elif high is None:
            high = low + 2
        else:
            low = high - 2
        self.left_out.append(f"{name} isn't bounded on both sides; a policy's -1 ... 1 is {low} ... {high}")
        return low, high

    def take_all(self, rows):
        """What the worlds are handed, `[row]`."""
        # At once where that can be: a call costs more than the numbers of a row.
        if self.take == self.choose:
            return list(self.choose(rows.T))
        if self.take == self.clip and self.boxes[0][0] == () and self.space.shape != ():
            return list(self.fit(rows, self.low, self.high, self.space, len(rows)))
        return [self.take(row) for row in rows]

    def choose(self, action):
        choices = action[0].astype(numpy.int64) + int(getattr(self.space, "start", 0))
        return choices.astype(getattr(self.space, "dtype", None) or numpy.int64)

    def choose_each(self, action):
        values = numpy.unravel_index(int(action[0]), self.counts.reshape(-1))
        values = numpy.asarray(values).reshape(self.counts.shape) + getattr(self.space, "start", 0)
        return values.astype(self.space.dtype)

    def clip(self, action):
        if self.boxes[0][0] == ():
            return self.fit(action, self.low, self.high, self.space)
        start, parts = 0, []
        for path, box in self.boxes:
            places = slice(start, start + box.low.size)
            value = self.fit(action[places], self.low[places], self.high[places], box)
            parts.append((path, value))
            start = places.stop
        return self.nested(self.space, dict(parts))

    @staticmethod
    def fit(numbers, low, high, box, *rows):
        if box.dtype.kind in "iu":
            numbers = numpy.rint(numbers.astype(numpy.float64))
        clipped = numpy.asarray(numpy.clip(numbers, low, high))
        return clipped.astype(box.dtype).reshape(rows + box.shape)

    def nested(self, space, parts, path=()):
        """The values of simple spaces, put together as the nested space has them."""
        if kind(space) == "Dict":
            return {key: self.nested(part, parts, path + (key,)) for key, part in space.spaces.items()}
        if kind(space) == "Tuple":
            return tuple(self.nested(p, parts, path + (i,)) for i, p in enumerate(space.spaces))
        return parts[path]
