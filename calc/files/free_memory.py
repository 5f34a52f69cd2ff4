"""What a table takes in memory, told before memory runs out and the system ends the program without a word."""

import sys
from pathlib import Path

# Bytes of a row while a dataset is read, at their highest: measured on a year of trade by HS6, tariffs beside it.
BYTES_OF_ROW = {".csv": 420, ".parquet": 200}
SMALL = 200_000  # rows that fit anywhere
_GIB = 2**30
_SYSTEM, _GROUP = Path("/proc/meminfo"), Path("/sys/fs/cgroup")


def free_memory() -> int | None:
    """Bytes that this process can still take, of machine or container; None where the system says nothing of them."""
    if sys.platform != "linux":
        return None
    found = [size for size in (_of_system(), _of_group()) if size is not None]
    return min(found, default=None)


def beyond_memory(rows: int, ending: str) -> tuple[str, str] | None:
    """What to say, rule and remedy, of a table whose rows do not fit; None where they do.

    Parameters
    ----------
    ending : of its file
    """
    free = free_memory() if rows > SMALL else None
    each = BYTES_OF_ROW[ending]
    if free is None or rows * each <= free:
        return None
    fit = free // each // 1000 * 1000
    rule = (
        f"its {rows:,} rows take about {rows * each / _GIB:.1f} GiB of memory while they are read, and "
        f"{free / _GIB:.1f} GiB are free: about {fit:,} rows fit"
    )
    smaller = "save it as Parquet, which takes half, or " if ending == ".csv" else ""
    return rule, f"{smaller}split off what is not needed"


def _of_system() -> int | None:
    try:
        lines = _SYSTEM.read_text().splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(found[0]) * 1024 if found else None


def _of_group() -> int | None:
    """What a container may still take; None without a limit."""
    try:
        most, taken = ((_GROUP / name).read_text().strip() for name in ("memory.max", "memory.current"))
    except OSError:
        return None
    return max(int(most) - int(taken), 0) if most.isdigit() else None
