"""Kills a run at random moments, goes on with it each time, and compares its end with an uninterrupted run's:
    python3 Tests/Benchmarks/kills.py FLEDGE [KILLS [PRESET]]
Ends with an error where a resumed run ends with other bits, or where a kill lost more than was done since the
last checkpoint. A run of 30 iterations is begun anew whenever one has ended before all kills are done. For
every fourth kill the run is interrupted besides, which is to lose nothing; tells how long it took to stop.
"""
import json, pathlib, random, signal, subprocess, sys, tempfile, time

fledge = sys.argv[1]
kills = int(sys.argv[2]) if len(sys.argv) > 2 else 100
preset = sys.argv[3] if len(sys.argv) > 3 else "nav2d-finn"
EVERY, ITERATIONS = 3, 30
SETTINGS = [f"run.checkpointEvery={EVERY}", f"outer.iterations={ITERATIONS}", "outer.tasks=8", "run.keep=null"]


def command(run):
    resume = ["--resume"] if (run / "run.json").exists() else []
    return [fledge, "train", preset, "--run", str(run), "--quiet", *resume] + [
        word for setting in SETTINGS for word in ("--set", setting)]


def end(run):
    """The last checkpoint, and the metrics without what counts seconds."""
    lines = [json.loads(line) for line in (run / "metrics.jsonl").open()]
    lines = [{key: value for key, value in line.items() if "econds" not in key} for line in lines]
    return (run / "checkpoints" / f"{ITERATIONS:06}.safetensors").read_bytes(), lines


def stop(run, process):
    """Interrupts a run.

    Returns seconds until it has stopped, and its longest iteration; none where it had ended, or not yet begun.
    """
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate()
    delay = time.monotonic() - start
    if process.returncode != 130:
        return None
    lines = [json.loads(line) for line in (run / "metrics.jsonl").open()]
    if len(lines) != last((run / "checkpoints").glob("*.safetensors")):
        sys.exit("an interrupted run had iterations that it did not save")
    return delay, max((line["seconds"] for line in lines), default=0)


def last(paths):
    return max([int(path.stem) for path in paths], default=0)


random.seed(1)
with tempfile.TemporaryDirectory() as directory:
    whole = pathlib.Path(directory) / "whole"
    start = time.monotonic()
    subprocess.run(command(whole), check=True, stdout=subprocess.DEVNULL)
    duration = time.monotonic() - start
    done, runs, most, stops = 0, 0, 0, []
    while done < kills:
        runs += 1
        run = pathlib.Path(directory) / f"run{runs}"
        while True:
            process = subprocess.Popen(command(run), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            try:
                _, errors = process.communicate(timeout=random.uniform(0, duration / 5) if done < kills else None)
                if process.returncode != 0:
                    sys.exit(f"a resumed run failed: {errors.decode()}")
                break
            except subprocess.TimeoutExpired:
                if done % 4 == 3 and len(stops) <= done // 4:
                    stops.append(stop(run, process))
                    continue
                process.send_signal(signal.SIGKILL)
                process.communicate()
                done += 1
                if (run / "metrics.jsonl").exists():
                    measured = (run / "metrics.jsonl").read_bytes().count(b"\n")
                    lost = measured - last((run / "checkpoints").glob("*.safetensors"))
                    most = max(most, lost)
                    if lost > EVERY:
                        sys.exit(f"kill {done} lost {lost} iterations, expected at most {EVERY}")
        if end(run) != end(whole):
            sys.exit(f"run {runs} ends with other bits than the uninterrupted one")
    print(f"{done} kills in {runs} runs: each ended with the bits of the uninterrupted run, "
          f"at most {most} iterations were lost, with a checkpoint every {EVERY}")
    stops = [found for found in stops if found]
    if stops:
        delay, iteration = max(stops)
        print(f"{len(stops)} interrupted besides: each had saved its last iteration and stopped within {delay:.2f} s; "
              f"the longest iteration of that run took {iteration:.2f} s")
