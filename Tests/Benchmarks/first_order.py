"""First-order against full MAML: milliseconds of the quickest of 50 meta-iterations, peak memory, and the error after training.

    python3 Tests/Benchmarks/first_order.py FLEDGE [PRESET...] > table.csv

Presets are linear-maml and sinusoid-maml unless given; three seeds each, with 1 and 5 inner steps. The error is
the mean squared error of 400 test tasks after as many steps as were trained, mean, least and greatest over seeds.
"""
import csv, json, os, statistics, subprocess, sys, tempfile

if len(sys.argv) < 2:
    sys.exit(__doc__)
fledge, presets = sys.argv[1], sys.argv[2:] or ["linear-maml", "sinusoid-maml"]
iterations = os.environ.get("ITERATIONS", "3000")


def run(*words):
    """What a command prints, and its peak memory in megabytes."""
    process = subprocess.Popen([fledge, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit("failed: fledge " + " ".join(words))
    return text, usage.ru_maxrss / 1024


writer = csv.writer(sys.stdout, lineterminator="\n")
writer.writerow(["preset", "method", "innerSteps", "milliseconds", "megabytes", "error", "least", "greatest"])
for preset in presets:
    for steps in ["1", "5"]:
        for method, first_order in [("maml", "false"), ("first-order", "true")]:
            settings = ["--set", f"inner.steps={steps}", "--set", f"inner.firstOrder={first_order}", "--threads", "1"]
            text, _ = run("bench", "iteration", preset, *settings, "--iterations", "50", "--format", "json")
            seconds = json.loads(text)["secondsPerIteration"]["minimum"]
            errors, memory = [], 0
            for seed in ["1", "2", "3"]:
                with tempfile.TemporaryDirectory() as folder:
                    path = folder + "/run"
                    _, peak = run("train", preset, *settings, "--seed", seed, "--iterations", iterations, "--quiet",
                                  "--run", path)
                    memory = max(memory, peak)
                    text, _ = run("evaluate", path, "--tasks", "400", "--steps", steps, "--threads", "1",
                                  "--format", "json")
                errors.append(-json.loads(text)["curve"][int(steps)]["mean"])
            row = [statistics.mean(errors), min(errors), max(errors)]
            writer.writerow([preset, method, steps, f"{1000 * seconds:.2f}", f"{memory:.0f}"]
                            + [f"{value:.3f}" for value in row])
            sys.stdout.flush()
