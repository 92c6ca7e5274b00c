"""A process of Gymnasium worlds: it answers Fledge, line by line, over shared memory.

A request is a line, `COMMAND ARGUMENT`, and so is the answer: `ok TEXT` or `error ROW MESSAGE`. Arrays
stand in a file that both sides map: for each row the world, its seed, its action, and what came of it.
"""
import json
import mmap
import os
import sys

# What environments print must not get between the lines of the answers.
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)


class Problem(Exception):
    """Something to tell the user, with the row of the call at fault."""

    def __init__(self, message, row=-1):
        super().__init__(message)
        self.row = row


class Worker:
    def __init__(self, settings):
        try:
            import gymnasium
            import numpy
        except ImportError as error:
            raise Problem(
                f"{error}; install it with: {sys.executable} -m pip install gymnasium"
            ) from None
        self.gymnasium, self.numpy = gymnasium, numpy
        self.settings = settings
        # Who draws its own tasks takes them by its own method.
        draws = settings["taskBy"] == "attribute" and not settings["tasks"]
        self.task_by = "method" if draws else settings["taskBy"]
        self.worlds = []
        self.task = {}

    def make(self):
        name, keywords = self.settings["id"], self.settings["keywords"]
        if ":" in name:
            import importlib

            module, attribute = name.split(":", 1)
            maker = getattr(importlib.import_module(module), attribute, None)
            if maker is not None:
                return maker(**keywords)
        return self.gymnasium.make(name, **keywords)

    def flat(self, space, part):
        try:
            box = self.gymnasium.spaces.flatten_space(space)
            low, high = box.low.reshape(-1), box.high.reshape(-1)
        except (NotImplementedError, AttributeError):
            raise Problem(f"its {part} is {space}, which can't be laid out as numbers") from None
        bound = lambda value: float(value) if abs(value) < 1e30 else None
        return [
            {"name": f"{part} {i}", "low": bound(low[i]), "high": bound(high[i])}
            for i in range(len(low))
        ]

    def describe(self, _):
        """The specification, as the C interface of a plugin writes it."""
        world = self.make()
        self.worlds.append(world)
        spaces = self.gymnasium.spaces
        space = world.action_space
        if isinstance(space, spaces.Discrete):
            action = {"discrete": [f"action {i}" for i in range(int(space.n))]}
        elif isinstance(space, spaces.Box):
            action = {"continuous": self.flat(space, "action")}
        else:
            raise Problem(f"its action space is {space}; expected Box or Discrete")
        limit = getattr(getattr(world, "spec", None), "max_episode_steps", None)
        horizon = self.settings["horizon"] or limit
        if not horizon:
            raise Problem("it has no time limit of its own; set environment.parameters.horizon")
        self.horizon, self.ages = int(horizon), {}
        observation = self.flat(world.observation_space, "observation")
        return json.dumps(
            {"observation": observation, "action": action, "horizon": self.horizon}
        )

    def map(self, argument):
        """Maps the memory and makes the worlds: `COUNT OBSERVATIONS ACTIONS PATH`."""
        count, width, action_width, path = argument.split(" ", 3)
        count, width, action_width = int(count), int(width), int(action_width)
        while len(self.worlds) < count:
            self.worlds.append(self.make())
        with open(path, "r+b") as file:
            memory = mmap.mmap(file.fileno(), 0)
        numpy, place = self.numpy, 0
        arrays = {}
        for name, kind, columns in (
            ("seeds", numpy.uint64, 1),
            ("indices", numpy.int32, 1),
            ("actions", numpy.float32, action_width),
            ("observations", numpy.float32, width),
            ("rewards", numpy.float32, 1),
            ("terminated", numpy.uint8, 1),
        ):
            size = count * columns * numpy.dtype(kind).itemsize
            arrays[name] = numpy.frombuffer(memory, kind, count * columns, place).reshape(
                count, columns
            )
            place += (size + 63) // 64 * 64
        self.arrays = arrays
        return ""

    def sample(self, argument):
        """Draws a task: `SPLIT SEED`."""
        split, seed = argument.split()
        random = self.numpy.random.default_rng(int(seed))
        ranges = self.settings["tasks"]
        if ranges:
            task = {}
            for name, low, high in ranges:
                value = random.uniform(low, high)
                if split == "3":  # shifted: as far outside, on either side, as half of the range
                    reach = random.uniform(0, (high - low) / 2)
                    value = high + reach if random.random() < 0.5 else low - reach
                task[name] = value
            return json.dumps(task)
        world = self.worlds[0]
        sampler = getattr(world.unwrapped, "sample_tasks", None)
        if sampler is None:
            return "{}"
        world.reset(seed=int(seed) % 2**31)
        self.numpy.random.seed(int(seed) % 2**32)
        return json.dumps(self.plain(sampler(1)[0]))

    def plain(self, value):
        if isinstance(value, dict):
            return {str(key): self.plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.plain(item) for item in value]
        if isinstance(value, self.numpy.ndarray):
            return value.tolist()
        return value.item() if isinstance(value, self.numpy.generic) else value

    def take(self, argument):
        """Sets the task of the episodes that are reset from now on."""
        task = json.loads(argument)
        world = self.worlds[0].unwrapped
        if self.task_by == "attribute":
            if not isinstance(task, dict):
                raise Problem(f"a task has to give attributes their values, found {argument}")
            for name in task:
                if not hasattr(world, name):
                    raise Problem(f"it has no attribute '{name}' that a task could set")
        elif self.task_by == "method" and task != {} and not hasattr(world, "set_task"):
            raise Problem("it has no method set_task")
        self.task = task
        return ""

    def set_task(self, world):
        """Hands a world its task, and returns the options of its reset."""
        if self.task == {}:
            return None
        if self.task_by == "options":
            return self.task
        if self.task_by == "method":
            world.unwrapped.set_task(self.task)
        else:
            for name, value in self.task.items():
                setattr(world.unwrapped, name, value)
        return None

    def write(self, row, world, observation):
        flat = self.gymnasium.spaces.flatten(world.observation_space, observation)
        expected = self.arrays["observations"].shape[1]
        if flat.size != expected:
            raise Problem(f"an observation has {flat.size} numbers, expected {expected}", row)
        self.arrays["observations"][row] = flat.reshape(-1)

    def reset(self, argument):
        for row in range(int(argument)):
            index = int(self.arrays["indices"][row, 0])
            world = self.worlds[index]
            self.ages[index] = 0
            try:
                seed = int(self.arrays["seeds"][row, 0]) % 2**31
                observation, _ = world.reset(seed=seed, options=self.set_task(world))
                self.write(row, world, observation)
            except Problem:
                raise
            except Exception as error:
                raise Problem(f"{type(error).__name__}: {error}", row) from None
        return ""

    def step(self, argument):
        for row in range(int(argument)):
            index = int(self.arrays["indices"][row, 0])
            world = self.worlds[index]
            self.ages[index] += 1
            action = self.arrays["actions"][row]
            space = world.action_space
            if isinstance(space, self.gymnasium.spaces.Discrete):
                action = int(action[0]) + int(space.start)
            else:
                action = self.numpy.clip(action.reshape(space.shape), space.low, space.high)
                action = action.astype(space.dtype)
            try:
                observation, reward, terminated, truncated, _ = world.step(action)
                self.write(row, world, observation)
                self.arrays["rewards"][row, 0] = reward
                # A truncation before the time limit is a rule of the environment's own.
                is_early = truncated and self.ages[index] < self.horizon
                self.arrays["terminated"][row, 0] = bool(terminated or is_early)
            except Problem:
                raise
            except Exception as error:
                raise Problem(f"{type(error).__name__}: {error}", row) from None
        return ""


def main():
    worker = None
    for line in sys.stdin:
        command, _, argument = line.rstrip("\n").partition(" ")
        try:
            if command == "begin":
                worker = Worker(json.loads(argument))
                text = worker.describe(argument)
            else:
                text = getattr(worker, command)(argument)
            answers.write(f"ok {text}\n")
        except Problem as problem:
            message = " ".join(str(problem).split())
            answers.write(f"error {problem.row} {message}\n")
        except BaseException as error:
            message = " ".join(f"{type(error).__name__}: {error}".split())
            answers.write(f"error -1 {message}\n")


main()
