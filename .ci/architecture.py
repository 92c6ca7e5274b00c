#!/usr/bin/env python3
"""Holds the modules of Sources/ to their floors.

Fails for a declared dependency that nothing imports, an import that goes up a floor, a circle between the folders of a
module, and a table of modules in Architecture.md that says otherwise than Package.swift. Run it in the repository's
root. A module's files beside its folders tie these together, so they are in no circle.
"""

import json
import pathlib
import re
import subprocess
import sys

FLOORS = ["Foundations", "Worlds", "Learning", "Records", "Program"]
PAGE = pathlib.Path("Sources/Program/fledge/Fledge.docc/Architecture.md")
ACCESS = r"(?:(?:public|package|internal|final|indirect|nonisolated(?:\(unsafe\))?|@\w+(?:\([^)]*\))?)\s+)*"
TYPE = re.compile(rf"^{ACCESS}(?:struct|class|enum|protocol|actor|typealias)\s+(\w+)", re.MULTILINE)
FUNCTION = re.compile(rf"^{ACCESS}func\s+(\w+)", re.MULTILINE)
IMPORT = re.compile(r"^ *(?:@\w+ )?(?:(?:public|package|internal|fileprivate|private) )?import (?:\w+ )?(\w+)", re.MULTILINE)
INCLUDE = re.compile(r'^#include [<"]([^">]+)[">]', re.MULTILINE)
NOISE = re.compile(r'//[^\n]*|"(?:\\.|[^"\\\n])*"|/\*.*?\*/', re.DOTALL)


def floor_of(target):
    parts = pathlib.PurePath(target.get("path") or "").parts
    return parts[1] if len(parts) > 2 and parts[0] == "Sources" and parts[1] in FLOORS else None


def dependencies(target):
    """Names of other targets, and of products of other packages."""
    for dependency in target["dependencies"]:
        kind, values = next(iter(dependency.items()))
        yield values[0], kind == "product"


def sources(path, *endings):
    return [file for file in sorted(pathlib.Path(path).rglob("*")) if file.suffix in endings]


def imports(target):
    found = set()
    for file in sources(target["path"], ".swift"):
        found |= set(IMPORT.findall(file.read_text()))
    return found


def headers(target):
    """The public headers of a target in C or C++, by which others include it."""
    return {file.name for file in sources(target["path"], ".h")}


def includes(target):
    text = "\n".join(f.read_text() for f in sources(target["path"], ".c", ".cpp", ".h", ".hpp", ".inc"))
    return {pathlib.PurePath(name).name for name in INCLUDE.findall(text)}


def unused(target, targets):
    if sources(target["path"], ".swift"):
        found = imports(target)
        return [name for name, _ in dependencies(target) if name not in found]
    found = includes(target)
    return [name for name, _ in dependencies(target) if not headers(targets[name]) & found]


def circles(target):
    """Folders of a module that name each other's declarations in a circle, each with what ties it."""
    root = pathlib.Path(target["path"])
    texts = {
        file: NOISE.sub('""', file.read_text()) for file in sources(root, ".swift")
        if len(file.relative_to(root).parts) > 1
    }
    folders = {file: file.relative_to(root).parts[0] for file in texts}
    home = {}
    for file, text in texts.items():
        # A function is known by its call, a type by its name alone.
        for name in TYPE.findall(text):
            home.setdefault(name, set()).add(folders[file])
        for name in FUNCTION.findall(text):
            home.setdefault(name + "(", set()).add(folders[file])
    ties = {}
    for file, text in texts.items():
        own = folders[file]
        used = set(re.findall(r"\w+", text)) | set(re.findall(r"(?<![.\w])(?<!func )\w+\(", text))
        for name in used & home.keys():
            if len(home[name]) == 1 and own not in home[name]:
                ties.setdefault(own, {}).setdefault(next(iter(home[name])), set()).add(f"{file.name}: {name}")
    reached = {}

    def reach(start):
        if start not in reached:
            seen, queue = set(), [start]
            while queue:
                for other in ties.get(queue.pop(), {}):
                    if other not in seen:
                        seen.add(other)
                        queue.append(other)
            reached[start] = seen
        return reached[start]

    for one in sorted(ties):
        for other in sorted(ties[one]):
            if one in reach(other):
                yield one, other, sorted(ties[one][other])


def page_rows():
    rows = {}
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 3 and re.fullmatch(r"`\w+`", cells[0]):
            rows[cells[0].strip("`")] = set(re.findall(r"`(\w+)`", cells[2]))
    return rows


def main():
    package = json.loads(subprocess.run(
        ["swift", "package", "dump-package"], check=True, capture_output=True, text=True).stdout)
    targets = {target["name"]: target for target in package["targets"]}
    problems = []
    rows = page_rows()
    modules = {name: target for name, target in targets.items() if floor_of(target)}
    for name, target in modules.items():
        where = target["path"]
        if target["type"] != "system":
            for other in unused(target, targets):
                problems.append(f"{where}: depends on {other}, which nothing there imports")
        for other, is_product in dependencies(target):
            upper = floor_of(targets[other]) if not is_product and other in targets else None
            if upper and FLOORS.index(upper) > FLOORS.index(floor_of(target)):
                problems.append(f"{where}: depends on {other}, which is on the higher floor {upper}")
        for one, other, ties in circles(target):
            problems.append(f"{where}: {one} -> {other} is part of a circle ({', '.join(ties[:4])})")
        listed = {other for other, _ in dependencies(target)}
        if rows.get(name) != listed:
            said = ", ".join(sorted(rows.get(name, {"no row"})))
            problems.append(f"{PAGE}: {name} imports {', '.join(sorted(listed)) or 'nothing'}, the table has {said}")
    problems += [f"{PAGE}: {name} is no module" for name in rows.keys() - modules.keys()]
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
