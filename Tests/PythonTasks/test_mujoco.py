"""The tasks of fledge_tasks.mujoco, beside what Gymnasium's own environments give.

    python3 -m venv mujoco && mujoco/bin/pip install 'Environments/Python[mujoco]'
    PYTHONPATH=Environments/Python mujoco/bin/python -m unittest discover Tests/PythonTasks
"""
import importlib.util
import math
import unittest
import warnings

HAS_MUJOCO = bool(importlib.util.find_spec("gymnasium") and importlib.util.find_spec("mujoco"))
if HAS_MUJOCO:
    import gymnasium
    import numpy
    from fledge_tasks.mujoco import DYNAMICS, Ant, HalfCheetah, HalfCheetahs, Hopper, Walker

STEPS = 60


@unittest.skipUnless(HAS_MUJOCO, "gymnasium[mujoco] is not installed")
class MuJoCoTests(unittest.TestCase):
    def setUp(self):
        warnings.simplefilter("ignore")  # Version 4 is said to be out of date.

    def actions(self, environment, *shape):
        generator = numpy.random.default_rng(1)
        return generator.uniform(-1, 1, (STEPS, *shape, *environment.action_space.shape)).astype(numpy.float32)

    def test_rewards_are_the_environments_but_for_what_moving_pays(self):
        pays = {
            "velocity": lambda task, info: -abs(info["x_velocity"] - task["velocity"]),
            "direction": lambda task, info: task["direction"] * info["x_velocity"],
            "heading": lambda task, info: info["x_velocity"] * math.cos(task["heading"])
            + info["y_velocity"] * math.sin(task["heading"]),
        }
        for version in (4, 5):
            for body in (HalfCheetah, Ant, Walker, Hopper):
                for family in body.families:
                    if family == "dynamics":
                        continue
                    with self.subTest(body=body.name, version=version, family=family):
                        ours, theirs = body(family, version), gymnasium.make(f"{body.name}-v{version}").unwrapped
                        task = ours.sample_tasks(1, seed=3)[0]
                        ours.set_task(task)
                        numpy.testing.assert_array_equal(ours.reset(seed=5)[0], theirs.reset(seed=5)[0])
                        for action in self.actions(ours):
                            observation, reward, terminated, _, info = ours.step(action)
                            expected, plain, ended, _, told = theirs.step(action)
                            numpy.testing.assert_array_equal(observation, expected)
                            paid = plain - told["x_velocity"] + pays[family](task, told)
                            self.assertAlmostEqual(reward, paid, 9)
                            self.assertEqual(terminated, ended)

    def test_dynamics_change_the_body_by_factors(self):
        for body in (HalfCheetah, Ant, Walker, Hopper):
            environment = body("dynamics")
            before = {name: getattr(environment.body.model, field).copy() for name, (field, _) in DYNAMICS.items()}
            task = environment.sample_tasks(1, seed=1)[0]
            for _ in range(2):  # Factors are on what the body was like at first.
                environment.set_task(task)
            for name, (field, base) in DYNAMICS.items():
                factors = numpy.array(task[name])
                self.assertTrue((factors <= base**3).all() and (factors >= base**-3).all())
                numpy.testing.assert_array_equal(getattr(environment.body.model, field), before[name] * factors)

    def test_side_by_side_they_are_the_same_bit_for_bit(self):
        for family in HalfCheetah.families:
            for keywords in ({"version": 4}, {"frame_skip": 1, "ctrl_cost_weight": 0.05}):
                many = HalfCheetahs(family, 3, **keywords)
                each = [HalfCheetah(family, **keywords) for _ in range(3)]
                tasks = many.sample_tasks(3, seed=4)
                many.set_tasks(tasks)
                for one, task in zip(each, tasks):
                    one.set_task(task)
                seen, _ = many.reset(seed=[5, 6, 7])
                for row, one in enumerate(each):
                    numpy.testing.assert_array_equal(seen[row], one.reset(seed=5 + row)[0])
                for actions in self.actions(each[0], 3):
                    seen, rewards, *_ = many.step(actions)
                    for row, one in enumerate(each):
                        observation, reward, *_ = one.step(actions[row])
                        numpy.testing.assert_array_equal(seen[row], observation)
                        self.assertEqual(rewards[row], reward)

    def test_a_step_takes_as_long_as_asked(self):
        self.assertAlmostEqual(HalfCheetah("velocity", frame_skip=1).body.dt, 0.01)
        self.assertAlmostEqual(HalfCheetah("velocity", 4, frame_skip=1).body.dt, 0.01)

    def test_splits_and_seeds(self):
        environment = HalfCheetah("velocity")
        draws = environment.sample_tasks(200, seed=1)
        self.assertEqual(draws, environment.sample_tasks(200, seed=1))
        self.assertTrue(all(0 <= task["velocity"] <= 2 for task in draws))
        shifted = environment.sample_tasks(200, "shifted", seed=1)
        self.assertTrue(all(2 <= task["velocity"] <= 3 for task in shifted))
        for name, factors in HalfCheetah("dynamics").sample_tasks(1, "shifted", seed=1)[0].items():
            powers = numpy.abs(numpy.log(factors) / math.log(DYNAMICS[name][1]))
            self.assertTrue(((powers > 3 - 1e-9) & (powers < 4.5 + 1e-9)).all(), name)
        self.assertEqual({task["direction"] for task in HalfCheetah("direction").sample_tasks(50, seed=1)}, {-1, 1})
        starts, _ = HalfCheetahs("velocity", 2).reset(seed=3)
        self.assertTrue((starts[0] != starts[1]).any())

    def test_what_cannot_be_is_told(self):
        for keywords, message in (
            ({"family": "heading"}, "no tasks of 'heading'; expected velocity"),
            ({"family": "velocity", "version": 3}, "version is 3, expected 4 or 5"),
            ({"family": "velocity", "frame_skip": 0}, "frame_skip is 0"),
            ({"family": "velocity", "frame_skip": "two"}, "frame_skip is two"),
            ({"family": "velocity", "fastest": -1}, "fastest is -1"),
        ):
            with self.assertRaisesRegex(ValueError, message):
                HalfCheetah(**keywords)
        with self.assertRaisesRegex(ValueError, "no shifted tasks of 'direction'"):
            HalfCheetah("direction").sample_tasks(1, "shifted")


if __name__ == "__main__":
    unittest.main()
