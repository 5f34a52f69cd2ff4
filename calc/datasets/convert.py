"""Official files as dataset folders."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from calc.datasets.readers.layouts import convert_files, dataset_files
from calc.datasets.readers.source_files import source_file
from calc.files.write import check_new, write_files


def convert(
    files: str | Path | Sequence[str | Path],
    folder: str | Path,
    *,
    where: Mapping[str, str] = MappingProxyType({}),
    layout: str | None = None,
) -> tuple[str, ...]:
    """Make a dataset folder of official files; says what was chosen, left out, split or added up.

    Parameters
    ----------
    files : one or several, as published, unpacked: trade, and rates beside it
    folder : a new folder
    where : choices that the files leave open, such as {"year": "2023", "flow": "Import"}
    layout : name of a layout in `calc.datasets.readers.layouts.LAYOUTS`; None to find it by looking at the files

    Raises
    ------
    DataError
        A file is in no layout that is read or breaks its own, a choice is open, or the folder exists and is not empty.

    Examples
    --------
    >>> import calc
    >>> notes = calc.convert("2020_SML.csv", "icio-2020")
    >>> calc.read_dataset("icio-2020").year
    2020
    """
    check_new(folder)
    paths = [files] if isinstance(files, str | Path) else files
    whole = convert_files([source_file(path) for path in paths], where, layout)
    write_files(dataset_files(whole), folder)
    return whole.notes
