"""What a world's code is, and its task in numbers: the third part of the worker's program."""
import hashlib
import os
import sys


def code_digest(world):
    """Tells whether the code that a world is made of is the same: its classes' files, of the world and of what it
    wraps, and those beside them where they are no installed package's."""
    installed = tuple({sys.prefix, sys.base_prefix, sys.exec_prefix})
    files, folders = set(), set()
    for layer in layers(world):
        for base in type(layer).__mro__:
            file = getattr(sys.modules.get(base.__module__), "__file__", None)
            if file is None:
                continue
            files.add(file)
            if not os.path.abspath(file).startswith(installed):
                folders.add(os.path.dirname(os.path.abspath(file)) + os.sep)
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and any(os.path.abspath(file).startswith(folder) for folder in folders):
            files.add(file)
    digest = hashlib.sha256()
    # In the order of their contents: where they are doesn't count.
    contents = []
    for file in files:
        try:
            with open(file, "rb") as stream:
                contents.append(hashlib.sha256(stream.read()).digest())
        except OSError:
            pass
    for content in sorted(contents):
        digest.update(content)
    return digest.hexdigest()[:16]


def task_numbers(task, name="task"):
    """The numbers in a task with their names, keys in order."""
    if isinstance(task, dict):
        return [pair for key in sorted(task) for pair in task_numbers(task[key], f"{name} {key}")]
    if isinstance(task, (list, tuple)):
        return [pair for i, item in enumerate(task) for pair in task_numbers(item, f"{name} {i}")]
    return [(name, float(task))] if isinstance(task, (bool, int, float)) else []
