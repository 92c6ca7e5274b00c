"""How an iteration's time falls with the number of processes: a model of measured parts, held to measurement.
    python3 Tests/Benchmarks/processes.py FLEDGE [--iterations N] [--processes 4] [--only REGEX]
FLEDGE is built with --traits MPI. An iteration of T tasks on N processes of one thread each takes
    s + ceil(T / N) c + 2 ceil(log2 N) (M l + B / b)    seconds,
where s is what every process does alike, c a task, M the messages and B the bytes of sums in an iteration, l the time
of a message and b the bytes in a second. s and c come from one process with one task and with several; M and B are
counted from the method; l and b come from two processes that have next to nothing to compute, with a small network and
with a wide one. Where there are more processes than processors, they take turns: what they do alike takes as many times
longer, and tasks as long as on all processors. Every time is the least of its iterations. Prints what was found, the
model beside measurement for 1 to 4 processes, and what it foretells.
"""
import argparse, json, math, os, pathlib, re, statistics, subprocess, tempfile

parser = argparse.ArgumentParser()
parser.add_argument("fledge")
parser.add_argument("--iterations", type=int, default=8)
parser.add_argument("--processes", type=int, default=4)
parser.add_argument("--only", default="")
options = parser.parse_args()
fledge = os.path.abspath(options.fledge)
processors = len(os.sched_getaffinity(0))
environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")


def seconds(preset, settings, processes=0, iterations=None):
    """The least seconds of an iteration; 0 processes are one without mpirun."""
    iterations = iterations or options.iterations
    with tempfile.TemporaryDirectory() as directory:
        launcher = ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", str(processes)] if processes else []
        subprocess.run(
            launcher + [fledge, "train", preset, "--run", directory + "/run", "--threads", "1", "--quiet",
                        "--iterations", str(iterations), "--set", "run.validationTasks=0", "--set", "run.patience=null"]
            + [word for setting in settings.items() for word in ("--set", "=".join(setting))],
            check=True, capture_output=True, env=environment)
        lines = [json.loads(line) for line in open(directory + "/run/metrics.jsonl")]
        found = pathlib.Path(directory + "/run/config.yaml").read_text()
        header = next(pathlib.Path(directory + "/run/checkpoints").glob("*0.safetensors")).read_bytes()
        names = json.loads(header[8:8 + int.from_bytes(header[:8], "little")])
        parameters = sum(math.prod(array["shape"]) for name, array in names.items() if name.startswith("policy/"))
        tried = statistics.mean(line.get("lineSearchSteps") or 0 for line in lines[1:])
    return min(line["seconds"] for line in lines), found, parameters, tried


def traffic(configuration, parameters, tried):
    """Messages and bytes of an iteration along one edge of the tree: an agreement and a sum count as one each."""
    learned = 2 if "stepSizeRule: learned" in configuration else 1
    if "method: trpo" in configuration:
        # Agreements: tasks are drawn, episodes collected, gradients looked at, then each product with the curvature and
        # each try of the line search; and sums.
        products = 10
        messages = (3 + products + tried) + (2 + products + 2 * tried + learned)
        return messages, 4 * parameters * (products + learned)
    return 3 + 2, 4 * parameters * learned


def levels(processes):
    return 2 * math.ceil(math.log2(processes)) if processes > 1 else 0


# With how many tasks each is measured; what is foretold is of 40.
cases = [
    ("nav2d-finn", {}, 20), ("cheetah-velocity", {}, 12),
    ("cheetah-velocity, network of 2 x 512", {"policy.hiddenSizes": "[512,512]", "inner.episodes": "5"}, 8),
]
TASKS = 40
# Next to nothing to compute: what is left between one process and two is what they tell each other.
idle = {"outer.tasks": "2", "inner.episodes": "1", "environment.parameters.horizon": "2"}
told = []
for width in (8, 512):
    settings = idle | {"policy.hiddenSizes": f"[{width},{width}]"}
    shared, configuration, parameters, tried = seconds("nav2d-finn-trpo", settings, 2, 100)
    alone = seconds("nav2d-finn-trpo", settings | {"outer.tasks": "1"}, 1, 100)[0]
    told.append((shared - alone, *traffic(configuration, parameters, tried)))
(small, messages, few), (large, _, many) = told
rate = 2 * (many - few) / max(large - small, 1e-9)
latency = max(small / (2 * messages) - few / messages / rate, 1e-7)
print(f"a message takes {1e6 * latency:.0f} microseconds and {rate / 1e9:.2f} GB/s go with it, {processors} processors")
for name, settings, tasks in cases:
    if not re.search(options.only, name):
        continue
    preset = name.split(",")[0]
    settings = settings | {"outer.tasks": str(tasks)}
    whole, configuration, parameters, tried = seconds(preset, settings)
    one = seconds(preset, settings | {"outer.tasks": "1"})[0]
    task = (whole - one) / (tasks - 1)
    alike = max(one - task, 0)
    messages, size = traffic(configuration, parameters, tried)

    def model(processes, tasks=tasks, processors=10**9):
        turns = max(1, processes / processors)
        return (alike * turns + max(math.ceil(tasks / processes), tasks / min(processes, processors)) * task
                + levels(processes) * (messages * latency + size / rate))

    print(f"\n{name}: {tasks} tasks, a task {1e3 * task:.1f} ms, alike {1e3 * alike:.1f} ms, {messages:.0f} messages, "
          f"{size / 1e6:.2f} MB")
    for processes in range(1, options.processes + 1):
        found = seconds(preset, settings, processes)[0]
        expected = model(processes, processors=processors)
        print(f"  {processes} processes: model {expected:.3f} s, measured {found:.3f} s, "
              f"measured / model {found / expected:.2f}")
    for cores in (16, 128, 1024):
        print(f"  {cores} cores: {model(1, TASKS) / model(cores, TASKS):.1f} times as fast as one with {TASKS} tasks; "
              f"with {cores} tasks, {model(1, cores) / model(cores, cores):.0f} times")
    times = {processes: model(processes, TASKS) for processes in range(1, 2 * TASKS)}
    useful = next(processes for processes in times if times[processes] <= 1.05 * min(times.values()))
    print(f"  useful: up to {useful} processes (within 5 % of the fastest)")
