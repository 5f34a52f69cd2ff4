"""Official files among what somebody uploads: they become the files of the dataset that they hold."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from calc.datasets.readers.layouts import convert_files, dataset_files, layout_of
from calc.datasets.readers.source_files import WORKBOOKS, SourceFile
from calc.errors import DataError

ENDINGS = (".csv", ".json", *WORKBOOKS)


def official_files(files: Mapping[str, bytes]) -> tuple[SourceFile, ...]:
    """The files that are in an official layout, whatever they are called."""
    found = []
    for name, content in files.items():
        file = SourceFile(name=PurePosixPath(name.replace("\\", "/")).name, content=content)
        if file.ending not in ENDINGS:
            continue
        try:
            known = layout_of(file) is not None
        except DataError:
            known = False  # what is wrong with it is said where tables are read
        if known:
            found.append(file)
    return tuple(found)


def with_official(files: Mapping[str, bytes], where: Mapping[str, str]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The files of the dataset that the official ones hold, with the others beside them, and what was done.

    Raises
    ------
    DataError
        A choice is open, or an official file breaks its layout.
    """
    official = official_files(files)
    whole = convert_files(official, where)
    names = {file.name for file in official}
    others = {name: content for name, content in files.items() if PurePosixPath(name).name not in names}
    return {**dataset_files(whole), **others}, whole.notes
