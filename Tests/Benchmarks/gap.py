"""The share of the gap between a pretrained policy and an oracle that adaptation closes.

    python3 Tests/Benchmarks/gap.py cheetah-velocity 1 2 3 > Tests/Benchmarks/cheetah-velocity/gap.csv

It reads the newest evaluation of runs/NAME-S for each seed S, and of all runs/NAME-pretrained-* and
runs/NAME-oracle-*, whose means are the ends of the gap; README.md has the commands that make them. The
oracle counts as it is, without a gradient step. `share` counts the pretrained policy as it is, too;
`shareSameSteps` counts it after as many gradient steps as the adapted one has taken, as the figures of
Finn et al. 2017 do. The last rows are the means over the seeds.
"""
import glob
import json
import os
import sys


def curve(run):
    files = glob.glob(os.path.join("runs", run, "evaluations", "*.json"))
    if not files:
        sys.exit(f"runs/{run}: no evaluation; run fledge evaluate runs/{run}")
    with open(max(files, key=os.path.getmtime)) as file:
        return [row["mean"] for row in json.load(file)["curve"]]


def mean(curves):
    return [sum(step) / len(step) for step in zip(*curves)]


def baseline(kind):
    runs = sorted(glob.glob(os.path.join("runs", f"{name}-{kind}-*")))
    if not runs:
        sys.exit(f"runs/{name}-{kind}-1: no such run")
    return mean([curve(os.path.basename(run)) for run in runs])


def share(value, low, high):
    return f"{(value - low) / (high - low):.3f}"


name, seeds = sys.argv[1], sys.argv[2:]
if not seeds:
    sys.exit(__doc__)
pretrained, oracle = baseline("pretrained"), baseline("oracle")[0]
adapted = [(seed, curve(f"{name}-{seed}")) for seed in seeds]
adapted.append(("mean", mean([values for _, values in adapted])))
print("seed,step,pretrained,oracle,adapted,share,shareSameSteps")
for seed, values in adapted:
    for step, (value, low) in enumerate(zip(values, pretrained)):
        print(
            f"{seed},{step},{low:.2f},{oracle:.2f},{value:.2f},"
            f"{share(value, pretrained[0], oracle)},{share(value, low, oracle)}")
