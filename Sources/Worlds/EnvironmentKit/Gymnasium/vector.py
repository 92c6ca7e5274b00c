"""Worlds that step together, in one `VectorEnv`: the last part of the worker's program."""


class VectorWorker(Worker):
    """One vector environment in the place of many worlds.

    It steps all of its worlds at once, so those whose episodes have ended go on with actions of zeros; and it resets
    all of them at once, so a reset of some ends the episodes of the others.
    """

    def make(self, count=1, **keywords):
        name = self.settings["id"]
        maker = self.own_maker(name)
        if maker is None and self.settings["horizon"]:
            keywords.setdefault("max_episode_steps", self.settings["horizon"])
        keywords = {**self.settings["keywords"], **keywords, "num_envs": count}
        world = self.gymnasium.make_vec(name, **keywords) if maker is None else maker(**keywords)
        if getattr(world, "num_envs", None) != count:
            worlds = "1 world" if count == 1 else f"{count} worlds"
            raise Problem(f"it made {one_line(world)}, expected a vector environment of {worlds}")
        return world

    def spaces(self, world):
        if hasattr(world, "single_observation_space"):
            return world.single_observation_space, world.single_action_space
        if not self.is_seeded_when_made(world):
            raise Problem("it has no single_observation_space, as a VectorEnv has")
        return super().spaces(world)  # EnvPool has the spaces of one world under these names.

    @staticmethod
    def is_seeded_when_made(world):
        """Whether it is one of EnvPool's, whose seeds are an argument of making them."""
        return "env_seed" in dir(getattr(getattr(world, "spec", None), "config", None))

    def notes(self, world):
        """What else there is to say of it; finds out how its worlds are seeded."""
        self.takes_seeds = self.is_seeded_when_made(world)
        # Where neither a list of seeds nor a single one will do before there is a task, a list is likelier.
        self.has_own_generators = True
        for seed in [] if self.takes_seeds else [[1], 1]:
            try:
                world.reset(seed=seed)
                self.has_own_generators = isinstance(seed, list)
                break
            except Exception:
                pass
        found = []
        if not self.has_own_generators:
            found.append("its worlds share one generator, so an episode depends on how many step beside it")
        if self.autoreset(world) not in ("NEXT_STEP", "SAME_STEP", "DISABLED"):
            found.append("its metadata doesn't tell its autoreset_mode, so NEXT_STEP is assumed")
        if hasattr(getattr(world, "unwrapped", world), "parent_pipes"):
            found.append("its worlds are in processes of their own, where no task reaches them")
        return found

    def make_worlds(self, count):
        self.count = count
        self.replace(self.make(count))
        self.seeds, self.tasks = [0] * count, [{}] * count
        # Whose episode was ended by a reset of others.
        self.interrupted = set()
        # Whether any of its steps has said so far whether it was one.
        self.says_success = False
        self.ages = dict.fromkeys(range(count), 0)
        self.has_ended = numpy.zeros(count, bool)

    def replace(self, world):
        """Takes a world in the place of the one before, whose threads or processes end."""
        try:
            self.worlds[0].close()
        except Exception:
            pass
        self.worlds = [world]

    def parts(self, world):
        """The worlds within, where it is made of such."""
        return list(getattr(getattr(world, "unwrapped", world), "envs", []))

    def found(self, world, name):
        method = super().found(world, name)
        parts = self.parts(world)
        return method or (super().found(parts[0], name) if parts else None)

    def takes(self, world, method, name):
        own = callable(getattr(world, method, None)) or not self.parts(world)
        return super().takes(world if own else self.parts(world)[0], method, name)

    def drawer(self, world):
        parts = self.parts(world)
        # As it would draw without the worlds beside it.
        return parts[0] if parts and super().found(world, "sample_tasks") is None else world

    def owner(self, world, name):
        parts = self.parts(world)
        return super().owner(world, name) or (super().owner(parts[0], name) if parts else None)

    def rendered(self, world):
        return self.worlds[0].render()[world]

    # Tasks

    def takes_tasks(self, world):
        return super().takes_tasks(world) or self.found(world, "set_tasks") is not None

    def the_task(self):
        """The task of all worlds."""
        if any(task != self.tasks[0] for task in self.tasks):
            raise Problem("its worlds can't have tasks of their own: it has no set_tasks")
        return self.tasks[0]

    def set_tasks(self, world):
        """Hands every world its task, and returns the options of the reset."""
        if all(task == {} for task in self.tasks):
            return None
        if self.task_by == "options":
            return self.the_task()
        all_at_once = super().found(world, "set_tasks")
        if all_at_once is not None:
            all_at_once(self.tasks)
        elif self.task_by == "method":
            one = super().found(world, "set_task")
            if one is not None:
                one(self.the_task())
            else:
                for part, task in zip(self.parts(world), self.tasks):
                    super().found(part, "set_task")(task)
        else:
            for name in self.tasks[0]:
                self.set_attribute(world, name, [task[name] for task in self.tasks])
        return None

    def set_attribute(self, world, name, values):
        own = super().owner(world, name)
        if own is not None:
            # Vector code takes an array with a value for each world where it takes a number.
            same = all(value == values[0] for value in values)
            setattr(own, name, values[0] if same else numpy.array(values))
            return
        for part, value in zip(self.parts(world), values):
            setattr(super().owner(part, name), name, value)

    # Episodes

    def begin_all(self):
        """Begins an episode in every world, by its seed, and gives the first observations."""
        if self.takes_seeds:
            # EnvPool seeds its worlds as it makes them.
            self.replace(self.make(self.count, env_seed=self.seeds))
        options = self.set_tasks(self.worlds[0])
        seed_shared(self.seeds[0])
        if self.takes_seeds:
            return self.worlds[0].reset()[0]
        # Where the worlds share a generator, the first one's seed is for all: another reset repeats it.
        seeds = list(self.seeds) if self.has_own_generators else self.seeds[0]
        return self.begin(self.worlds[0], seeds, options)

    def reset(self, argument):
        count = int(argument)
        seeds = self.arrays["seeds"][:count, 0].tolist()
        indices = self.arrays["indices"][:count, 0].tolist()
        for seed, index in zip(seeds, indices):
            self.seeds[index], self.tasks[index] = seed % 2**31, self.task
        # Those that nobody has reset yet need some task, too.
        self.tasks = [task or self.task for task in self.tasks]
        try:
            observations = self.begin_all()
        except Problem:
            raise
        except (Exception, SystemExit) as error:
            raise Problem(told(error)) from None
        self.interrupted |= {index for index, age in self.ages.items() if age > 0}
        self.interrupted -= set(indices)
        self.ages = dict.fromkeys(range(self.count), 0)
        self.successes = dict.fromkeys(range(self.count), False)
        self.has_ended[:] = False
        self.write_all(observations, indices)
        return ""

    def step(self, argument):
        count = int(argument)
        indices = self.arrays["indices"][:count, 0].tolist()
        for row, index in enumerate(indices):
            self.ages[index] += 1
            if index in self.interrupted:
                raise Problem("its worlds can only be reset together, which has ended this episode", row)
        world = self.worlds[0]
        rows = numpy.zeros((self.count, self.arrays["actions"].shape[1]), numpy.float32)
        rows[indices] = self.arrays["actions"][:count]
        try:
            if self.has_ended.any() and self.autoreset(world) == "DISABLED":
                world.reset(options={"reset_mask": self.has_ended.copy()})
                self.has_ended[:] = False
            result = world.step(self.joined(self.actions.take_all(rows)))
        except (Exception, SystemExit) as error:
            raise Problem(told(error)) from None
        if not isinstance(result, tuple) or len(result) != 5:
            raise Problem(f"step gave {one_line(result)}, expected five values")
        observations, rewards, terminated, truncated, info = result
        rewards = self.column("rewards", rewards)
        terminated, truncated = self.column("ends", terminated) != 0, self.column("ends", truncated) != 0
        ended = terminated | truncated
        outcomes = terminated * TERMINATED + truncated * TRUNCATED
        self.has_ended |= ended
        info = info if isinstance(info, dict) else {}
        final = info.get("final_obs", info.get("final_observation"))
        if self.autoreset(world) != "SAME_STEP":
            final = None
        last = info.get("final_info")
        last = last if isinstance(last, dict) and ended.any() else None
        self.write_all(observations, indices)
        if final is not None:
            for row, index in enumerate(indices):
                if ended[index]:
                    self.write(final[index], row, self.tasks[index])
        self.says_success |= any(key in told for told in (info, last or {}) for key in SUCCESS_KEYS)
        if self.says_success:
            told_of = self.told_of_success(info)
            told_last = told_of if last is None else self.told_of_success(last)
            for row, index in enumerate(indices):
                own = told_last[index] if ended[index] else told_of[index]
                outcomes[index] |= self.success(index, own, row)
        self.arrays["rewards"][:count, 0] = rewards[indices]
        self.arrays["outcomes"][:count, 0] = outcomes[indices]
        return ""

    @staticmethod
    def autoreset(world):
        return getattr((getattr(world, "metadata", None) or {}).get("autoreset_mode"), "name", None)

    def joined(self, actions):
        """The actions of all worlds as a vector environment takes them."""
        if kind(self.actions.space) in ("Dict", "Tuple"):
            utilities = self.gymnasium.vector.utils
            empty = utilities.create_empty_array(self.actions.space, self.count)
            return utilities.concatenate(self.actions.space, actions, empty)
        return numpy.array(actions)

    def write_all(self, observations, indices):
        """Writes what the worlds of the rows see."""
        if self.observations.is_plain:
            separate = numpy.asarray(observations)
        else:
            utilities = self.gymnasium.vector.utils
            try:
                space = utilities.batch_space(self.observations.space, self.count)
                separate = numpy.array(list(utilities.iterate(space, observations)), object)
            except Exception:
                separate = numpy.array(None)
        if separate.ndim == 0 or len(separate) != self.count:
            raise Problem(f"its observations are {one_line(observations)}, expected {self.count}")
        places = self.arrays["observations"]
        if separate.shape[1:] == places.shape[1:] and separate.dtype.kind in "fiub" and not self.observed:
            places[: len(indices)] = separate[indices]  # the usual case, all at once
            return
        for row, index in enumerate(indices):
            self.write(separate[index], row, self.tasks[index])

    def column(self, name, values):
        """Numbers, one for each world."""
        flat = numpy.asarray(values).reshape(-1)
        if len(flat) != self.count or flat.dtype.kind not in "biuf":
            raise Problem(f"the {name} are {one_line(values)}, expected {self.count} numbers")
        return flat

    def told_of_success(self, info):
        """What each world's step says of success, from arrays with a value for each, and which of them said it."""
        found = [{} for _ in range(self.count)]
        for key in SUCCESS_KEYS:
            if key not in info:
                continue
            values = numpy.asarray(info[key]).reshape(-1)
            told_by = numpy.asarray(info.get("_" + key, [True] * self.count)).reshape(-1)
            if len(values) != self.count or len(told_by) != self.count:
                raise Problem(f"the {key} in its infos is {one_line(info[key])}, expected {self.count} values")
            for index in numpy.flatnonzero(told_by):
                found[index][key] = values[index]
        return found


main()
