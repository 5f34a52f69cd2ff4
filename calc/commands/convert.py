"""`tariff-impact convert`: make a dataset folder from official files."""

import argparse
from pathlib import Path

from calc.commands.command import Command, say_line
from calc.datasets.convert import convert
from calc.datasets.readers.choices import read_choices
from calc.datasets.readers.layouts import LAYOUTS
from calc.errors import DataError


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="FILE", help="files as published, unpacked; last, a new FOLDER")
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a choice that the files leave open: year=2023",
    )
    parser.add_argument("--layout", choices=[layout.name for layout in LAYOUTS], help="found by the files if not given")


def _command(arguments: argparse.Namespace) -> int:
    *files, folder = arguments.paths
    layout = arguments.layout
    # the older form names the layout first: convert icio 2020_SML.csv FOLDER
    if len(files) > 1 and files[0] in [each.name for each in LAYOUTS] and not Path(files[0]).exists():
        layout = files.pop(0)
    if not files:
        raise DataError("convert needs files and, last, the name of a new folder: tariff-impact convert FILE FOLDER.")
    for note in convert(files, folder, where=read_choices(arguments.where), layout=layout):
        say_line(f"Note: {note}")
    say_line(f"Dataset written to {folder}", error=True)
    return 0


COMMAND = Command(
    examples=(
        "BACI_HS22_Y2023_V202501.csv my/folder",
        "census.json my/folder --where year=2024",
    ),
    options=_options,
    run=_command,
)
