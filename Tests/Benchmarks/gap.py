"""The share of the gap between a pretrained policy and an oracle that adaptation closes.

    python3 Tests/Benchmarks/gap.py cheetah-velocity 1 2 3 > Tests/Benchmarks/cheetah-velocity/gap.csv

For each seed S it reads the newest evaluation of runs/NAME-S, runs/NAME-pretrained-S and
runs/NAME-oracle-S; README.md has the commands that make them. The oracle counts as it is, without a
gradient step. `share` counts the pretrained policy as it is, too; `shareSameSteps` counts it after as
many gradient steps as the adapted one has taken, as the figures of Finn et al. 2017 do: steps of the
size that suits MAML may harm it. The last rows are the means over the seeds, with the shares of the
gaps between those means.
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


name, seeds = sys.argv[1], sys.argv[2:]
if not seeds:
    sys.exit(__doc__)
rows = [
    (seed, [curve(f"{name}-{seed}"), curve(f"{name}-pretrained-{seed}"), curve(f"{name}-oracle-{seed}")])
    for seed in seeds
]
mean = lambda curves: [sum(step) / len(step) for step in zip(*curves)]
rows.append(("mean", [mean(curves) for curves in zip(*[curves for _, curves in rows])]))
share = lambda value, low, high: f"{(value - low) / (high - low):.3f}"
print("seed,step,pretrained,oracle,adapted,share,shareSameSteps")
for seed, (adapted, pretrained, oracle) in rows:
    for step, (value, low) in enumerate(zip(adapted, pretrained)):
        print(
            f"{seed},{step},{low:.2f},{oracle[0]:.2f},{value:.2f},"
            f"{share(value, pretrained[0], oracle[0])},{share(value, low, oracle[0])}")
