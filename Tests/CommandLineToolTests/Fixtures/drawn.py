"""An environment that draws itself in one colour for each time step, and what may be wrong with such a one."""
import gymnasium
import numpy
from gymnasium import spaces


class Drawn(gymnasium.Env):
    metadata = {"render_modes": ["rgb_array"]}
    observation_space = spaces.Box(-numpy.inf, numpy.inf, (2,), numpy.float32)
    action_space = spaces.Box(-1.0, 1.0, (1,), numpy.float32)
    goal = 0.0

    def __init__(self, fault="", render_mode=None):
        self.fault, self.render_mode = fault, render_mode
        if fault == "make" and render_mode is not None:
            raise RuntimeError("no display")

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place, self.age = 0.0, 0
        return numpy.array([self.place, 1], numpy.float32), {}

    def step(self, action):
        self.age += 1
        self.place += 0.1 * float(numpy.clip(action[0], -1, 1))
        return numpy.array([self.place, 1], numpy.float32), -abs(self.place - self.goal), False, False, {}

    def render(self):
        assert self.render_mode == "rgb_array", "training has no need of pictures"
        if self.fault == "render":
            raise RuntimeError("no display")
        if self.fault == "none":
            return None
        picture = numpy.empty((40, 60, 3), numpy.uint8)
        picture[:] = (250 - 20 * self.age, 10 * self.age, 100)
        if self.fault == "size" and self.age > 2:
            return picture[:20]
        return picture / 255 if self.fault == "kind" else picture


class Unseen(Drawn):
    metadata = {"render_modes": ["human", "ansi"]}
