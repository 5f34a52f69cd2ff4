"""Small published examples against ours: figures, textbooks, articles and one official formula."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from calc.flows import Array, Flows, make_flows
from calc.models import armington
from calc.models.equations.welfare import border_pass_through, cost_to_buyers, preference_gain_per_unit, tariff_areas
from calc.published.cells import beside, cells_of, floats, read_example, read_table
from calc.published.inputs import stated_elasticities, tariff_policy
from calc.tariffs.rules import reciprocal_rate

EXACT = 1e-9  # where the printed answers are exact, ours differ by rounding alone
_EXACT_WORDS = "The published answers are exact, so ours must be."
# heights of bars, which can be read to 0.02 points
_EMR_TOLERANCE = 0.03
_EMR_WORDS = "Read off the height of a bar in a figure, to 0.02 points; 0.03 points are allowed."
# one rule of rounding does not give every printed rate: half of 50.2 and of 52.2 went down instead of up
_ROUNDED_DOWN = {
    "Korea": "Half of 50.2 is printed as 25; the rule that gives the other rates rounds it up to 26.",
    "India": "Half of 52.2 is printed as 26; the rule that gives the other rates rounds it up to 27.",
}


def one_market(value: Array) -> Flows:
    """One importer's market of one product without base tariffs; value M of each supplier, US$."""
    count = len(value)
    return make_flows(
        economies=pd.Index(["buyer", *(f"supplier {k}" for k in range(1, count + 1))]),
        products=pd.Index(["good"]),
        importer=np.zeros(count, dtype=np.intp),
        exporter=np.arange(1, count + 1),
        product=np.zeros(count, dtype=np.intp),
        import_value=np.asarray(value, dtype=float),
        tariff_rate=np.zeros(count),
    )


def emr_figure() -> pd.DataFrame:
    """Duty-paid prices of three suppliers with unequal supply, in the exact Armington model."""
    table = read_table("emr_figure")
    flows = one_market(table["value_usd"].to_numpy())
    elasticities = stated_elasticities(flows, -1, 4, table["export_supply_elasticity"].to_numpy())
    policy = tariff_policy(flows, table["tariff_new_pct"].to_numpy() / 100)
    landed = armington.simulate(flows, policy, elasticities).lines["landed_price_change"].to_numpy()
    cells = table.rename(columns={"exporter": "economy", "printed_pct": "published"}).assign(
        table="first figure",
        case="10% on the second supplier",
        quantity="landed_price_change",
        unit="%",
        digits=2,
        tolerance=_EMR_TOLERANCE,
        remark=_EMR_WORDS,
    )
    return beside(cells, 100 * landed)


def household_cost() -> pd.DataFrame:
    """Cost of a household, and the fall of imports of one variety among many at 10%."""
    example = read_example("amiti_2019_household_cost")
    cost, demand = example["usd_per_household"], example["demand"]
    duty, loss = floats([cost["duty"], cost["deadweight_loss"]])
    flows = one_market(np.array([1.0, 1e12]))
    # demand for the composite is of no account for one variety among many
    elasticities = stated_elasticities(flows, -1.2, -float(demand["elasticity"]))
    policy = tariff_policy(flows, np.array([float(demand["tariff"]), 0.0]))
    fall = -float(armington.simulate(flows, policy, elasticities).lines["volume_change"].iloc[0])
    total = cells_of({"cost_to_buyers": cost["printed_total"]}, case="2019 duties", unit="US$ a household")
    quantity = cells_of(
        {"fall_of_imports": demand["printed_fall"]},
        case="10%, elasticity −6",
        unit="share",
        remark="1 − 1.10^−6 is 0.4355; the article prints 0.43.",
    )
    cells = pd.concat([total, quantity], ignore_index=True).assign(table="text", economy="USA")
    return beside(cells, [cost_to_buyers(duty, loss), fall])


def pass_through() -> pd.DataFrame:
    """Share of the duties of 2025 that buyers bear, from the printed change of exporters' prices."""
    table = read_table("amiti_2026_pass_through")
    ours = [border_pass_through(change / 100, 0.10) for change in table["export_price_change_pct"]]
    cells = table.rename(columns={"period": "case", "printed_pass_through": "published"}).assign(
        table="text", economy="USA", quantity="pass_through", unit="share", digits=2
    )
    return beside(cells, ours)


def ustr_formula() -> pd.DataFrame:
    """Rates charged and announced by the formula of 2 April 2025."""
    table = read_table("ustr_2025_reciprocal")
    parts = []
    for place, quantity in enumerate(("charged", "announced")):
        printed = table[table[f"{quantity}_pct"].notna()]
        trade = zip(printed["us_exports_bn"].tolist(), printed["us_imports_bn"].tolist(), strict=True)
        ours = [reciprocal_rate(exports, imports)[place] for exports, imports in trade]
        cells = pd.DataFrame(
            {
                "table": "chart of 2 April 2025",
                "economy": printed["partner"],
                "quantity": f"rate_{quantity}",
                "unit": "%",
                "published": printed[f"{quantity}_pct"],
                "digits": 0,
                "remark": printed["partner"].map(_ROUNDED_DOWN) if quantity == "announced" else "",
            }
        )
        parts.append(beside(cells, [100 * rate for rate in ours]))
    return pd.concat(parts, ignore_index=True)


