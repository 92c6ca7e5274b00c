"""Feature reuse against rapid learning: boundaries within a small range of angles and over all angles.

    python3 Tests/Benchmarks/feature_reuse.py .build/release/fledge > table.csv

MAML adapts all layers, ANIL the last one, and `frozen-head` the last one behind features that were pretrained on one
direction and stay as they are. The last hidden layer has 40 units or a single one. Accuracy is after the one step
that was trained, for frozen-head after 20 steps, by which it gains; three seeds, 200 test tasks.
"""
import csv, json, statistics, subprocess, sys, tempfile

if len(sys.argv) < 2:
    sys.exit(__doc__)
fledge = sys.argv[1]
methods = [("maml", "maml", "1"), ("anil", "anil", "1"), ("frozen-head", "pretrained-head", "20")]


def run(*words):
    return subprocess.run([fledge, *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


writer = csv.writer(sys.stdout, lineterminator="\n")
writer.writerow(["angles", "units", "method", "steps", "before", "mean", "lowest", "highest"])
for angles in ["0.5", "all"]:
    for units in ["40", "1"]:
        for name, method, steps in methods:
            before, after = [], []
            for seed in ["1", "2", "3"]:
                ranges = [("trainAngles", "0" if name == "frozen-head" else angles), ("testAngles", angles)]
                settings = [f"environment.parameters.{key}={value}" for key, value in ranges if value != "all"]
                settings = [word for setting in settings for word in ["--set", setting]]
                with tempfile.TemporaryDirectory() as folder:
                    path = folder + "/run"
                    run("train", "rotating-boundary", "--method", method, "--iterations", "1000", "--seed", seed,
                        "--threads", "1", "--quiet", "--run", path, "--set", f"model.hiddenSizes=[40,{units}]",
                        "--set", "model.activation=tanh", *settings)
                    text = run("evaluate", path, "--tasks", "200", "--steps", steps, "--threads", "1",
                               "--format", "json")
                curve = json.loads(text)["curve"]
                before.append(curve[0]["mean"])
                after.append(curve[-1]["mean"])
            row = [statistics.mean(before), statistics.mean(after), min(after), max(after)]
            writer.writerow([angles, units, name, steps]
                            + [f"{value:.3f}" for value in row])
            sys.stdout.flush()
