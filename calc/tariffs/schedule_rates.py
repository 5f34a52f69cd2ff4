"""Rates that a schedule sets on the lines of a dataset: its rows are matched, the most specific one counts."""

import pandas as pd

from calc.datasets.codes import all_partner_codes
from calc.datasets.dataset import Dataset
from calc.datasets.economy_hints import hint_on_economy
from calc.datasets.flow_tables import LINE_KEYS
from calc.datasets.keys import form_of
from calc.datasets.line_rates import LineRates, line_rates, named
from calc.errors import ScenarioError
from calc.files.checks import encode
from calc.flows import Array, BoolArray, IntArray
from calc.tariffs.rules import Schedule
from calc.tariffs.schedule_groups import with_members


def scheduled(
    schedule: Schedule, dataset: Dataset, lines: IntArray, where: str
) -> tuple[Array, BoolArray, tuple[str, ...]]:
    """Rates in a schedule of the lines that a row of it names, which lines these are, and what was read how.

    Parameters
    ----------
    lines : that the rule covers
    where : words for the place of the rule

    Raises
    ------
    ScenarioError
        The schedule names an economy that is not in the dataset, or none of the lines.
    """
    found, said = _schedule_rates(schedule, dataset, where)
    rated = found.matched[lines]
    if not rated.any():
        codes = pd.Index(schedule.table["product"].unique())
        raise ScenarioError(
            f"{where} matches no trade in {dataset.name}: no row of {schedule.name} names a flow that the rule covers. "
            f"Its products are {form_of(codes)}; those of {dataset.name} are {form_of(dataset.flows.products)}. "
            "Correct the codes of the schedule, or widen the rule."
        )
    return found.percent[lines][rated] / 100, rated, said


def _schedule_rates(schedule: Schedule, dataset: Dataset, where: str) -> tuple[LineRates, tuple[str, ...]]:
    """What the schedule says of each line; the most specific row counts (`line_rates`)."""
    written, flows = schedule.table, dataset.flows
    everyone = all_partner_codes() - set(flows.economies.str.casefold())
    world = written["exporter"].str.casefold().isin(everyone)
    table, left_out = with_members(written.assign(exporter=written["exporter"].where(~world, "")), dataset)
    codes = {name: encode(table[name], everything=True) for name in LINE_KEYS}
    for column in ("importer", "exporter"):
        unknown = set(codes[column].labels) - {"", *flows.economies}
        if unknown:
            code = min(unknown)
            raise ScenarioError(
                f"{where}: {schedule.name} names the {column} {code!r}, which is not in {dataset.name}"
                f"{hint_on_economy(code, flows.economies)}."
            )
    found = line_rates(
        flows,
        importer=codes["importer"],
        exporter=codes["exporter"],
        product=codes["product"],
        percent=table["tariff_pct"].to_numpy(dtype=float),
    )
    said = [f"{schedule.name}: {note}" for note in left_out]
    if world.any():
        code = written["exporter"][world].iloc[0]
        said.append(f"{schedule.name}: exporter {code!r} is read as all partners ({world.sum():,} rows).")
    if len(found.finer):
        reached = found.averaged
        said.append(
            f"{schedule.name}: codes finer than the products of {dataset.name} ({named(found.finer)}) are combined by "
            f"their simple mean, which {reached.sum():,} lines take (US$ {flows.import_value[reached].sum():,.0f})."
        )
    products = pd.Index(table["product"][found.idle].unique())
    if idle := int(found.idle.sum()):
        said.append(
            f"{schedule.name}: rows that reach no trade: {idle:,} of {len(table):,} (products {named(products)})."
        )
    return found, tuple(said)
