"""Points that walk on a line; the first is broken in the way that WALK_FAULT names, late."""
import os
import signal
import subprocess
import sys
import time

import gymnasium
import numpy


class Walk(gymnasium.Env):
    observation_space = gymnasium.spaces.Box(-numpy.inf, numpy.inf, (2,), numpy.float32)
    action_space = gymnasium.spaces.Box(-1.0, 1.0, (1,), numpy.float32)
    goal = 0.0
    steps = 0

    def __init__(self):
        print("Hello from an environment that prints.")
        self.fault = os.environ.get("WALK_FAULT")

    def observe(self):
        return numpy.array([self.place, 1], numpy.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place = self.np_random.uniform(-0.1, 0.1)
        return self.observe(), {}

    def step(self, action):
        Walk.steps += 1
        self.place += 0.1 * float(action[0])
        observation = self.observe()
        if Walk.steps > 900:
            if self.fault == "hang":
                time.sleep(1000)
            elif self.fault == "exit":
                subprocess.Popen(["sleep", "1000"])
                sys.stderr.write("the license has expired\n")
                os._exit(3)
            elif self.fault == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            elif self.fault == "raise":
                raise ValueError("no such\nplace")
            elif self.fault == "length":
                observation = numpy.zeros(3, numpy.float32)
            elif self.fault == "nan":
                observation[0] = numpy.nan
        return observation, -abs(self.place - self.goal), False, False, {}


class Helped(Walk):
    """One that starts processes, with all of its open files, and forgets them."""

    def __init__(self):
        super().__init__()
        subprocess.Popen(["sleep", "1000"], close_fds=False)
        if os.fork() == 0:
            time.sleep(1000)
            os._exit(0)


class Reach(Walk):
    """A sound one that draws its own tasks and takes them by a method."""

    def sample_tasks(self, count):
        return [{"place": self.np_random.uniform(-1, 1)} for _ in range(count)]

    def set_task(self, task):
        self.goal = task["place"]


class Ask(Walk):
    """A sound one that takes its task with the options of a reset."""

    def reset(self, *, seed=None, options=None):
        self.goal = options["place"]
        return super().reset(seed=seed)
