"""Compares two executables, bit for bit:
    python3 Tests/Benchmarks/same_bits.py BEFORE AFTER [--only REGEX] [--keep DIR] [--set KEY=VALUE]...
        [--tolerance SHARE]
For every preset, and for every method on nav2d-finn and sinusoid-maml: 5 iterations by BEFORE on one thread and by
AFTER on one and on three, evaluations by step and by episode, AFTER's evaluation of BEFORE's run, and AFTER resuming
BEFORE's run after 2 iterations. All but seconds, dates and versions has to be equal: metrics, checkpoints,
evaluations. Characters are generated. With --keep, BEFORE's results stay in DIR and serve the next call. With
--tolerance, numbers in metrics and evaluations may differ by so small a share; parameters may not. Exits with 1 where
anything differs.
"""
import argparse, json, pathlib, random, re, shutil, struct, subprocess, sys, tempfile, zlib

ITERATIONS, RESUMED = 5, 2
# What a different build may tell differently.
TOLD = re.compile(r"econds|^(origin|fledge|swift|openblas|content|crc32c)$")


def drawing(path, seed):
    """A picture of 105 x 105 pixels with a few strokes, white on which is black, by a seed."""
    chance = random.Random(seed)
    pixels = [bytearray(b"\xff" * 105) for _ in range(105)]
    for _ in range(3):
        x, y = chance.uniform(20, 85), chance.uniform(20, 85)
        dx, dy = chance.uniform(-1, 1), chance.uniform(-1, 1)
        for _ in range(60):
            x, y = min(max(x + dx, 2), 102), min(max(y + dy, 2), 102)
            dx, dy = dx + chance.uniform(-0.2, 0.2), dy + chance.uniform(-0.2, 0.2)
            for i in (-1, 0, 1):
                pixels[int(y) + i][int(x) - 1:int(x) + 2] = b"\0\0\0"
    rows = zlib.compress(b"".join(b"\0" + row for row in pixels))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 105, 105, 8, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")]
    data = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)


def drawings(folder):
    # Tests are on alphabets that training has none of.
    for part, alphabets in (
            ("images_background", ("First", "Second", "Third")), ("images_evaluation", ("Fourth", "Fifth", "Sixth"))):
        for alphabet in alphabets:
            for character in range(8):
                for number in range(20):
                    name = f"{part}/{alphabet}/character{character:02}/{number:02}.png"
                    if not (folder / name).exists():
                        drawing(folder / name, f"{part} {alphabet} {character} {number // 20}{number}")
    return folder


def untold(value):
    """A value without what a build may tell differently."""
    if isinstance(value, dict):
        return {key: untold(item) for key, item in value.items() if not TOLD.search(key)}
    return [untold(item) for item in value] if isinstance(value, list) else value


def tensors(path):
    """A checkpoint's metadata, and each array's type, shape and bytes by its name."""
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    metadata = untold(header.pop("__metadata__", {}))
    body = data[8 + length:]
    return metadata, {
        name: (entry["dtype"], entry["shape"], body[slice(*entry["data_offsets"])]) for name, entry in header.items()}


def call(*words):
    result = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: exit code {result.returncode}: {result.stderr.strip()[-500:]}")
    return result.stdout


class Case:
    def __init__(self, name, arguments, settings):
        self.name, self.arguments, self.settings = name, arguments, settings

    def train(self, fledge, run, threads, resume=False):
        call(fledge, "train", *self.arguments, "--run", run, "--threads", threads, "--quiet",
             *(["--resume"] if resume else []),
             *[word for setting in self.settings for word in ("--set", setting)])

    def evaluate(self, fledge, run):
        """By gradient steps, where the method takes some, and by episodes of experience."""
        words = ["evaluate", run, "--tasks", 5, "--episodes", 4, "--threads", 1, "--format", "json"]
        takes_steps = not re.search(r"^  method: (rl2|varibad|pearl)\b", (run / "config.yaml").read_text(), re.M)
        ways = [["--steps", 2], ["--steps", 2, "--per-episode"]] if takes_steps else [["--per-episode"]]
        texts = [call(fledge, *words, *way) for way in ways]
        shutil.rmtree(run / "evaluations", ignore_errors=True)
        return [untold(json.loads(text)) for text in texts]


