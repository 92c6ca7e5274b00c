"""An environment as gym, Gymnasium's predecessor, had them: spaces of its own, `seed`, and four values a step."""
import random

import numpy


class Box:
    def __init__(self, low, high):
        self.low, self.high = numpy.float32(low), numpy.float32(high)
        self.shape, self.dtype = self.low.shape, numpy.dtype(numpy.float32)


class Walk:
    observation_space = Box([-9, -9], [9, 9])
    action_space = Box([-2], [2])
    goal = 0.0

    def seed(self, seed=None):
        self.random = random.Random(seed)

    def observe(self):
        return numpy.array([self.place, 1], numpy.float32)

    def reset(self):
        self.place, self.age = self.random.uniform(-0.1, 0.1), 0
        return self.observe()

    def step(self, action):
        assert -2 <= action[0] <= 2
        self.place, self.age = self.place + 0.1 * float(action[0]), self.age + 1
        is_over = self.age == 7
        return self.observe(), -abs(self.place - self.goal), is_over, {"TimeLimit.truncated": is_over}
