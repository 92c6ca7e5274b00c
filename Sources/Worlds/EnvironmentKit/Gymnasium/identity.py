"""What a world's code is, and where it failed, and its task in numbers: the third part of the worker's program."""
import hashlib
import os
import sys
import sysconfig
import traceback


def is_installed(file):
    """Whether a file is Python's own, or an installed package's."""
    places = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return any(file.startswith(os.path.abspath(place) + os.sep) for place in places if place)


def told(error):
    """An error in words, with the last line on its way that is no package's."""
    name, text = type(error).__name__, one_line(error)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith("<")]
    own = [f for f in frames if not is_installed(os.path.abspath(f.filename))]
    place = f" ({os.path.basename(own[-1].filename)}, line {own[-1].lineno})" if own else ""
    return (f"{name}: {text}" if text else name) + place


def code_files(world):
    """The files of a world's code: its classes', of the world and of what it wraps, with all modules that are no
    installed package's, and where its class is in a package, all of that package's."""
    modules = [sys.modules.get(base.__module__) for layer in layers(world) for base in type(layer).__mro__]
    files = {os.path.abspath(file) for file in (getattr(m, "__file__", None) for m in modules) if file}
    own = {file for file in files if not is_installed(file)}
    if not own:
        return files
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and not is_installed(os.path.abspath(file)):
            files.add(os.path.abspath(file))
    for module in modules:
        package = sys.modules.get(module.__name__.split(".")[0]) if module else None
        for root in getattr(package, "__path__", []) if getattr(module, "__file__", None) in own else []:
            for folder, _, names in os.walk(root):
                files.update(os.path.join(folder, name) for name in names if name.endswith(".py"))
    return files


def code_digest(world):
    """Tells whether the code that a world is made of is the same, wherever it is."""
    contents = []
    for file in code_files(world):
        try:
            with open(file, "rb") as stream:
                contents.append(hashlib.sha256(stream.read()).digest())
        except OSError:
            pass
    # In the order of their contents: where they are doesn't count.
    return hashlib.sha256(b"".join(sorted(contents))).hexdigest()[:16]


def task_numbers(task, name="task"):
    """The numbers in a task with their names, keys in order."""
    if isinstance(task, dict):
        return [pair for key in sorted(task) for pair in task_numbers(task[key], f"{name} {key}")]
    if isinstance(task, (list, tuple)):
        return [pair for i, item in enumerate(task) for pair in task_numbers(item, f"{name} {i}")]
    return [(name, float(task))] if isinstance(task, (bool, int, float)) else []
