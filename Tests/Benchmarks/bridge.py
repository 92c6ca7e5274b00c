"""The time of a step through Gymnasium's bridge, beside plain Python's and Gymnasium's own processes.

    python3 Tests/Benchmarks/bridge.py .build/release/fledge [ENVIRONMENT] [PAIRS]

Two workers of 32 worlds each step under random actions, then two plain Python processes do. What they take to start
is left out: each is run for few and for many steps, and the difference counts. The ratio of each pair is printed, and
their median. Then the same number of worlds goes by wall time: through one worker, through two, and in Gymnasium's
AsyncVectorEnv, with a process for each world.
"""
import os
import statistics
import subprocess
import sys
import time

WORKERS, WORLDS, FEW, MANY = 2, 32, 300, 2300
TICK = os.sysconf("SC_CLK_TCK")

PLAIN = """
import sys, gymnasium, numpy
name, worlds, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
envs = [gymnasium.make(name) for _ in range(worlds)]
for i, env in enumerate(envs):
    env.reset(seed=i)
space = envs[0].action_space
generator = numpy.random.default_rng(1)
for _ in range(steps):
    actions = generator.uniform(space.low, space.high, (worlds, *space.shape)).astype(numpy.float32)
    for env, action in zip(envs, actions):
        observation, reward, terminated, truncated, info = env.step(action)
        if terminated or truncated:
            env.reset()
"""


ASYNC = """
import sys, gymnasium, numpy
name, worlds, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if __name__ == "__main__":
    env = gymnasium.make_vec(name, num_envs=worlds, vectorization_mode="async")
    env.reset(seed=1)
    space = env.action_space
    generator = numpy.random.default_rng(1)
    for _ in range(steps):
        env.step(generator.uniform(space.low, space.high).astype(numpy.float32))
    env.close()
"""


def family(root):
    """A process and all that it started, from one look at all processes: (identifier, seconds) each."""
    parents, seconds = {}, {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry)] = int(fields[1])
            seconds[int(entry)] = (int(fields[11]) + int(fields[12])) / TICK
    found = [root]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return {one: seconds[one] for one in found if one in seconds}


def processor_time(commands):
    """The seconds that commands side by side, and all that they start, keep processors busy."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = [subprocess.Popen(command, **quiet) for command in commands]
    spent = {}
    while any(process.poll() is None for process in running):
        for process in running:
            spent.update(family(process.pid))
        time.sleep(0.02)
    if any(process.returncode != 0 for process in running):
        sys.exit(f"failed: {commands[0]}")
    return sum(spent.values())


def per_step(commands):
    """Microseconds of processor time a step, without the start."""
    few, many = (processor_time(commands(steps)) for steps in (FEW, MANY))
    return 1e6 * (many - few) / ((MANY - FEW) * WORLDS * WORKERS)


def wall_per_step(command, worlds):
    """Microseconds by the clock for a step of one world, without the start."""
    taken = []
    for steps in (FEW, MANY):
        start = time.monotonic()
        subprocess.run(command(steps), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        taken.append(time.monotonic() - start)
    return 1e6 * (taken[1] - taken[0]) / ((MANY - FEW) * worlds)


def main():
    fledge = sys.argv[1]
    name = sys.argv[2] if len(sys.argv) > 2 else "HalfCheetah-v5"
    pairs = int(sys.argv[3]) if len(sys.argv) > 3 else 5

    def bench(steps, workers, worlds):
        return [
            fledge, "environments", "bench", f"gymnasium:{name}", "--threads", str(workers), "--environments",
            str(worlds), "--steps", str(steps), "--set",
            f"environment.parameters.python={sys.executable}",
        ]

    def bridge(steps):
        return [bench(steps, WORKERS, WORLDS)]

    def plain(steps):
        return [[sys.executable, "-c", PLAIN, name, str(WORLDS), str(steps)]] * WORKERS

    ratios = []
    for pair in range(pairs):
        ours, theirs = per_step(bridge), per_step(plain)
        ratios.append(ours / theirs)
        print(f"{ours:.1f} and {theirs:.1f} microseconds a step, ratio {ratios[-1]:.3f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.3f}")
    shares = []
    for pair in range(pairs):
        one = wall_per_step(lambda steps: bench(steps, 1, 2 * WORLDS), 2 * WORLDS)
        two = wall_per_step(lambda steps: bench(steps, 2, WORLDS), 2 * WORLDS)
        own = wall_per_step(lambda steps: [sys.executable, "-c", ASYNC, name, str(2 * WORLDS), str(steps)], 2 * WORLDS)
        shares.append(two / one)
        print(f"by the clock {one:.1f} with one worker, {two:.1f} with two, {own:.1f} in AsyncVectorEnv", flush=True)
    print(f"median share with two {statistics.median(shares):.3f}")


main()
