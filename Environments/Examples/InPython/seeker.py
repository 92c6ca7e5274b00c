"""An agent that isn't Fledge's, in NumPy alone, measured by Fledge's protocol beside a run.

    fledge evaluate runs/nav2d-finn-1 --per-episode     # tells where it is stored
    python3 Environments/Examples/InPython/seeker.py runs/nav2d-finn-1/evaluations/NAME.json seeker.json
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
        self.rewards, self.places = [], []

    def act(self, observation):
        self.places.append(numpy.array(observation))
        if self.goal is None:
            step = self.direction + self.random.normal(size=2)
        else:
            step = 10 * (self.goal - self.places[-1]) + self.random.normal(size=2) / 4
        return numpy.clip(step, -1, 1)

    def observe(self, reward):
        self.rewards.append(reward)

    def end(self, observation, terminated):
        self.places.append(numpy.array(observation))

    def adapt(self):
        best = int(numpy.argmax(self.rewards))
        if self.rewards[best] > self.best_reward:
            # The reward is that of the place after the move.
            self.best_reward, self.goal = self.rewards[best], self.places[best + 1]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: seeker.py EVALUATION.json OUT.json")
    like, out = sys.argv[1:]
    found = fledge.evaluate(Seeker(), gymnasium.make("fledge/point-navigation"), like=like, training_steps=0)
    for count, mean, (low, high) in zip(found.counts, found.mean, found.ci95):
        print(f"after {count} episodes: {mean:.2f} [{low:.2f}, {high:.2f}]")
    found.write(out)
