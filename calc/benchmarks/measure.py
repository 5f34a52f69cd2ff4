"""Measures a piece of work and its limit in a process of their own, turn by turn, so that a busy moment meets both."""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from calc.benchmarks.work import Work
from calc.errors import CalcError

MOST_ROUNDS, LONG_ENOUGH = 40, 3.0
"""Turns at most, and seconds after which there is no further one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The shortest times of a piece of work.

    Parameters
    ----------
    seconds, limit : of the work, and of its limit
    rounds : turns of both
    peak_mb : most memory that the process held, its libraries and the data included; NaN where the system is silent
    """

    seconds: float
    limit: float
    rounds: int
    peak_mb: float

    @property
    def ratio(self) -> float:
        """Times the limit."""
        return self.seconds / self.limit


def measured_here(work: Work, *, rounds: int = MOST_ROUNDS, long_enough: float = LONG_ENOUGH) -> Measured:
    """The shortest of several turns in this process; the first, which warms up, counts only where it is alone."""
    with TemporaryDirectory(prefix="tariff-impact-") as folder:
        once, limit = work.prepare(Path(folder))
        times: list[tuple[float, float]] = []
        while len(times) < rounds and sum(map(sum, times)) < long_enough:
            times.append((once(), limit()))
    seconds, limits = (min(each[1:] or each) for each in zip(*times, strict=True))
    return Measured(seconds=seconds, limit=limits, rounds=len(times), peak_mb=_peak_mb())


def measured(work: Work) -> Measured:
    """The same in a new process, whose memory nothing else has touched.

    Raises
    ------
    CalcError
        The process failed; its last words are in the message.
    """
    command = [sys.executable, "-m", "calc.benchmarks", "--only", work.key]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CalcError(f"{work.name} could not be measured: {done.stderr.strip()[-2000:]}")
    return Measured(**json.loads(done.stdout))


def as_text(found: Measured) -> str:
    """What one process tells the other."""
    return json.dumps(asdict(found))


def _peak_mb() -> float:
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
