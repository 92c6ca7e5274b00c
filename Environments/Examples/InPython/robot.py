"""A policy that adapts to a task of a Gymnasium environment, in a loop of one's own.

    fledge train nav2d-finn && fledge export runs/nav2d-finn-1 --out robot
    python3 Environments/Examples/InPython/robot.py robot fledge/point-navigation '{"goal": [0.3, -0.2]}'

It needs `pip install gymnasium`, and the wheel of `Environments/Python`, or that folder in PYTHONPATH after
`swift build -c release`.
"""
import json
import sys

import fledge
import fledge_environments  # noqa: F401  registers Fledge's environments
import gymnasium


def episode(policy, environment, mode, **reset):
    """The return of an episode."""
    observation, _ = environment.reset(**reset)
    policy.begin(mode)
    total, over = 0.0, False
    while not over:
        observation, reward, terminated, truncated, _ = environment.step(policy.act(observation))
        policy.observe(reward)
        total += reward
        over = terminated or truncated
    policy.end(observation, terminated)
    return total


def main(folder, name, task):
    policy = fledge.load(folder, seed=1)
    policy.make_room(episodes=20, steps=1000)
    environment = gymnasium.make(name)
    options = {"task": json.loads(task)}
    for step in range(4):
        if step > 0:
            for index in range(20):
                episode(policy, environment, "explore", seed=100 * step + index, options=options)
            policy.adapt()
        returns = [episode(policy, environment, "draw", seed=index, options=options) for index in range(20)]
        print(f"after {20 * step} episodes: {sum(returns) / len(returns):.2f}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: robot.py FOLDER ENVIRONMENT TASK")
    main(*sys.argv[1:])
