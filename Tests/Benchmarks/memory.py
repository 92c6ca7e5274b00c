"""Peak memory of meta-training by the number of inner steps: the five-way network on one task, one thread.
    python3 Tests/Benchmarks/memory.py FLEDGE [fledge train's further arguments, such as --data DIR]
"""
import os, subprocess, sys, tempfile

fledge, arguments = sys.argv[1], sys.argv[2:]
for method in ["maml", "first-order", "imaml"]:
    # iMAML takes as many as its inner optimum needs.
    for steps in [1, 5, 20] if method != "imaml" else [1]:
        with tempfile.TemporaryDirectory() as directory:
            process = subprocess.Popen(
                [fledge, "train", "omniglot-5way-1shot", *arguments, "--method", method,
                 "--set", f"inner.steps={steps}", "--set", "outer.tasks=1", "--threads", "1",
                 "--iterations", "3", "--quiet", "--run", directory + "/run"], stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit("training failed")
        print(f"{method:12} {steps:3} steps  {usage.ru_maxrss / 1024:.0f} MB", flush=True)