def differences(one, other, path=""):
    """Where two values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            if key not in one or key not in other:
                yield f"{path}/{key} stands on one side alone"
            else:
                yield from differences(one[key], other[key], f"{path}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other)):
            yield from differences(*pair, f"{path}/{index}")
    elif isinstance(one, float) and isinstance(other, float) and abs(one - other) <= tolerance * abs(one):
        pass
    elif one != other and not (one != one and other != other):
        yield f"{path}: {str(one)[:40]} and {str(other)[:40]}"


def records(run):
    lines = [untold(json.loads(line)) for line in (run / "metrics.jsonl").open()]
    saved = {path.name: tensors(path) for path in sorted((run / "checkpoints").glob("*.safetensors"))}
    metadata = {name: value[0] for name, value in saved.items()}
    arrays = {name: {key: [str(item) for item in array[:2]] + [zlib.crc32(array[2]), array[2].hex()[:16]]
                     for key, array in value[1].items()} for name, value in saved.items()}
    return {"metrics": lines, "metadata": metadata, "arrays": arrays}


def begun(case, fledge, run):
    """Trains and evaluates: the evaluation, and what the first command said that failed, without what names the run."""
    try:
        case.train(fledge, run, 1)
        return case.evaluate(fledge, run), None
    except RuntimeError as error:
        return None, str(error).replace(str(fledge), "fledge").replace(str(run), "RUN")


def compare(case, before, after, kept, scratch):
    """What differs in a case, a line each."""
    old = kept / case.name
    if not (old / "found.json").exists():
        shutil.rmtree(old, ignore_errors=True)
        old.mkdir()
        (old / "found.json").write_text(json.dumps(begun(case, before, old / "run")))
    evaluation, failure = json.loads((old / "found.json").read_text())
    found, failed = json.loads(json.dumps(begun(case, after, scratch / f"{case.name}-1")))
    # What neither build can do, such as a method that has no use for examples, is equal, too.
    if failure or failed:
        yield from differences(failure, failed, "failure")
        return
    expected = records(old / "run")
    for line in differences(evaluation, found):
        yield f"evaluation: {line}"
    case.train(after, scratch / f"{case.name}-3", 3)
    for threads in (1, 3):
        for line in differences(expected, records(scratch / f"{case.name}-{threads}")):
            yield f"{threads} threads: {line}"
    copy = scratch / f"{case.name}-copy"
    shutil.copytree(old / "run", copy)
    shutil.rmtree(copy / "adaptations", ignore_errors=True)
    for line in differences(evaluation, json.loads(json.dumps(case.evaluate(after, copy)))):
        yield f"evaluation of a run of before: {line}"
    if len(expected["metrics"]) >= ITERATIONS:
        for path in (copy / "checkpoints").glob("*.safetensors"):
            if int(path.stem) > RESUMED:
                path.unlink()
        case.train(after, copy, 1, resume=True)
        for line in differences(expected, records(copy)):
            yield f"resumed: {line}"


def cases(before, folder, settings):
    common = [f"outer.iterations={ITERATIONS}", "run.checkpointEvery=1", "run.keep=null", "run.validationTasks=0",
              "run.patience=null", *settings]
    for preset in json.loads(call(before, "presets", "list", "--format", "json")):
        name = preset["name"]
        data = ["--data", folder] if name.startswith("omniglot") else []
        yield Case(name, [name, *data], common)
    refused = subprocess.run([before, "train", "nav2d-finn", "--method", "?"], capture_output=True, text=True).stderr
    for method in re.search(r"expected one of ([^;\n]*)", refused).group(1).split(", "):
        for name in ("nav2d-finn", "sinusoid-maml"):
            if method != "maml":
                yield Case(f"{name}-{method}", [name, "--method", method], common)


parser = argparse.ArgumentParser()
parser.add_argument("before")
parser.add_argument("after")
parser.add_argument("--only", default="")
parser.add_argument("--keep")
parser.add_argument("--set", action="append", default=[])
parser.add_argument("--tolerance", type=float, default=0)
options = parser.parse_args()
tolerance = options.tolerance
different = 0
with tempfile.TemporaryDirectory() as directory:
    kept = pathlib.Path(options.keep or directory) / "before"
    kept.mkdir(parents=True, exist_ok=True)
    folder = drawings(kept.parent / "drawings")
    for case in cases(options.before, folder, options.set):
        if not re.search(options.only, case.name):
            continue
        with tempfile.TemporaryDirectory() as scratch:
            found = list(compare(case, options.before, options.after, kept, pathlib.Path(scratch)))
        different += bool(found)
        print(f"{case.name}: {'equal' if not found else '; '.join(found[:4])}", flush=True)
sys.exit(f"{different} cases differ" if different else 0)
