"""`python -m calc.benchmarks`: work, time, ratio to the limit measured beside it, and memory, as a table."""

import argparse
import datetime
import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from math import isnan

from calc.benchmarks.measure import Measured, as_text, measured, measured_here
from calc.benchmarks.work import WORKS, Work
from calc.commands.command import progress, say_line
from calc.errors import CalcError
from calc.files.streams import ended
from calc.words import day_words

HEAD = ("work", "time", "limit", "time of the limit", "ratio", "memory")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    keys = [work.key for work in WORKS]
    parser = argparse.ArgumentParser(
        prog="python -m calc.benchmarks",
        description="How long the work takes, beside the least that it could take on the same machine in the same "
        "minute. Times are the shortest of several turns, memory is the peak of a process that does this alone. Leave "
        "the machine alone meanwhile.",
    )
    parser.add_argument("work", nargs="*", metavar="WORK", help=f"which to measure; all if absent: {', '.join(keys)}")
    parser.add_argument("--only", choices=keys, help=argparse.SUPPRESS)  # as the process that measures one is started
    arguments = parser.parse_args(argv)
    if unknown := [key for key in arguments.work if key not in keys]:
        parser.error(f"there is no work {unknown[0]!r}; there are {', '.join(keys)}")
    if arguments.only:
        say_line(as_text(measured_here(_work(arguments.only))))
        return 0
    chosen = [work for work in WORKS if not arguments.work or work.key in arguments.work]
    found = []
    with progress("Benchmarks") as done:
        for number, work in enumerate(chosen, 1):
            try:
                found.append(measured(work))
            except CalcError as error:
                say_line(str(error), error=True)
                return 2
            done(number, len(chosen))
    say_line(table(chosen, found))
    say_line(f"\n{machine()}{busy()}")
    return 0


def _work(key: str) -> Work:
    return next(work for work in WORKS if work.key == key)


def table(works: Sequence[Work], found: Sequence[Measured]) -> str:
    """The table in Markdown, as the README shows it."""
    rows = [
        (
            work.name,
            time_text(one.seconds),
            work.limit,
            time_text(one.limit),
            f"{one.ratio:.1f}",
            "" if isnan(one.peak_mb) else f"{one.peak_mb:,.0f} MB",
        )
        for work, one in zip(works, found, strict=True)
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (HEAD, ("---", "--:", "---", "--:", "--:", "--:"), *rows))


def time_text(seconds: float) -> str:
    """A time with three digits, in ms below a second."""
    return f"{seconds:.3g} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"


def busy() -> str:
    """A sentence where others have used the machine meanwhile; empty where not, or where the system does not say."""
    load = os.getloadavg()[1] if hasattr(os, "getloadavg") else 0.0
    processors = os.cpu_count() or 1
    if load <= processors + 1:
        return ""
    return f". Others used the machine meanwhile (load {load:.0f} on {processors} processors): times are too long."


def machine() -> str:
    """When and on what: `27 November 2026, Linux x86_64, 2 processors, Python 3.11.7, NumPy 2.4.6, …`."""
    parts = (
        day_words(datetime.date.today()),
        f"{platform.system()} {platform.machine()}",
        f"{os.cpu_count()} processors",
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in ("numpy", "pandas", "pyarrow", "tariff-impact")),
    )
    return ", ".join(parts)


if __name__ == "__main__":
    sys.exit(ended(main))
