"""`tariff-impact datasets`: list the built-in datasets."""

import argparse

from calc.commands.command import Command, say_line
from calc.datasets.dataset import data_dir, dataset_names, read_dataset


def _options(_: argparse.ArgumentParser) -> None:
    """It has none."""


def _command(_: argparse.Namespace) -> int:
    for name in dataset_names():
        dataset = read_dataset(name)
        say_line(f"{name}: {dataset.title} ({dataset.year}){', estimated' if dataset.estimated else ''}")
        say_line(
            f"    {len(dataset.flows.market):,} flows, {len(dataset.flows.economies)} economies, "
            f"{len(dataset.flows.products):,} products; elasticities: {', '.join(dataset.elasticities)}"
        )
        say_line(f"    {dataset.source} {dataset.licence}")
    say_line(f"Data folder: {data_dir()}", error=True)
    return 0


COMMAND = Command(name="datasets", help="list the built-in datasets", options=_options, run=_command)
