"""A process of Gymnasium worlds: it answers Fledge, line by line, over shared memory.

It follows `spaces.py`, `chance.py`, `identity.py`, `tasks.py` and `pictures.py` in one program, and `vector.py` follows
it. A request is a line, `COMMAND ARGUMENT`, and so is the answer: `ok TEXT` or `error ROW MESSAGE`. Arrays stand in a file
that both sides map: for each row the world, its seed, its action, and what came of it.
"""
import difflib
import importlib
import json
import mmap
import os
import sys

# Requests and answers go by other numbers than those that environments, and whatever they start, read from
# and print to: whoever asks finds the end of the input.
requests = os.fdopen(os.dup(0), encoding="utf-8")
answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8", errors="replace")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)

# What brings modules that environments of this program need.
REMEDIES = {
    "mujoco": "'gymnasium[mujoco]'",
    "metaworld": "metaworld packaging  # in an environment of its own: it brings an older MuJoCo",
    "packaging": "packaging",
    "fledge_tasks": "Environments/Python of Fledge's package",
}
# What a step's info may tell of success by.
SUCCESS_KEYS = ("success", "is_success")
PLAIN_NUMBERS = (float, bool, int) + ((numpy.float64, numpy.float32, numpy.bool_) if numpy else ())
TERMINATED, TRUNCATED, SUCCESS_TOLD, SUCCEEDED = 1, 2, 4, 8


