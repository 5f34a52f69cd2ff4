"""Titles above the header of a CSV file."""

import re
from collections.abc import Collection

_BYTES, _LINES = 10_000, 30  # in which a header is looked for


def header_line(data: bytes, columns: Collection[str]) -> int:
    """Line of the header of a table of trade, which names two of the columns at least; 1 where no line does."""
    lines = data[:_BYTES].decode("utf-8-sig", errors="ignore").splitlines()[:_LINES]
    for number, line in enumerate(lines, 1):
        names = {name.strip(' "').casefold() for name in re.split("[,;\t]", line)}
        if len(names & set(columns)) > 1:
            return number
    return 1
