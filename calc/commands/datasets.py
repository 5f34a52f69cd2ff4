"""`tariff-impact datasets`: list the built-in datasets."""

import argparse

from calc.commands.command import Command, bold, say_line
from calc.datasets.dataset import data_dir, dataset_names, read_dataset


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--long", action="store_true", help="with size, sets of elasticities, source and licence")


def _command(arguments: argparse.Namespace) -> int:
    for name in dataset_names():
        dataset = read_dataset(name)
        say_line(f"{bold(name)}: {dataset.title} ({dataset.year}){', ESTIMATED' if dataset.estimated else ''}")
        if not arguments.long:
            continue
        sets = ", ".join(map(dataset.set_name, dataset.elasticities))
        say_line(
            f"    {len(dataset.flows.market):,} flows, {len(dataset.flows.economies)} economies, "
            f"{len(dataset.flows.products):,} products; elasticities: {sets}"
        )
        say_line(f"    Source: {dataset.source}")
        say_line(f"    Terms: {dataset.licence}")
    say_line(f"Data folder: {data_dir()}", error=True)
    return 0


COMMAND = Command(examples=("--long",), options=_options, run=_command)
