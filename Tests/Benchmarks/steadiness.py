"""Memory of a long training, sampled while it runs:
    python3 Tests/Benchmarks/steadiness.py FLEDGE [PRESET [ITERATIONS]]
Prints the greatest resident megabytes in every tenth of the run, and the growth from the second tenth to the last.
"""
import pathlib, subprocess, sys, tempfile, time

fledge = sys.argv[1]
preset = sys.argv[2] if len(sys.argv) > 2 else "nav2d-finn"
iterations = int(sys.argv[3]) if len(sys.argv) > 3 else 500


def resident(process):
    """Megabytes; none once the process has ended."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return None


with tempfile.TemporaryDirectory() as directory:
    run = pathlib.Path(directory) / "run"
    process = subprocess.Popen(
        [fledge, "train", preset, "--iterations", str(iterations), "--run", str(run), "--quiet"],
        stdout=subprocess.DEVNULL)
    samples = {}
    while process.poll() is None:
        metrics = run / "metrics.jsonl"
        done = metrics.read_bytes().count(b"\n") if metrics.exists() else 0
        memory = resident(process)
        if memory is not None:
            tenth = min(done * 10 // iterations, 9)
            samples[tenth] = max(memory, samples.get(tenth, 0))
        time.sleep(0.05)
    if process.returncode != 0:
        sys.exit("training failed")
print("  ".join(f"{memory:.1f}" for _, memory in sorted(samples.items())), "MB")
tenths = [memory for tenth, memory in sorted(samples.items()) if tenth >= 1]
print(f"growth from the second tenth to the last: {100 * (tenths[-1] / tenths[0] - 1):.1f} %")
