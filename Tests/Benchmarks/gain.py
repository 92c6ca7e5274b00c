"""What adaptation adds: the mean gain over tasks after each gradient step, with its 95 % interval.

    python3 Tests/Benchmarks/gain.py runs/hopper-velocity-1 ...

Reads each run's newest evaluation. The gain of a task is its return after the step minus its return
before the first; the interval is a bootstrap over tasks.
"""
import glob
import json
import os
import random
import sys

if not sys.argv[1:]:
    sys.exit(__doc__)
mean = lambda values: sum(values) / len(values)
print("run,step,gain,lower95,upper95")
for run in sys.argv[1:]:
    files = glob.glob(os.path.join(run, "evaluations", "*.json"))
    if not files:
        sys.exit(f"{run}: no evaluation; run fledge evaluate {run}")
    with open(max(files, key=os.path.getmtime)) as file:
        returns = [task["returns"] for task in json.load(file)["perTask"]]
    draw = random.Random(1)
    for step in range(1, len(returns[0])):
        gains = [task[step] - task[0] for task in returns]
        means = sorted(mean(draw.choices(gains, k=len(gains))) for _ in range(4000))
        print(f"{os.path.basename(run)},{step},{mean(gains):.2f},{means[99]:.2f},{means[3899]:.2f}")
