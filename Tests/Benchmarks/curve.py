"""The learning curve of a run as CSV, of every N-th iteration: python3 curve.py RUN [N] > curve.csv"""
import csv, json, pathlib, sys

rows = [json.loads(line) for line in (pathlib.Path(sys.argv[1]) / "metrics.jsonl").open()]
every = int(sys.argv[2]) if len(sys.argv) > 2 else 1
steps = range(len(rows[0]["returns"]))
writer = csv.writer(sys.stdout, lineterminator="\n")
writer.writerow(["iteration", "environmentSteps"] + [f"returnAfter{s}Steps" for s in steps])
for row in rows[every - 1 :: every]:
    returns = ["" if value is None else f"{value:.3f}" for value in row["returns"]]
    writer.writerow([row["iteration"], row["environmentSteps"]] + returns)
