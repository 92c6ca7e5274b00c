"""An agent that isn't Fledge's, in NumPy alone, measured by Fledge's protocol beside a run.

    fledge evaluate runs/nav2d-finn-1 --per-episode
    python3 Environments/Examples/InPython/seeker.py runs/nav2d-finn-1/evaluations/*-per-episode-*.json seeker.json
    fledge compare runs/nav2d-finn-1 seeker.json --per-episode

The agent wanders off in the first episode of a task; from then on it goes to where the reward was best so far, and looks about
there.
"""
import sys

import fledge
import fledge_environments  # noqa: F401  registers Fledge's environments
import gymnasium
import numpy


class Seeker:
    def __init__(self, seed=1):
        self.random = numpy.random.default_rng(seed)
        self.forget()

    def forget(self):
        """Another task begins."""
        self.best_reward, self.goal = -numpy.inf, None

    def begin(self):
        self.direction = self.random.normal(size=2)
        self.visited = []

    def act(self, observation):
        self.place = numpy.array(observation)
        if self.goal is None:
            step = self.direction + self.random.normal(size=2)
        else:
            step = 10 * (self.goal - self.place) + self.random.normal(size=2) / 4
        return numpy.clip(step, -1, 1)

    def observe(self, reward):
        self.visited.append((reward, self.place))

    def adapt(self):
        reward, place = max(self.visited, key=lambda visit: visit[0])
        if reward > self.best_reward:
            self.best_reward, self.goal = reward, place


if __name__ == "__main__":
    like, out = sys.argv[1:]
    found = fledge.evaluate(Seeker(), gymnasium.make("fledge/point-navigation"), like=like, training_steps=0)
    for count, mean, (low, high) in zip(found.counts, found.mean, found.ci95):
        print(f"after {count} episodes: {mean:.2f} [{low:.2f}, {high:.2f}]")
    found.write(out)
