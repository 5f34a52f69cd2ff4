"""Memory that stays with the process between arrays."""

import subprocess
import sys

import pytest

from calc.files import kept_memory

# Prints the pages that twenty arrays of 8 MB, one after another, take from the system.
PAGES = """
import resource
import numpy as np
from calc.files.kept_memory import give_back_memory, keep_freed_memory

keep_freed_memory()
np.ones(1_000_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    np.ones(1_000_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before, give_back_memory())
"""

glibc = pytest.mark.skipif(kept_memory._glibc() is None, reason="the C library is another one")


@glibc
def test_an_array_takes_the_memory_of_one_that_was_freed_and_returns_it_when_asked():
    said = subprocess.run([sys.executable, "-c", PAGES], check=True, capture_output=True, text=True).stdout.split()
    assert int(said[0]) < 1000  # 20 x 8 MB are 39,000 pages
    assert said[1] == "True"


@glibc
def test_asking_twice_changes_nothing():
    assert kept_memory.keep_freed_memory()
    assert kept_memory.keep_freed_memory()


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_go_on_as_they_are(monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    assert not kept_memory.keep_freed_memory.__wrapped__()
    assert not kept_memory.give_back_memory()


def test_another_c_library_goes_on_as_it_is(monkeypatch):
    monkeypatch.setattr(kept_memory.ctypes, "CDLL", lambda _: object())
    assert not kept_memory.keep_freed_memory.__wrapped__()
    assert not kept_memory.give_back_memory()
