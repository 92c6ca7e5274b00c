"""Sound environments of the many kinds that Gymnasium allows, a walk on a line each."""
import os
import random
import subprocess
import sys

import gymnasium
import numpy
from gymnasium import spaces


class Line(gymnasium.Env):
    observation_space = spaces.Box(-numpy.inf, numpy.inf, (2,), numpy.float32)
    action_space = spaces.Box(-1.0, 1.0, (1,), numpy.float32)
    goal = 0.0

    def observe(self):
        return numpy.array([self.place, 1], numpy.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place, self.age = self.np_random.uniform(-0.1, 0.1), 0
        return self.observe(), {}

    def move(self, action):
        self.place = float(numpy.clip(self.place + 0.1 * numpy.sum(action), -5, 5))

    def reward(self):
        return -abs(self.place - self.goal)

    def step(self, action):
        self.age += 1
        self.move(action)
        return self.observe(), self.reward(), False, False, {}


class Huge(Line):
    """Gives and takes as much as a reward can hold."""

    def reward(self):
        return -1e36 - self.place


class Takes(Line):
    """Takes actions of a space by name, and no others."""

    SPACES = {
        "far": spaces.Box(100.0, 300.0, (2,)),
        "pressed": spaces.Box(-0.4, 0.4, (2,)),
        "one": spaces.Box(-2.0, 2.0, ()),
        "table": spaces.Box(-2.0, 3.0, (2, 2)),
        "double": spaces.Box(-2.0, 2.0, (1,), numpy.float64),
        "whole": spaces.Box(0, 10, (2,), numpy.int32),
        "bytes": spaces.Box(0, 255, (3,), numpy.uint8),
        "free": spaces.Box(-numpy.inf, numpy.inf, (2,)),
        "positive": spaces.Box(0.0, numpy.inf, (2,)),
        "below": spaces.Box(numpy.array([-numpy.inf, -1], numpy.float32), 3.0),
        "fixed": spaces.Box(numpy.array([1, -1], numpy.float32), numpy.array([1, 2], numpy.float32)),
        "choice": spaces.Discrete(3, start=-1),
        "choices": spaces.MultiDiscrete([3, 4]),
        "switches": spaces.MultiBinary(3),
        "parts": spaces.Dict({"arm": spaces.Box(-2.0, 2.0, (2,)), "hand": spaces.Box(0, 1, ())}),
        "pair": spaces.Tuple((spaces.Box(-1.0, 1.0, (1,)), spaces.Box(0.0, 5.0, (2,)))),
    }

    def __init__(self, kind):
        self.action_space = self.SPACES[kind]

    def move(self, action):
        assert self.action_space.contains(action), f"{action!r} is not in {self.action_space}"
        flat = spaces.flatten(self.action_space, action)
        super().move(numpy.tanh(flat.astype(float)))


class Inside(Line):
    """Rewards actions that lie within the bounds, not on them."""

    action_space = spaces.Box(100.0, 300.0, (1,))

    def step(self, action):
        observation, *rest = super().step((action - 200) / 100)
        return observation, float(100 < action[0] < 300), *rest[1:]


class Sees(Line):
    """Is seen in a space by name."""

    SPACES = {
        "nested": spaces.Dict(
            {
                "place": spaces.Box(-5.0, 5.0, ()),
                "told": spaces.Text(20),
                "more": spaces.Tuple((spaces.Discrete(3, start=5), spaces.MultiBinary((2, 2)))),
                "counts": spaces.MultiDiscrete([2, 3]),
            }
        ),
        "choice": spaces.Discrete(101, start=-50),
        "table": spaces.Box(-5.0, 5.0, (2, 3), numpy.float64),
        "picture": spaces.Box(0, 255, (84, 84, 3), numpy.uint8),
        "hidden picture": spaces.Dict(
            {"state": spaces.Box(-5.0, 5.0, (2,)), "camera": spaces.Box(0, 255, (64, 64), numpy.uint8)}
        ),
        "wide": spaces.Box(-1.0, 1.0, (30000,)),
        "many": spaces.Discrete(1_000_000_000),
        "graph": spaces.Graph(spaces.Box(-1.0, 1.0, (2,)), None),
    }

    def __init__(self, kind):
        self.kind, self.observation_space = kind, self.SPACES[kind]

    def observe(self):
        third = int(self.place * 100) % 3
        if self.kind == "nested":
            more = (5 + third, numpy.full((2, 2), third % 2, numpy.int8))
            return {
                "place": numpy.float32(self.place), "told": "left", "more": more,
                "counts": numpy.array([third % 2, third]),
            }
        if self.kind == "choice":
            return int(self.place * 10)
        return numpy.full((2, 3), self.place)


class Rewards(Line):
    """Gives rewards in a form by name."""

    FORMS = {
        "array": lambda value: numpy.array([value]),
        "scalar": numpy.float64,
        "whole": lambda value: numpy.int64(10 * value),
        "flag": lambda value: value > -0.5,
        "none": lambda value: None,
        "pair": lambda value: numpy.array([value, value]),
        "text": str,
        "endless": lambda value: float("inf"),
    }

    def __init__(self, form):
        self.form = form

    def reward(self):
        return self.FORMS[self.form](super().reward())


class Asks(Line):
    """Asks for what nobody answers."""

    def __init__(self):
        try:
            self.answer = input("Accept the license? ")
        except EOFError:
            self.answer = os.read(0, 10)


class Listens(Line):
    """Starts programs that read whatever stands on standard input, and a copy of itself."""

    def __init__(self):
        subprocess.Popen(["cat"], stdout=subprocess.DEVNULL)
        subprocess.Popen("cat > /dev/null", shell=True, close_fds=False)

    def reset(self, **keywords):
        os.fork()  # The copy comes back from here as well.
        return super().reset(**keywords)


class Chats(Line):
    """Prints at every step, by Python and by the number of the stream."""

    def step(self, action):
        print("x" * 5000)
        sys.stderr.write("y" * 5000 + "\n")
        os.write(1, b"z" * 5000 + b"\n")
        return super().step(action)


OWN = numpy.random.default_rng()


class Helper:
    def __init__(self):
        self.random = random.Random()


class Draws(Line):
    """Draws its tasks from a generator by name."""

    def __init__(self, source):
        self.source = source
        self.own = numpy.random.RandomState()
        self.helper = Helper()
        self.goals = spaces.Box(-1.0, 1.0, ())

    def draw(self):
        if self.source == "reset":
            return self.place * 10
        if self.source == "set":
            return {"left": -1.0, "right": 1.0}[list({"left", "right"})[0]] * random.random()
        if self.source == "system":
            return random.SystemRandom().uniform(-1, 1)
        draws = {
            "random": lambda: random.uniform(-1, 1),
            "numpy": lambda: numpy.random.uniform(-1, 1),
            "np_random": lambda: self.np_random.uniform(-1, 1),
            "own": lambda: self.own.uniform(-1, 1),
            "helper": lambda: self.helper.random.uniform(-1, 1),
            "module": lambda: OWN.uniform(-1, 1),
            "space": lambda: float(self.goals.sample()),
        }
        return draws[self.source]()

    def sample_tasks(self, count):
        return [{"goal": self.draw()} for _ in range(count)]

    def set_task(self, task):
        self.goal = task["goal"]


class Needy(Draws):
    """Wants its task before the first reset, as Meta-World's environments do."""

    task = None

    def __init__(self):
        super().__init__("numpy")

    def set_task(self, task):
        super().set_task(task)
        self.task = task

    def reset(self, **keywords):
        assert self.task, "set_task has to come before reset"
        return super().reset(**keywords)


class Split(Line):
    """Draws by split."""

    def sample_tasks(self, count, split):
        places = {"train": 0, "validation": 10, "test": 20, "shifted": 30}
        return [{"goal": places[split] + float(self.np_random.uniform())} for _ in range(count)]

    def set_task(self, task):
        self.goal = task["goal"]


class Passes(gymnasium.Wrapper):
    """Hands on whatever it is asked."""

    def __init__(self):
        super().__init__(Split())

    def sample_tasks(self, *values, **keywords):
        return self.env.sample_tasks(*values, **keywords)


class Wrapped(gymnasium.Wrapper):
    """Has tasks in the wrapper alone."""

    def __init__(self):
        super().__init__(Line())

    def sample_tasks(self, count):
        return [{"goal": self.np_random.uniform(-1, 1)} for _ in range(count)]

    def set_task(self, task):
        self.unwrapped.goal = task["goal"]


class Ends(Line):
    """Ends after five steps in a way by name, and says by the other whether it was a success."""

    def __init__(self, way, says="nothing"):
        self.way, self.says = way, says

    def step(self, action):
        observation, reward, *_ = super().step(action)
        isOver = self.age == 5
        info = {}
        if self.says == "middle":
            info["success"] = numpy.bool_(self.age == 2)
        elif self.says == "last" and isOver:
            info["is_success"] = 1.0
        return observation, reward, isOver and self.way == "terminated", isOver and self.way == "truncated", info


class Still(Line):
    """Always begins alike, and says so."""

    starts_vary = False

    def reset(self, **keywords):
        super().reset(**keywords)
        self.place = 0.0
        return self.observe(), {}


class StillToo(Still):
    starts_vary = None


class NoSuccess(Line):
    """Tells of a success that is no number."""

    def step(self, action):
        return *super().step(action)[:4], {"success": float("nan")}


class Listed(Line):
    """Lists its tasks, of two kinds, and succeeds on one of them, in the middle of an episode."""

    COUNTS = {"train": 5, "validation": 5, "test": 45}
    task = {"kind": "near", "goal": [0]}

    def list_tasks(self, split):
        start = 100 * list(self.COUNTS).index(split)
        goals = range(start, start + self.COUNTS[split])
        return [{"kind": kind, "goal": [goal]} for kind in ("near", "far") for goal in goals]

    def set_task(self, task):
        self.task = task

    def step(self, action):
        observation, reward, terminated, truncated, _ = super().step(action)
        return observation, reward, terminated, truncated, {"success": self.task["kind"] == "near" and self.age == 3}


class Empty(Listed):
    """Lists no tasks to be tested on."""

    COUNTS = {"train": 5, "validation": 5, "test": 0}
