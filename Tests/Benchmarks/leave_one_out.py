"""Leave-one-task-out: a run for each member of a finite family, tested on the member that it never trained on.

    python3 Tests/Benchmarks/leave_one_out.py FLEDGE PRESET MEMBERS [fledge train's arguments] > table.csv

MEMBERS is how many there are, such as 4 for the corners of nav2d-corners and 2 for the directions of
cheetah-direction; fledge environments describe NAME lists those of a source of examples. The row of `none` is the
run that trains on all of them. `train` is the score on tasks that the run trains on, `gap` how much better that is.
"""
import csv, json, subprocess, sys, tempfile

if len(sys.argv) < 4:
    sys.exit(__doc__)
fledge, preset, members, arguments = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]


def run(*words):
    return subprocess.run([fledge, *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


writer = csv.writer(sys.stdout, lineterminator="\n")
writer.writerow(["preset", "leftOut", "steps", "before", "after", "train", "gap"])
for left in [*range(members), None]:
    with tempfile.TemporaryDirectory() as folder:
        setting = [] if left is None else ["--set", f"environment.leftOutTask={left}"]
        run("train", preset, "--quiet", "--run", folder + "/run", *setting, *arguments)
        text = run("evaluate", folder + "/run", "--tasks", "40", "--gap", "--format", "json")
    curve = json.loads(text)["curve"]
    before, after = curve[0], curve[-1]
    row = [before["mean"], after["mean"], after["mean"] + after["generalizationGap"], after["generalizationGap"]]
    writer.writerow([preset, "none" if left is None else left, after["gradientSteps"]]
                    + [f"{value:.3f}" for value in row])
    sys.stdout.flush()
