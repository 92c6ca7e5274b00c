"""Gymnasium's own checks of every environment that the Python package offers."""
import copy
import gc
import os
import pickle
import tempfile
import threading
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
for step in range(300):
    # Now by threads, and now by one, as steps of more or less work would be.
    fledge_environments.vector.HANDING_OVER = step % 3
    actions = random.uniform(-1, 1, (5, one.single_action_space.shape[0]))
    results = one.step(actions), two.step(actions)
    assert all((a == b).all() for a, b in zip(results[0][:4], results[1][:4]))
    if results[0][2].any() or results[0][3].any():
        ended = results[0][2] | results[0][3]
        again = one.step(actions), two.step(actions)
        assert (again[0][1][ended] == 0).all() and (again[0][4]["_task"] == ended).all()
        assert (again[0][0] == again[1][0]).all()

# Its threads end with it.
alive = threading.active_count()
forgotten = fledge_environments.FledgeVectorEnv("hopper", 4, threads=3)
forgotten.reset(seed=1)
ends = [helper._thread for helper in forgotten._helpers]
assert threading.active_count() == alive + 2
del forgotten
gc.collect()
for thread in ends:
    thread.join(60)
assert threading.active_count() == alive

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
    (lambda: one.step(numpy.ones(5)), "the shape (5,), expected (5, 3)"),
    (lambda: one.step(numpy.ones((3, 5))), "the shape (3, 5), expected (5, 3)"),
    (lambda: one.step("push"), "no numbers"),
    (lambda: fledge_environments.FledgeEnv("hopper", render_mode="human"), "expected None or 'rgb_array'"),
    (lambda: single.sample_tasks(1, split="tests"), "tests"),
    (lambda: fledge_environments.FledgeEnv("cheetah"), "half-cheetah"),
):
    try:
        call()
    except fledge_environments.FledgeError as error:
        assert expected in str(error), error
    else:
        raise AssertionError(expected)

# Pictures, all of one size, in which something is seen that moves.
for id in ids:
    shown = gymnasium.make(id, render_mode="rgb_array")
    shown.reset(seed=1)
    frames = [shown.render()]
    for _ in range(5):
        shown.step(shown.action_space.sample())
        frames.append(shown.render())
    assert all(frame.shape == frames[0].shape and frame.dtype == numpy.uint8 for frame in frames)
    assert frames[0].ndim == 3 and frames[0].min() < 200, id
    assert any((frame != frames[0]).any() for frame in frames), id
assert gymnasium.make("fledge/hopper").render_mode is None

# The time limit is told, whatever the parameters.
assert gymnasium.make("fledge/hopper").spec.max_episode_steps == 200
assert gymnasium.make("fledge/hopper", parameters={"horizon": 7}).spec.max_episode_steps == 7
assert gymnasium.make("fledge/hopper", max_episode_steps=5).spec.max_episode_steps == 5
assert gymnasium.make_vec("fledge/hopper", num_envs=2).spec.max_episode_steps == 200

# What is copied, or pickled and read back, goes on with the same task and random numbers.
single.set_task(tasks[1])
single.reset(seed=9)
for again in (pickle.loads(pickle.dumps(single)), copy.deepcopy(single)):
    twin = copy.deepcopy(single)
    (first, info), (second, other) = again.reset(), twin.reset()
    assert (first == second).all() and info["task"] == other["task"] == tasks[1]
pickle.loads(pickle.dumps(gymnasium.make("fledge/walker"))).reset(seed=1)
pickle.loads(pickle.dumps(one)).reset(seed=1)
asynchronous = gymnasium.make_vec(
    "fledge/hopper", num_envs=2, vectorization_mode="async", vector_kwargs={"context": "fork"}
)
asynchronous.reset(seed=1)
asynchronous.step(asynchronous.action_space.sample())
asynchronous.close()

# Films of four of them, where there is what writes films.
try:
    import moviepy  # noqa: F401
except ImportError:
    pass
else:
    for id in ("fledge/half-cheetah", "fledge/walker", "fledge/maze-navigation", "fledge/car-navigation"):
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shown = gymnasium.make(id, render_mode="rgb_array", parameters={"horizon": 5})
            film = gymnasium.wrappers.RecordVideo(shown, folder, disable_logger=True)
            film.reset(seed=1)
            for _ in range(5):
                film.step(film.action_space.sample())
            film.close()
            assert [name for name in os.listdir(folder) if name.endswith(".mp4")], id

# Success is told where an environment says what it is.
maze = gymnasium.make("fledge/maze-navigation")
maze.reset(seed=1)
assert maze.step(maze.action_space.sample())[4] == {"is_success": False}
print("all is well")
