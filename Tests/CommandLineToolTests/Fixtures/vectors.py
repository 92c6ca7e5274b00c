"""Vector environments of several kinds: many walks on a line, stepped at once."""
import gymnasium
import numpy
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, SyncVectorEnv, VectorEnv

from kinds import Line


class Lines(VectorEnv):
    """In arrays: each walk has a generator of its own, and a goal."""

    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP}

    def __init__(self, num_envs, **_):
        self.num_envs = num_envs
        self.single_observation_space = spaces.Box(-numpy.inf, numpy.inf, (2,))
        self.single_action_space = spaces.Box(-1.0, 1.0, (1,))
        self.goals = numpy.zeros(num_envs)
        self.goal = 0.0
        self.ended = numpy.zeros(num_envs, bool)

    def sample_tasks(self, count, split="train"):
        generator = numpy.random.default_rng(numpy.random.randint(2**31))
        shift = {"shifted": 5}.get(split, 0)
        return [{"goal": shift + generator.uniform(-1, 1)} for _ in range(count)]

    def set_tasks(self, tasks):
        assert len(tasks) == self.num_envs
        self.goals = numpy.array([task["goal"] for task in tasks])

    set_task = None

    def start(self, which):
        self.places[which] = [g.uniform(-0.1, 0.1) for g, is_one in zip(self.generators, which) if is_one]

    def reset(self, *, seed=None, options=None):
        self.generators = [numpy.random.default_rng(one) for one in seed]
        self.places = numpy.zeros(self.num_envs)
        self.start(numpy.ones(self.num_envs, bool))
        self.ended[:] = False
        return self.observe(), {}

    def observe(self):
        return numpy.stack([self.places, numpy.ones(self.num_envs)], 1).astype(numpy.float32)

    def step(self, actions):
        assert actions.shape == (self.num_envs, 1) and (abs(actions) <= 1).all()
        begun = self.ended
        self.places = self.places + 0.1 * actions[:, 0]
        self.start(begun)
        self.ended = ~begun & (abs(self.places) > 0.3)
        rewards = -abs(self.places - self.goals - self.goal)
        success = abs(self.places - self.goals) < 0.1
        return self.observe(), rewards, self.ended, numpy.zeros(self.num_envs, bool), {"success": success}


class Odd(Lines):
    """Gives no observations, or a success that isn't each world's."""

    def __init__(self, num_envs, observes=True, tells=None):
        super().__init__(num_envs)
        self.observes, self.tells = observes, tells

    def step(self, actions):
        observations, *rest, _ = super().step(actions)
        return observations if self.observes else None, *rest, {"success": self.tells} if self.tells else None


class Failing(Lines):
    def sample_tasks(self, count):
        return [{}["goal"]]


class Shared(Lines):
    """One generator for all walks, and a goal that is an attribute."""

    set_tasks = sample_tasks = None

    def reset(self, *, seed=None, options=None):
        if not isinstance(seed, int):
            raise TypeError(f"expected an int, found {seed}")
        return super().reset(seed=numpy.random.default_rng(seed).integers(2**31, size=self.num_envs))


class Ending(Line):
    """A walk alone that ends at 0.3, and draws its tasks."""

    def sample_tasks(self, count):
        return [{"goal": self.np_random.uniform(-1, 1)} for _ in range(count)]

    def set_task(self, task):
        self.goal = task["goal"]

    def step(self, action):
        observation, reward, _, _, info = super().step(action)
        return observation, reward, abs(self.place) > 0.3, False, info


def synchronous(num_envs, mode="NextStep"):
    return SyncVectorEnv([Ending] * num_envs, autoreset_mode=AutoresetMode(mode))


def wrong(num_envs):
    return Ending()


class Nested(gymnasium.Env):
    observation_space = spaces.Dict({"a": spaces.Box(-1.0, 1.0, (2,)), "b": spaces.Discrete(3)})
    action_space = spaces.Dict({"push": spaces.Box(-2.0, 2.0, (1,)), "turn": spaces.Box(-1.0, 1.0, (2,))})

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return {"a": self.np_random.uniform(-1, 1, 2).astype(numpy.float32), "b": 1}, {}

    def step(self, action):
        pushed = float(action["push"][0])
        return {"a": action["turn"], "b": 2}, pushed, False, False, {}


def nested(num_envs):
    return SyncVectorEnv([Nested] * num_envs)


class Drawn(Ending):
    metadata = {"render_modes": ["rgb_array"]}

    def __init__(self, render_mode=None):
        self.render_mode = render_mode

    def render(self):
        return numpy.full((20, 30, 3), 90, numpy.uint8)


gymnasium.register("Drawn-v0", entry_point=Drawn, max_episode_steps=10)
gymnasium.register("Lines-v0", vector_entry_point=Lines, max_episode_steps=10)
