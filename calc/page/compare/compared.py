"""Whose numbers a comparison shows, and which; no page stands here, so that the command line can ask the same."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from calc.flows import to_frame
from calc.page.importers import largest_importer, of_importer
from calc.result import Result
from calc.scenario import Scenario


def acting_importer(scenario: Scenario, result: Result, importers: list[str]) -> str:
    """The economy whose tariffs a scenario changes: that of its first rule, or the one with most targeted imports."""
    first = scenario.rules[0].importer if scenario.rules else ()
    if len(first) == 1 and first[0] in importers:
        return first[0]
    return largest_importer(result) or ("USA" if "USA" in importers else importers[0])


def seen_by(importer: str) -> partial[Result]:
    """A view of an answer for `run_draws`: the numbers of one economy, its welfare among them."""
    return partial(_of_economy, importer=importer)


def _of_economy(result: Result, importer: str) -> Result:
    """`of_importer`, with the revenue before and after, and the net welfare of the whole economy."""
    own = of_importer(result, importer)
    row = result.economies[(result.economies["economy"] == importer).to_numpy()]
    base, new = (float(own.lines[f"tariff_revenue_{when}"].sum()) for when in ("base", "new"))
    values = {"tariff_revenue_base": base, "tariff_revenue_new": new}
    if len(row):
        values["net_welfare_change"] = float(row["net_welfare_change"].iloc[0])
    nothing = np.full(len(values), np.nan)
    added = to_frame(
        {"metric": list(values), "value": np.array(list(values.values())), "low": nothing, "high": nothing}
    )
    return replace(own, summary=pd.concat([own.summary, added], ignore_index=True))