def linear_tariff(case: Mapping[str, Any]) -> dict[str, float]:
    """Prices, quantities and areas of a specific tariff between two economies of straight lines.

        D(p) − S(p) + D*(p − t) − S*(p − t) = 0

    Parameters
    ----------
    case : home_demand, home_supply, foreign_demand, foreign_supply as intercept and slope; specific_tariff
    """
    schedules = ("home_demand", "home_supply", "foreign_demand", "foreign_supply")
    lines = {name: np.array(floats(case[name])) for name in schedules}
    tariff = float(case["specific_tariff"])
    home_excess = lines["home_demand"] - lines["home_supply"]
    foreign_excess = lines["foreign_demand"] - lines["foreign_supply"]

    def at(name: str, price: float) -> float:
        return float(lines[name] @ [1, price])

    both = home_excess + foreign_excess
    free_price = float(-both[0] / both[1])
    home_price = float((foreign_excess[1] * tariff - both[0]) / both[1])
    world_price = home_price - tariff
    found = {
        "home_autarky_price": float(-home_excess[0] / home_excess[1]),
        "foreign_autarky_price": float(-foreign_excess[0] / foreign_excess[1]),
        "free_price": free_price,
        "home_price": home_price,
        "world_price": world_price,
        "home_demand_free": at("home_demand", free_price),
        "home_demand": at("home_demand", home_price),
        "home_supply_free": at("home_supply", free_price),
        "home_supply": at("home_supply", home_price),
        "foreign_demand_free": at("foreign_demand", free_price),
        "foreign_demand": at("foreign_demand", world_price),
    }
    found["free_imports"] = found["home_demand_free"] - found["home_supply_free"]
    found["imports"] = found["home_demand"] - found["home_supply"]
    areas = tariff_areas(
        price_base=free_price,
        home_price_new=home_price,
        world_price_new=world_price,
        supply_base=found["home_supply_free"],
        supply_new=found["home_supply"],
        demand_base=found["home_demand_free"],
        demand_new=found["home_demand"],
    )
    parts = ("a", "b", "c", "d", "e", "consumer_surplus_change", "producer_surplus_change")
    sums = ("tariff_revenue", "deadweight_loss", "net_welfare_change")
    return found | {name: float(getattr(areas, name)) for name in (*parts, *sums)}


def krugman_obstfeld() -> pd.DataFrame:
    """A specific tariff of a large and of a nearly small country."""
    example = read_example("krugman_obstfeld_tariff")
    parts = []
    for case, words in (("large", "large country"), ("nearly_small", "nearly small country")):
        found = linear_tariff(example[case])
        for key in ("printed", "printed_prices", "printed_quantities"):
            if key not in example[case]:
                continue
            cells = cells_of(example[case][key], table="answers, problems 1 to 4", case=words)
            if key == "printed":
                cells = cells.assign(tolerance=EXACT, remark=_EXACT_WORDS)
            elif key == "printed_prices":
                # the publisher rounds prices to a cent and halves of them
                cells = cells.assign(tolerance=0.005, remark="Prices are printed to a cent, or to half of one.")
            parts.append(beside(cells, [found[name] for name in cells["quantity"]]))
    return pd.concat(parts, ignore_index=True)


def worksheet() -> pd.DataFrame:
    """The areas of a large country's tariff, and what the world loses."""
    case = read_example("worksheet_2011_large_country")
    free, home, foreign = floats([case["free_price"], case["home_price"], case["world_price"]])
    (supply_free, supply), (demand_free, demand) = floats(case["home_supply"]), floats(case["home_demand"])
    areas = tariff_areas(
        price_base=free,
        home_price_new=home,
        world_price_new=foreign,
        supply_base=supply_free,
        supply_new=supply,
        demand_base=demand_free,
        demand_new=demand,
    )
    # what is lost to the world lies below the whole tariff: home's triangles and the exporters' own
    lost_by_exporters = (free - foreign) * (demand_free - supply_free - demand + supply) / 2
    found = {
        "free_imports": demand_free - supply_free,
        "consumer_surplus_loss": -areas.consumer_surplus_change,
        "terms_of_trade_gain": areas.e,
        "deadweight_loss": areas.deadweight_loss,
        "world_net_loss": areas.deadweight_loss + lost_by_exporters,
    }
    labels = {"table": "answers, page 3", "case": "large country", "tolerance": EXACT, "remark": _EXACT_WORDS}
    cells = cells_of(case["printed"], **labels)
    return beside(cells, [found[name] for name in cells["quantity"]])


def diversion() -> pd.DataFrame:
    """A preference that moves purchases from the cheapest supplier to a partner."""
    case = read_example("feenstra_taylor_2008_diversion")
    gain = preference_gain_per_unit(
        third_price_duty_paid=float(case["third_price_duty_paid"]),
        third_tariff=float(case["third_tariff"]),
        partner_price=float(case["partner_price"]),
    )
    labels = {"table": "example of auto parts", "case": "from Asia to Mexico", "unit": "US$ a unit"}
    cells = cells_of(case["printed"], **labels, tolerance=EXACT, remark=_EXACT_WORDS)
    return beside(cells, [float(getattr(gain, name)) for name in cells["quantity"]])
