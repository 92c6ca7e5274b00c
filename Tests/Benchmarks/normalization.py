"""Kinds of normalization side by side: accuracy after the trained step, by shots, on inputs as in training and
on inputs that are moved by 2 in a direction of each task's own, with three seeds each.

    python3 Tests/Benchmarks/normalization.py .build/release/fledge [SHOTS] [fledge train's arguments] > table.csv

SHOTS are 1,5,20 of each class unless given. Further arguments, such as --data DIR --iterations 300 after a
preset's name in PRESET, go to each training.
"""
import csv, json, os, statistics, subprocess, sys, tempfile

if len(sys.argv) < 2:
    sys.exit(__doc__)
fledge, arguments = sys.argv[1], sys.argv[2:]
shots = arguments.pop(0).split(",") if arguments and arguments[0][0].isdigit() else ["1", "5", "20"]
preset = os.environ.get("PRESET", "rotating-boundary")
boundary = preset == "rotating-boundary"
kinds = ["none", "transductive", "episode", "running", "layer"] + ([] if boundary else ["instance"])
splits = ["test", "shifted"]
if boundary:
    arguments = ["--iterations", "1000", "--set", "environment.parameters.inputShift=2", *arguments]


def run(*words):
    return subprocess.run([fledge, *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


writer = csv.writer(sys.stdout, lineterminator="\n")
writer.writerow(["preset", "normalization", "shots", "split", "seeds", "mean", "lowest", "highest"])
for kind in kinds:
    for count in shots:
        found = {split: [] for split in splits}
        for seed in ["1", "2", "3"]:
            with tempfile.TemporaryDirectory() as folder:
                run("train", preset, "--quiet", "--threads", "1", "--seed", seed, "--run", folder + "/run",
                    "--set", f"model.normalization={kind}", "--set", f"inner.episodes={count}", *arguments)
                for split in splits:
                    text = run("evaluate", folder + "/run", "--split", split, "--tasks", "200", "--steps", "1",
                               "--threads", "1", "--format", "json")
                    found[split].append(json.loads(text)["curve"][1]["mean"])
        for split, means in found.items():
            row = [statistics.mean(means), min(means), max(means)]
            writer.writerow([preset, kind, count, split, len(means)] + [f"{value:.3f}" for value in row])
        sys.stdout.flush()
