"""Where tasks come from, and how worlds get them: the fourth part of the worker's program."""
import inspect
import json

SPLITS = ("train", "validation", "test", "shifted")


class Tasks:
    """What a worker answers about tasks."""

    def draws_shifted(self, world):
        """Whether tasks of its own outside of the training range can be asked for."""
        if self.lists_tasks(world) or not self.takes(world, "sample_tasks", "split"):
            return False
        try:
            self.sample("3 0")
            return True
        except Exception:
            return False

    @staticmethod
    def takes(world, method, name):
        """Whether a method takes a keyword, be it by passing all of them on to the world within."""
        for layer in layers(world):
            function = getattr(layer, method, None)
            if not callable(function):
                continue
            try:
                parameters = inspect.signature(function).parameters
            except (TypeError, ValueError):
                return False
            if name in parameters:
                return True
            if all(taken.kind != taken.VAR_KEYWORD for taken in parameters.values()):
                return False
        return False

    def sample(self, argument):
        """Draws a task: `SPLIT SEED`."""
        split, seed = (int(part) for part in argument.split())
        generator = numpy.random.default_rng(seed)
        ranges = self.settings["tasks"]
        if ranges:
            return json.dumps({name: self.value(values, split, generator) for name, values in ranges})
        world = self.worlds[0]
        sampler = self.found(world, "sample_tasks")
        if sampler is None:
            return "{}"
        seed %= 2**31
        try:
            self.begin(world, seed, None)
        except Exception:
            pass  # Some need a task first, others a reset before they draw one.
        Generators(self.drawer(world)).seed(seed)
        seed_shared(seed)
        keywords = {"split": SPLITS[split], "seed": seed}
        keywords = {n: v for n, v in keywords.items() if self.takes(world, "sample_tasks", n)}
        try:
            tasks = sampler(1, **keywords)
        except Exception as error:
            raise Problem(f"sample_tasks failed: {told(error)}") from None
        try:
            task = list(tasks)[0]
        except (TypeError, IndexError):
            raise Problem(f"sample_tasks gave {one_line(tasks)}, expected a list of one task") from None
        try:
            return json.dumps(self.plain(task), allow_nan=False)
        except Exception as error:
            raise Problem(
                f"sample_tasks gave no task that can be written as JSON: {told(error)}"
            ) from None

    def lists_tasks(self, world):
        """Whether there are the tasks that the world lists, and no others."""
        return not self.settings["tasks"] and self.found(world, "list_tasks") is not None

    def list(self, argument):
        """All tasks of a split: `SPLIT`."""
        return json.dumps(self.listed(SPLITS[int(argument)]))

    def listed(self, split):
        """The tasks that a world lists, and nothing else."""
        try:
            tasks = self.found(self.worlds[0], "list_tasks")(split)
        except Exception as error:
            raise Problem(f"list_tasks failed: {told(error)}") from None
        try:
            tasks = [self.plain(task) for task in tasks]
            texts = [json.dumps(task, allow_nan=False, sort_keys=True) for task in tasks]
        except Exception as error:
            raise Problem(f"list_tasks gave no list of tasks that can be written as JSON: {told(error)}") from None
        if not tasks:
            raise Problem(f"list_tasks gave no tasks for '{split}'")
        if len(set(texts)) < len(texts):
            raise Problem(f"list_tasks gave a task of '{split}' twice")
        return tasks

    def drawer(self, world):
        """Who draws tasks."""
        return world

    @staticmethod
    def value(values, split, generator):
        """A value of a list, or of a range: shifted as far outside, on either side, as half of it."""
        if isinstance(values, list):
            return values[int(generator.integers(len(values)))]
        low, high = values["low"], values["high"]
        value = generator.uniform(low, high)
        if SPLITS[split] == "shifted":
            reach = generator.uniform(0, (high - low) / 2)
            value = high + reach if generator.random() < 0.5 else low - reach
        return value

    def plain(self, value):
        if isinstance(value, dict):
            return {str(key): self.plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.plain(item) for item in value]
        if isinstance(value, numpy.ndarray):
            return value.tolist()
        return value.item() if isinstance(value, numpy.generic) else value

    def owner(self, world, name):
        """Who has the attribute: the innermost first, as a wrapper may only pass it on."""
        return next((layer for layer in reversed(layers(world)) if hasattr(layer, name)), None)

    def take(self, argument):
        """Sets the task of the episodes that are reset from now on."""
        task = json.loads(argument)
        world = self.worlds[0]
        if self.task_by == "attribute":
            if not isinstance(task, dict):
                raise Problem(f"a task has to give attributes their values, found {argument}")
            for name in task:
                if self.owner(world, name) is None:
                    raise Problem(f"it has no attribute '{name}' that a task could set")
        elif self.task_by == "method" and task != {} and not self.takes_tasks(world):
            advice = "; it is a vector environment, so set environment.parameters.vector=true"
            raise Problem("it has no method set_task" + (advice if hasattr(world, "num_envs") else ""))
        self.task = task
        return ""

    def takes_tasks(self, world):
        return self.found(world, "set_task") is not None

    def set_task(self, world):
        """Hands a world its task, and returns the options of its reset."""
        if self.task == {}:
            return None
        if self.task_by == "options":
            return self.task
        if self.task_by == "method":
            self.found(world, "set_task")(self.task)
        else:
            for name, value in self.task.items():
                setattr(self.owner(world, name), name, value)
        return None
