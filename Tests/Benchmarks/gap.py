"""The share of the gap between a pretrained policy and an oracle that adaptation closes.

    python3 Tests/Benchmarks/gap.py cheetah-velocity 1 2 3 > Tests/Benchmarks/cheetah-velocity/gap.csv

For each seed S it reads the newest evaluation of runs/NAME-S, runs/NAME-pretrained-S and
runs/NAME-oracle-S; README.md has the commands that make them. The pretrained policy and the oracle
count as they are, without a gradient step. The last rows are the means over the seeds, with the
share of the gap between those means.
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
rows = []
for seed in seeds:
    pretrained, oracle = curve(f"{name}-pretrained-{seed}")[0], curve(f"{name}-oracle-{seed}")[0]
    rows.append((seed, pretrained, oracle, curve(f"{name}-{seed}")))
mean = lambda values: sum(values) / len(values)
rows.append((
    "mean", mean([row[1] for row in rows]), mean([row[2] for row in rows]),
    [mean(step) for step in zip(*[row[3] for row in rows])]))
print("seed,step,pretrained,oracle,adapted,share")
for seed, pretrained, oracle, adapted in rows:
    for step, value in enumerate(adapted):
        share = (value - pretrained) / (oracle - pretrained)
        print(f"{seed},{step},{pretrained:.2f},{oracle:.2f},{value:.2f},{share:.3f}")