class Worker(Tasks, Pictures):
    def __init__(self, settings):
        try:
            import gymnasium
            import numpy
        except ImportError as error:
            raise Problem(
                f"{error}; install it with: {sys.executable} -m pip install gymnasium"
            ) from None
        self.gymnasium = gymnasium
        self.settings = settings
        if settings.get("modules"):
            sys.path.insert(1, settings["modules"])  # behind where the user works
        # Who draws its own tasks takes them by its own method.
        draws = settings["taskBy"] == "attribute" and not settings["tasks"]
        self.task_by = "method" if draws else settings["taskBy"]
        self.worlds = []
        # Of the episodes that are reset from now on, and of each world's.
        self.task, self.tasks = {}, {}
        self.is_registered = True
        # What a reset takes: older environments take less.
        self.reset_keywords = ("seed", "options")

    # Making worlds

    def make(self):
        name, keywords = self.settings["id"], dict(self.settings["keywords"])
        maker = self.own_maker(name)
        if maker is not None:
            return maker(**keywords)
        specification = self.gymnasium.registry.get(name.rpartition(":")[2])
        if specification is not None and specification.entry_point is None:
            raise Problem("it is a vector environment alone; set environment.parameters.vector=true")
        if self.settings["horizon"]:
            keywords.setdefault("max_episode_steps", self.settings["horizon"])
        return self.gymnasium.make(name, **keywords)

    def own_maker(self, name):
        """The class or function that `module:attribute` names; None for what is registered."""
        module, colon, attribute = name.partition(":")
        if not colon:
            return None
        try:
            loaded = importlib.import_module(module)
        except ImportError as error:
            remedy = REMEDIES.get((getattr(error, "name", None) or "").partition(".")[0])
            if remedy is None:
                raise
            raise Problem(f"{one_line(error)}; install it with: {sys.executable} -m pip install {remedy}") from None
        maker = getattr(loaded, attribute, None)
        if maker is None:
            self.require_registered(module, loaded, attribute)
        else:
            self.is_registered = False
        return maker

    def make_worlds(self, count):
        """Makes as many worlds as will step side by side."""
        while len(self.worlds) < count:
            self.worlds.append(self.make())

    def spaces(self, world):
        return world.observation_space, world.action_space

    def notes(self, world):
        """What else there is to say of it."""
        return []

    def require_registered(self, module, loaded, attribute):
        """Says what a module has in place of a name that neither it nor Gymnasium knows."""
        ids = list(self.gymnasium.registry)
        if attribute in ids or any(id.rpartition("-v")[0] == attribute for id in ids):
            return
        classes = [
            name for name, thing in vars(loaded).items()
            if isinstance(thing, type) and hasattr(thing, "step") and hasattr(thing, "reset")
        ]
        close = difflib.get_close_matches(attribute, classes + ids, 1, 0.5)
        advice = f"did you mean '{close[0]}'?" if close else f"it has {', '.join(classes) or 'no environment'}"
        raise Problem(f"the module '{module}' has no '{attribute}'; {advice}")

    def describe(self):
        """The specification, as the C interface of a plugin writes it, and what there is to say of it."""
        world = self.make()
        self.worlds.append(world)
        observed, taken = self.spaces(world)
        self.observations, self.actions = Observations(observed), Actions(taken)
        specification = getattr(world, "spec", None)
        specification = getattr(specification, "config", specification)  # as EnvPool has it
        limit = getattr(specification, "max_episode_steps", None)
        horizon = self.settings["horizon"] or limit
        if not horizon:
            raise Problem("it has no time limit of its own; set environment.parameters.horizon")
        self.successes = {}
        ranges = self.settings["tasks"]
        lists_tasks = self.lists_tasks(world)
        self.observed = self.observed_task() if self.settings["observesTask"] else []
        return json.dumps(
            {
                "observation": self.observations.components
                + [{"name": name, "low": None, "high": None} for name in self.observed],
                "action": self.actions.description,
                "horizon": int(horizon),
                "startsVary": self.settings["startsVary"] and self.says(world, "starts_vary", True),
                "terminationIsSuccess": self.settings["terminationIsSuccess"]
                or self.says(world, "termination_is_success", False),
                "notes": self.observations.left_out + self.actions.left_out + self.notes(world),
                "isRegistered": self.is_registered,
                "hasTasks": bool(ranges) or lists_tasks or self.found(world, "sample_tasks") is not None,
                "listsTasks": lists_tasks,
                "hasShiftedTasks": any(not isinstance(values, list) for _, values in ranges)
                if ranges
                else self.draws_shifted(world),
            }
        )

    def content(self, _):
        """Tells whether the code is the same: asked of one worker, since reading all of it takes a while."""
        return code_digest(self.worlds[0])

    def observed_task(self):
        """The names of a task's numbers, which an oracle observes."""
        if self.lists_tasks(self.worlds[0]):
            tasks = [task for split in SPLITS[:3] for task in self.listed(split)]
        else:
            tasks = [json.loads(self.sample("0 0"))]
        names, *others = [[name for name, _ in task_numbers(task)] for task in tasks]
        if any(other != names for other in others):
            raise Problem("its tasks have different numbers, so environment.parameters.observesTask can't show them")
        if not names:
            raise Problem("its tasks have no numbers that environment.parameters.observesTask could show")
        return names

    def write(self, observation, row, task):
        """Writes what is seen, and behind it the task where an oracle is to see it."""
        place = self.arrays["observations"][row]
        own = len(place) - len(self.observed)
        self.observations.write(observation, place[:own] if self.observed else place, row)
        if self.observed:
            shown = task_numbers(task)
            if [name for name, _ in shown] != self.observed:
                raise Problem(f"a task has the numbers {[name for name, _ in shown]}, expected {self.observed}")
            place[own:] = [value for _, value in shown]

    def says(self, world, name, default):
        """What a world says of itself, by an attribute or in its metadata."""
        for layer in layers(world):
            metadata = getattr(layer, "metadata", None)
            written = metadata.get(name) if isinstance(metadata, dict) else None
            value = getattr(layer, name, written)
            if value is not None:
                return bool(value)
        return default

    def found(self, world, name):
        """A method of the world, or of the first one within that has it."""
        methods = (getattr(layer, name, None) for layer in layers(world))
        return next((method for method in methods if callable(method)), None)

    def map(self, argument):
        """Maps the memory and makes the worlds: `COUNT OBSERVATIONS ACTIONS PATH`."""
        count, width, action_width, path = argument.split(" ", 3)
        count, width, action_width = int(count), int(width), int(action_width)
        self.make_worlds(count)
        with open(path, "r+b") as file:
            memory = mmap.mmap(file.fileno(), 0)
        place, arrays = 0, {}
        for name, dtype, columns in (
            ("seeds", numpy.uint64, 1),
            ("indices", numpy.int32, 1),
            ("actions", numpy.float32, action_width),
            ("observations", numpy.float32, width),
            ("rewards", numpy.float32, 1),
            ("outcomes", numpy.uint8, 1),
        ):
            size = count * columns * numpy.dtype(dtype).itemsize
            arrays[name] = numpy.frombuffer(memory, dtype, count * columns, place).reshape(
                count, columns
            )
            place += (size + 63) // 64 * 64
        self.arrays = arrays
        return ""

    # Episodes

    def begin(self, world, seed, options):
        """Resets a world, whatever its reset takes and gives."""
        given = {"seed": seed, "options": options}
        while True:
            if options is not None and "options" not in self.reset_keywords:
                raise Problem("its reset takes no options; hand the task over by attribute or method")
            if "seed" not in self.reset_keywords and hasattr(world, "seed"):
                world.seed(seed)
            try:
                result = world.reset(**{name: given[name] for name in self.reset_keywords})
                break
            except TypeError as error:
                unknown = [name for name in self.reset_keywords if f"argument '{name}'" in str(error)]
                if not unknown or "unexpected keyword" not in str(error):
                    raise
                self.reset_keywords = tuple(n for n in self.reset_keywords if n not in unknown)
        is_pair = isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], dict)
        return result[0] if is_pair else result

    def reset(self, argument):
        count = int(argument)
        seeds = self.arrays["seeds"][:count, 0].tolist()
        for row, index in enumerate(self.arrays["indices"][:count, 0].tolist()):
            world = self.worlds[index]
            self.successes[index], self.tasks[index] = False, self.task
            try:
                seed = seeds[row] % 2**31
                seed_shared(seed)
                observation = self.begin(world, seed, self.set_task(world))
            except Problem:
                raise
            except (Exception, SystemExit) as error:
                raise Problem(told(error), row) from None
            self.write(observation, row, self.task)
        return ""

    def step(self, argument):
        count = int(argument)
        rewards, outcomes = [0.0] * count, [0] * count
        actions = self.actions.take_all(self.arrays["actions"][:count])
        for row, index in enumerate(self.arrays["indices"][:count, 0].tolist()):
            try:
                result = self.worlds[index].step(actions[row])
            except (Exception, SystemExit) as error:
                raise Problem(told(error), row) from None
            if not isinstance(result, tuple) or len(result) not in (4, 5):
                raise Problem(f"step gave {one_line(result)}, expected five values", row)
            observation, reward, ended, *cut, info = result
            info = info if isinstance(info, dict) else {}
            if not cut:  # as gym had it before its version 0.26
                cut = [info.get("TimeLimit.truncated", False)]
                ended = ended and not cut[0]
            self.write(observation, row, self.tasks[index])
            rewards[row] = self.number("reward", reward, row)
            outcomes[row] = self.success(index, info, row)
            if self.number("end of an episode", ended, row):
                outcomes[row] |= TERMINATED
            if self.number("end of an episode", cut[0], row):
                outcomes[row] |= TRUNCATED
        self.arrays["rewards"][:count, 0] = rewards
        self.arrays["outcomes"][:count, 0] = outcomes
        return ""

    def success(self, index, info, row):
        """What an episode says of its success: that of any of its steps so far, or of the last one."""
        said = next((info[key] for key in SUCCESS_KEYS if info.get(key) is not None), None)
        if said is None and not self.successes[index]:
            return 0
        if said is not None:
            now = self.number("success", said, row)
            if now != now:
                raise Problem("the success is nan, expected true or false", row)
            now = bool(now)
            is_ever = self.settings["success"] == "ever"
            self.successes[index] = now or (is_ever and self.successes[index])
        elif self.settings["success"] == "end":
            self.successes[index] = False
        return (SUCCESS_TOLD if said is not None else 0) | (SUCCEEDED if self.successes[index] else 0)

    @staticmethod
    def number(name, value, row):
        """The one number that a value is, in an array of one element maybe."""
        if type(value) in PLAIN_NUMBERS:
            return value
        try:
            flat = numpy.asarray(value).reshape(-1)
            if flat.size == 1 and flat.dtype.kind in "biuf":
                return flat[0]
        except (TypeError, ValueError):
            pass
        raise Problem(f"the {name} is {one_line(value)}, expected a number", row)


def main():
    worker, owner = None, os.getpid()
    for line in requests:
        command, _, argument = line.rstrip("\n").partition(" ")
        try:
            if command == "begin":
                settings = json.loads(argument)
                worker = (VectorWorker if settings["vector"] else Worker)(settings)
                text = worker.describe()
            else:
                text = getattr(worker, command)(argument)
            answer = f"ok {text}"
        except Problem as problem:
            answer = f"error {problem.row} {' '.join(str(problem).split())}"
        except BaseException as error:
            answer = f"error -1 {told(error)}"
        if os.getpid() != owner:
            os._exit(0)  # A copy that an environment has made of this process: the requests aren't its.
        answers.write(answer + "\n")

