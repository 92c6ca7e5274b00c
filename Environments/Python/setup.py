"""With the shared library inside the wheel is of one platform, but of any Python 3; without it, of any platform."""
import pathlib

import setuptools
from setuptools.command.bdist_wheel import bdist_wheel

IS_BINARY = any((pathlib.Path(__file__).parent / "fledge" / "lib").glob("*.so"))


class Distribution(setuptools.Distribution):
    def has_ext_modules(self):
        return IS_BINARY


class Wheel(bdist_wheel):
    def get_tag(self):
        return ("py3", "none", super().get_tag()[2])


setuptools.setup(distclass=Distribution, cmdclass={"bdist_wheel": Wheel})
