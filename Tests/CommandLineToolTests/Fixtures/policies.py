"""Policies in Python: `policies.py FOLDER EPISODES ADAPTED OUT` adapts to episodes, and does all that a policy does."""
import copy
import json
import sys
import unittest

import fledge
import numpy

FOLDER, EPISODES, OUT = sys.argv[1:4]
lines = [json.loads(line) for line in open(EPISODES)]

policy = fledge.load(FOLDER, seed=1)
policy.adapt(lines)
policy.save(OUT)


class Tests(unittest.TestCase):
    def setUp(self):
        self.policy = fledge.load(FOLDER, seed=1)
        self.zeros = numpy.zeros(self.policy.observation_width)

    def episode(self, mode="explore", steps=5):
        actions = []
        self.policy.begin(mode)
        for step in range(steps):
            actions.append(self.policy.act(self.zeros + step))
            self.policy.observe(-step)
        self.policy.end(self.zeros, terminated=True)
        return numpy.array(actions)

    def test_the_same_seed_gives_the_same_actions(self):
        first = self.episode()
        self.policy = fledge.load(FOLDER, seed=1)
        numpy.testing.assert_array_equal(first, self.episode())
        self.assertFalse((first == self.episode()).all())
        self.assertEqual(self.policy.kept_episodes, 2)

    def test_adapting_changes_the_policy_until_it_forgets(self):
        before = self.episode("likeliest")
        self.episode()
        self.policy.adapt()
        self.assertEqual(self.policy.kept_episodes, 0)
        self.assertFalse((before == self.episode("likeliest")).all())
        self.policy.forget()
        numpy.testing.assert_array_equal(before, self.episode("likeliest"))

    def test_predict_is_what_acting_does(self):
        action, state = self.policy.predict(self.zeros, deterministic=True)
        self.assertIsNone(state)
        batch, _ = self.policy.predict([self.zeros, self.zeros], deterministic=True)
        numpy.testing.assert_array_equal(batch, [action, action])
        drawn, _ = self.policy.predict(self.zeros)
        self.assertFalse((drawn == action).all())
        # An episode of one's own ends what predict has begun.
        self.episode()

    def test_columns_may_be_attributes_and_actions_what_was_drawn(self):
        class Episode:
            observations, rewards = lines[0]["observations"], lines[0]["rewards"]
            drawnActions, terminations = lines[0]["actions"], lines[0]["terminations"]

        self.policy.adapt([Episode] * 30)

    def test_predict_leaves_nothing_behind(self):
        self.policy.predict(self.zeros)
        self.policy.adapt([lines[0]])
        self.policy.predict(self.zeros)
        self.policy.make_room(3, 10)
        self.policy.predict(self.zeros)
        self.policy.end(self.zeros)
        self.policy.begin()

    def test_episodes_are_taken_all_or_none(self):
        bad = {**lines[1], "rewards": [float("inf")] * 10}
        with self.assertRaises(fledge.FledgeError):
            self.policy.adapt([lines[0], bad])
        self.assertEqual(self.policy.kept_episodes, 0)
        with self.assertRaises(fledge.FledgeError):
            copy.copy(self.policy)

    def test_an_episode_can_be_dropped(self):
        self.policy.begin()
        self.policy.act(self.zeros)
        self.policy.end(None)
        self.assertEqual(self.policy.kept_episodes, 0)
        self.policy.begin()

    def test_wrong_use_is_told(self):
        episode = lines[0]
        for part, wrong in [
            ("begin one before acting", lambda: self.policy.act(self.zeros)),
            ("has 1 numbers, expected 2", lambda: self.policy.act([0])),
            ("the observation are no numbers", lambda: self.policy.act(["x", None])),
            ("expected one of explore, draw, likeliest", lambda: self.policy.begin("often")),
            ("no episode is kept", lambda: self.policy.adapt()),
            ("no episode is kept", lambda: self.policy.adapt([])),
            ("steps is 0", lambda: self.policy.adapt([episode], steps=0)),
            ("episode 0 has no rewards", lambda: self.policy.adapt([{}])),
            ("expected (11, 2)", lambda: self.policy.adapt([{**episode, "observations": [[0, 0]]}])),
            ("no terminations", lambda: self.policy.adapt([{**episode, "terminations": None}])),
            ("goes on after", lambda: self.policy.adapt([{**episode, "terminations": [True] * 10}])),
            ("no folder of fledge export", lambda: fledge.load("nowhere")),
            ("expected a list of episodes", lambda: self.policy.adapt(episode)),
            ("cannot", lambda: self.policy.save("/dev/null/x")),
        ]:
            with self.assertRaises(fledge.FledgeError) as caught:
                wrong()
            self.assertIn(part, str(caught.exception))


unittest.main(argv=sys.argv[:1])
