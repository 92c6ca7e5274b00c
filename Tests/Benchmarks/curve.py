"""The learning curve of a run as CSV: python3 curve.py RUN > curve.csv"""
import csv, json, pathlib, sys

rows = [json.loads(line) for line in (pathlib.Path(sys.argv[1]) / "metrics.jsonl").open()]
steps = range(len(rows[0]["returns"]))
writer = csv.writer(sys.stdout, lineterminator="\n")
writer.writerow(["iteration", "environmentSteps"] + [f"returnAfter{s}Steps" for s in steps])
for row in rows:
    returns = [f"{value:.3f}" for value in row["returns"]]
    writer.writerow([row["iteration"], row["environmentSteps"]] + returns)
