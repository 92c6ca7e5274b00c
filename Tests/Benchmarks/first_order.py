"""First-order against full MAML: processor time of a meta-iteration, peak memory, and the error after training.

    python3 Tests/Benchmarks/first_order.py FLEDGE [PRESET...] > table.csv

Presets are linear-maml and sinusoid-maml unless given; three seeds each, with 1 and 5 inner steps. The time is the
least over seeds, on one thread. The error is the mean squared error of 400 test tasks after as many steps as were
trained, mean, least and greatest over seeds.
"""
import csv, json, os, statistics, subprocess, sys, tempfile

if len(sys.argv) < 2:
    sys.exit(__doc__)
fledge, presets = sys.argv[1], sys.argv[2:] or ["linear-maml", "sinusoid-maml"]
iterations = os.environ.get("ITERATIONS", "1000")


def run(*words):
    """What a command prints, the seconds of processor time that it takes, and its peak memory in megabytes."""
    process = subprocess.Popen([fledge, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit("failed: fledge " + " ".join(words))
    return text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


writer = csv.writer(sys.stdout, lineterminator="\n")
writer.writerow(["preset", "method", "innerSteps", "milliseconds", "megabytes", "error", "least", "greatest"])
for preset in presets:
    for steps in ["1", "5"]:
        for method, first_order in [("maml", "false"), ("first-order", "true")]:
            settings = ["--set", f"inner.steps={steps}", "--set", f"inner.firstOrder={first_order}", "--threads", "1"]
            errors, seconds, memory = [], [], []
            for seed in ["1", "2", "3"]:
                with tempfile.TemporaryDirectory() as folder:
                    path = folder + "/run"
                    _, time, peak = run("train", preset, *settings, "--seed", seed, "--iterations", iterations,
                                        "--quiet", "--run", path)
                    text, _, _ = run("evaluate", path, "--tasks", "400", "--steps", steps, "--threads", "1",
                                     "--format", "json")
                seconds.append(time)
                memory.append(peak)
                errors.append(-json.loads(text)["curve"][int(steps)]["mean"])
            numbers = [statistics.mean(errors), min(errors), max(errors)]
            time = 1000 * min(seconds) / int(iterations)
            writer.writerow([preset, method, steps, f"{time:.2f}", f"{max(memory):.0f}"]
                            + [f"{value:.3f}" for value in numbers])
            sys.stdout.flush()
