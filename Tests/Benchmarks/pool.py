"""Prints, as CSV, how runs with pools of training tasks do on new tasks and on those they were trained on.

    python3 Tests/Benchmarks/pool.py runs/sinusoid-pool-10-1 ...

Each run needs to have been evaluated once with --gap. Errors are after the last gradient step measured.
"""
import json
import pathlib
import re
import sys

print("trainingTasks,seed,newTasksError,trainedTasksError,gap")
for run in map(pathlib.Path, sys.argv[1:]):
    text = (run / "config.yaml").read_text()
    pool, seed = (re.search(rf"  {key}: (\w+)", text)[1] for key in ("trainingTasks", "seed"))
    results = [json.loads(file.read_text()) for file in (run / "evaluations").glob("*-test-*.json")]
    result = next(result for result in results if "trainedTasks" in result)
    last = result["curve"][-1]
    pool = "unlimited" if pool == "null" else pool
    new, gap = -last["mean"], last["generalizationGap"]
    print(f"{pool},{seed},{new:.4f},{new - gap:.4f},{gap:.4f}")
