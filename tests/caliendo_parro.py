"""The experiment of Caliendo & Parro (2015): NAFTA in the world of 1993, their printed tables beside ours."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from builders import elasticities_of, policy_of

from calc.decomposition import consumer_price_log, first_order_decomposition
from calc.equilibrium import solve_world
from calc.models import trade_equilibrium
from calc.tables import Accounts, make_flows

FOLDER = Path(__file__).parent / "published" / "caliendo_parro_2015"
NAFTA = ("MEX", "CAN", "USA")
NOT_TRADED = 20
NOT_TRADED_ELASTICITY = 8.22


@cache
def nafta():
    """Flows with accounts, policy and elasticities, read once; no test may change them."""
    with np.load(FOLDER / "world_1993.npz", allow_pickle=False) as data:
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
    return flows, policy_of(flows, tariff=new), elasticities_of(flows, epsilon=-1.0, sigma=sigma)


@cache
def computed():
    """Ours, in percent, by (table, economy or importer, exporter or nothing, quantity)."""
    flows, policy, elasticities = nafta()
    base = trade_equilibrium.base_of(flows, elasticities, deficits="zero")
    world = base.world
    end = solve_world(world, trade_equilibrium.new_tariff(base, policy))
    split = first_order_decomposition(world, end)
    real_wage = np.expm1(end.wage_log - consumer_price_log(world, end))
    position = {code: flows.economies.get_loc(code) for code in NAFTA}
    before, after = world.import_value.sum(axis=0), end.import_value.sum(axis=0)
    ours = {}
    for code, n in position.items():
        partners = [i for other, i in position.items() if other != code]
        rest = [i for i in range(len(flows.economies)) if i not in position.values()]
        tot, vot = split.terms_of_trade[n], split.volume_of_trade[n]
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


def printed():
    """Every printed cell: table, economy, partner (or nothing), quantity, published, digits."""
    tables = [
        pd.read_csv(FOLDER / f"{name}.csv", comment="#")
        .rename(columns={"importer": "economy", "exporter": "partner", "value": "published"})
        .assign(table=name)
        for name in ("table_2", "table_3", "table_5", "abstract")
    ]
    columns = ["table", "economy", "partner", "quantity", "published", "digits"]
    return pd.concat(tables, ignore_index=True)[columns].fillna({"partner": ""})


def compare():
    """The printed cells with ours beside them, and whether it is within half the last printed digit."""
    table = printed()
    ours = computed()
    keys = zip(table["table"], table["economy"], table["partner"], table["quantity"], strict=True)
    table["ours"] = [ours[key] for key in keys]
    table["within"] = (table["ours"] - table["published"]).abs() <= 0.5 * 10.0 ** -table["digits"]
    return table
