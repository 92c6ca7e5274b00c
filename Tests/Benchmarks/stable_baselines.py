"""Stable-Baselines3 on four exported environments: its checker, PPO on one process and on two, a film, a saved policy.

    FLEDGE_LIBRARY=.build/release/libFledgeEnvironments.so PYTHONPATH=Environments/Python \\
        python Tests/Benchmarks/stable_baselines.py

It needs stable_baselines3 and moviepy; a minute on one core.
"""
import os
import pickle
import sys
import tempfile
import warnings

import fledge_environments  # noqa: F401  registers them
import gymnasium
from stable_baselines3 import PPO
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import SubprocVecEnv

IDS = ["fledge/half-cheetah", "fledge/walker", "fledge/maze-navigation", "fledge/point-navigation"]


def examine(id, folder):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        check_env(gymnasium.make(id, render_mode="rgb_array"))
    complaints = sorted({str(warning.message).split("\n")[0] for warning in told})
    for kind in (None, SubprocVecEnv):
        worlds = make_vec_env(id, n_envs=2, seed=1, vec_env_cls=kind)
        learner = PPO("MlpPolicy", worlds, n_steps=64, batch_size=32, n_epochs=2, seed=1, device="cpu")
        learner.learn(256)
        learner.save(os.path.join(folder, "policy"))
        PPO.load(os.path.join(folder, "policy"), env=worlds, device="cpu")
        worlds.close()
    shown = gymnasium.make(id, render_mode="rgb_array", parameters={"horizon": 20})
    films = os.path.join(folder, "films")
    film = gymnasium.wrappers.RecordVideo(shown, films, disable_logger=True)
    observation, _ = film.reset(seed=1)
    while True:
        observation, _, terminated, truncated, _ = film.step(learner.predict(observation)[0])
        if terminated or truncated:
            break
    film.close()
    assert any(name.endswith(".mp4") for name in os.listdir(films)), "no film"
    pickle.loads(pickle.dumps(gymnasium.make(id))).reset(seed=1)
    return complaints


if __name__ == "__main__":
    for id in sys.argv[1:] or IDS:
        with tempfile.TemporaryDirectory() as folder:
            complaints = examine(id, folder)
        print(f"{id}: all is well", *(f"  (told: {text})" for text in complaints), sep="\n")
