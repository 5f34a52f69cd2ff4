"""The experiment of Caliendo & Parro (2015): NAFTA in the world of 1993, and our results against its tables.

31 economies x 40 sectors. Tariffs among Mexico, Canada and the United States go from 1993 to 2005, all others stay;
trade is balanced in base and scenario. Cleaned as the authors do: output is at least exports, own sales are output
less exports. The paper's "welfare" is the first-order measure, not the change of real income.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from calc.flows import Accounts, Elasticities, Flows, make_flows
from calc.models import base_equilibrium, trade_equilibrium
from calc.models.equations.decomposition import consumer_price_log, first_order_by_partner
from calc.models.equations.equilibrium import solve_world
from calc.published.cells import beside, published_dir, read_cells
from calc.published.inputs import stated_elasticities, tariff_policy
from calc.tariffs.policy import Policy

NAME = "caliendo_parro_2015"
NAFTA = ("MEX", "CAN", "USA")
TABLES = ("table_2", "table_3", "table_5", "abstract")
NOT_TRADED = 20  # sectors, which stand after the traded ones
NOT_TRADED_ELASTICITY = 8.22


@cache
def nafta() -> tuple[Flows, Policy, Elasticities]:
    """Flows with accounts, policy and elasticities of the paper, read once."""
    with np.load(published_dir() / NAME / "world_1993.npz", allow_pickle=False) as data:
        economies = pd.Index(data["economy"].astype(str))
        traded, tariff, tariff_2005 = (
            np.concatenate([data[name], np.zeros((NOT_TRADED, len(economies), len(economies)))])
            for name in ("trade_thousand_usd", "tariff_1993_pct", "tariff_2005_pct")
        )
        share, inputs = data["value_added_share"], data["input_share"]
        reported, theta = data["gross_output_usd"], data["trade_elasticity"]
    theta = np.concatenate([theta, np.full(NOT_TRADED, NOT_TRADED_ELASTICITY)])
    value = traded * 1000
    exports = value.sum(axis=1)
    output = np.maximum(reported.T, exports)
    own = np.arange(len(economies))
    value[:, own, own] = output - exports
    product, importer, exporter = (index.ravel() for index in np.indices(value.shape))
    flows = make_flows(
        economies=economies,
        products=pd.Index([f"{number:02d}" for number in range(1, len(theta) + 1)]),
        importer=importer,
        exporter=exporter,
        product=product,
        import_value=value.ravel(),
        tariff_rate=tariff.ravel() / 100,
    )
    value_added = share * output.T
    accounts = Accounts(
        value_added=value_added, input_output=inputs * (output.T - value_added)[:, None, :], final_demand=None
    )
    flows = replace(flows, accounts=accounts)
    member = economies.isin(NAFTA)
    freed = member[flows.importer] & member[flows.exporter]
    new = np.where(freed, tariff_2005[flows.product, flows.importer, flows.exporter] / 100, flows.tariff_rate)
    sigma = theta[flows.product[flows.market_start]] + 1
    return flows, tariff_policy(flows, new), stated_elasticities(flows, -1.0, sigma)


@cache
def computed() -> dict[tuple[str, str, str, str], float]:
    """Ours, in percent, by (table, economy or importer, exporter or nothing, quantity)."""
    flows, policy, elasticities = nafta()
    base = base_equilibrium.base_of(flows, elasticities, deficits="zero")
    world = base.world
    end = solve_world(world, trade_equilibrium.new_tariff(base, policy))
    terms_of_trade, volume_of_trade = first_order_by_partner(world, end)
    real_wage = np.expm1(end.wage_log - consumer_price_log(world, end))
    position = {code: int(flows.economies.get_loc(code)) for code in NAFTA}  # type: ignore[arg-type]  # codes are unique
    before, after = world.import_value.sum(axis=0), end.import_value.sum(axis=0)
    ours: dict[tuple[str, str, str, str], float] = {}
    for code, n in position.items():
        partners = [i for other, i in position.items() if other != code]
        rest = [i for i in range(len(flows.economies)) if i not in position.values()]
        tot, vot = terms_of_trade[n], volume_of_trade[n]
        sums = {"tot": tot.sum(), "vot": vot.sum(), "welfare": tot.sum() + vot.sum(), "real_wage": real_wage[n]}
        ours |= {("table_2", code, "", quantity): value for quantity, value in sums.items()}
        for quantity, of_partner in (("tot", tot), ("vot", vot)):
            ours["table_3", code, "", f"{quantity}_nafta"] = of_partner[partners].sum()
            ours["table_3", code, "", f"{quantity}_row"] = of_partner[rest].sum()
        for other, i in position.items():
            if other != code:
                ours["table_5", code, other, "import_growth"] = after[n, i] / before[n, i] - 1
        ours["abstract", code, "NAFTA", "import_growth"] = after[n, partners].sum() / before[n, partners].sum() - 1
    return {key: 100 * float(value) for key, value in ours.items()}


def compare() -> pd.DataFrame:
    """Tables 2, 3 and 5 and the abstract, in the columns of `cells`."""
    found = computed()
    parts = []
    for name in TABLES:
        cells = read_cells(f"{NAME}/{name}").assign(unit="%", case="NAFTA, tariffs of 1993 to 2005")
        partners = cells["partner"] if "partner" in cells else [""] * len(cells)
        keys = zip(cells["economy"], partners, cells["quantity"], strict=True)
        parts.append(beside(cells, [found[name, *key] for key in keys]))
    return pd.concat(parts, ignore_index=True)
