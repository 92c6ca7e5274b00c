"""Gymnasium's own checks of every environment that the Python package offers."""
import warnings

import fledge_environments
import gymnasium
import numpy
from gymnasium.utils.env_checker import check_env

ids = fledge_environments.register()
assert len(ids) == 8, ids
for id in ids:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_env(gymnasium.make(id).unwrapped)

# The same seed gives the same episodes on any number of threads, each with its own task.
one = fledge_environments.FledgeVectorEnv("hopper", 5, threads=1)
two = fledge_environments.FledgeVectorEnv("hopper", 5, threads=2)
first, info = one.reset(seed=1)
assert (first == two.reset(seed=1)[0]).all()
assert len({str(task) for task in info["task"]}) == 5
random = numpy.random.default_rng(0)
for _ in range(300):
    actions = random.uniform(-1, 1, (5, one.single_action_space.shape[0]))
    results = one.step(actions), two.step(actions)
    assert all((a == b).all() for a, b in zip(results[0][:4], results[1][:4]))
    if results[0][2].any() or results[0][3].any():
        ended = results[0][2] | results[0][3]
        again = one.step(actions), two.step(actions)
        assert (again[0][1][ended] == 0).all() and (again[0][4]["_task"] == ended).all()
        assert (again[0][0] == again[1][0]).all()

# A vector's worlds are those of single environments.
single = gymnasium.make("fledge/half-cheetah", parameters={"task": "direction"}).unwrapped
tasks = single.sample_tasks(8, split="test", seed=3)
assert tasks[:2] == single.sample_tasks(2, split="test", seed=3)
assert {task["direction"] for task in tasks} == {-1, 1}
returns = []
for task in tasks[:4]:
    single.reset(seed=5, options={"task": task})
    returns.append(sum(single.step(numpy.ones(6))[1] for _ in range(20)))
assert len(set(returns)) == len({str(task) for task in tasks[:4]})
for call, expected in (
    (lambda: single.reset(options={"task": {"direction": "up"}}), "direction"),
    (lambda: single.step(numpy.ones(5)), "5 numbers, expected 6"),
    (lambda: single.sample_tasks(1, split="tests"), "tests"),
    (lambda: fledge_environments.FledgeEnv("cheetah"), "half-cheetah"),
):
    try:
        call()
    except fledge_environments.FledgeError as error:
        assert expected in str(error), error
    else:
        raise AssertionError(expected)
print("all is well")
