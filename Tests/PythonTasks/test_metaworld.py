"""The tasks of fledge_tasks.metaworld, beside Meta-World's own.

    python3 -m venv metaworld && metaworld/bin/pip install 'Environments/Python[metaworld]'
    PYTHONPATH=Environments/Python metaworld/bin/python -m unittest discover Tests/PythonTasks

Finding the goals of ML10 takes about a minute the first time.
"""
import importlib.util
import os
import tempfile
import unittest

HAS_METAWORLD = bool(importlib.util.find_spec("metaworld"))
if HAS_METAWORLD:
    import metaworld
    import numpy
    from fledge_tasks.metaworld import ML1, ML10, ML45


def named(tasks):
    return {(task["kind"], tuple(task["goal"])) for task in tasks}


@unittest.skipUnless(HAS_METAWORLD, "metaworld is not installed")
class MetaWorldTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cache = tempfile.TemporaryDirectory()
        cls.before = os.environ.get("XDG_CACHE_HOME")
        os.environ["XDG_CACHE_HOME"] = cls.cache.name

    @classmethod
    def tearDownClass(cls):
        if cls.before is None:
            del os.environ["XDG_CACHE_HOME"]
        else:
            os.environ["XDG_CACHE_HOME"] = cls.before
        cls.cache.cleanup()

    def test_goals_of_one_kind_are_fifty_and_fifty_others(self):
        for kind in ("reach-v3", "push-v3"):
            environment = ML1(kind)
            train, test = (named(environment.list_tasks(split)) for split in ("train", "test"))
            self.assertEqual((len(train), len(test), train & test), (50, 50, set()))
            self.assertEqual({kind for kind, _ in train | test}, {kind})

    def test_kinds_of_ml10_are_ten_and_five_others(self):
        environment = ML10()
        train, test = (named(environment.list_tasks(split)) for split in ("train", "test"))
        self.assertEqual((len(train), len(test), train & test), (500, 250, set()))
        kinds = [{kind for kind, _ in tasks} for tasks in (train, test)]
        self.assertEqual((len(kinds[0]), len(kinds[1]), kinds[0] & kinds[1]), (10, 5, set()))

    def test_kinds_of_ml45_are_45_and_five_others(self):
        kinds = [set(ML45().kinds(split)) for split in ("train", "test")]
        self.assertEqual((len(kinds[0]), len(kinds[1]), kinds[0] & kinds[1]), (45, 5, set()))

    def test_a_world_is_meta_worlds_own(self):
        own = metaworld.ML1("reach-v3", seed=42)
        for tasks, split in ((own.train_tasks, "train"), (own.test_tasks, "test")):
            world, environment = own.train_classes["reach-v3"](), ML1("reach-v3")
            world.set_task(tasks[3])
            environment.set_task(environment.list_tasks(split)[3])
            numpy.testing.assert_array_equal(environment.reset(seed=1)[0], world.reset()[0])
            for step in range(80):
                action = numpy.sin(numpy.arange(4) + step / 10).astype(numpy.float32)
                observation, reward, *_, info = environment.step(action)
                expected, plain, *_, told = world.step(action)
                numpy.testing.assert_array_equal(observation, expected)
                self.assertEqual((reward, info["success"]), (plain, told["success"]))
            self.assertTrue((observation[36:] == 0).all(), "the goal is observed")

    def test_goals_are_kept_and_damage_to_them_is_mended(self):
        environment = ML1("reach-v3", seed=7)
        tasks = environment.list_tasks("train")
        (file,) = [
            os.path.join(folder, name)
            for folder, _, names in os.walk(self.cache.name) for name in names if "-7" in name
        ]
        for text in ("", "{", "{}", "[]", None):
            if text is None:
                os.remove(file)
            else:
                with open(file, "w") as stream:
                    stream.write(text)
            self.assertEqual(ML1("reach-v3", seed=7).list_tasks("train"), tasks)
        self.assertNotEqual(ML1("reach-v3", seed=8).list_tasks("train"), tasks)

    def test_a_kind_is_observed_where_that_is_asked_for(self):
        environment = ML10(one_hot=True)
        task = environment.list_tasks("train")[60]
        environment.set_task(task)
        observation, _ = environment.reset(seed=1)
        self.assertEqual(observation.shape, environment.observation_space.shape)
        self.assertEqual(sorted(observation[39:])[-2:], [0, 1])

    def test_a_kind_that_there_is_not(self):
        with self.assertRaisesRegex(ValueError, "Meta-World has no 'reach-v9'"):
            ML1("reach-v9")


if __name__ == "__main__":
    unittest.main()
