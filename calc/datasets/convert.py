"""Official files as dataset folders: `convert` finds the reader of a layout."""

from collections.abc import Callable, Mapping
from pathlib import Path

from calc.datasets.readers.icio import convert_icio
from calc.errors import DataError, did_you_mean

# Layout: what writes the folder and says what it changed.
READERS: Mapping[str, Callable[[str | Path, str | Path], tuple[str, ...]]] = {"icio": convert_icio}


def convert(file: str | Path, folder: str | Path, *, layout: str = "icio") -> tuple[str, ...]:
    """Make a dataset folder of an official file; says what was changed or left out.

    Parameters
    ----------
    file : as published, unpacked
    folder : a new folder
    layout : name in `READERS`; icio: the OECD's inter-country input-output table of one year

    Raises
    ------
    DataError
        No such layout, the file is not in it or does not add up, or the folder exists and is not empty.

    Examples
    --------
    >>> import calc
    >>> notes = calc.convert("2020_SML.csv", "icio-2020")
    >>> calc.read_dataset("icio-2020").year
    2020
    """
    if layout not in READERS:
        raise DataError(f"There is no layout {layout!r}{did_you_mean(layout, READERS)}. Known: {', '.join(READERS)}.")
    return READERS[layout](file, folder)
