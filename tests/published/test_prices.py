"""Consumer prices under laws and presets: numbers that an independent program found, and what others printed."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from calc.analysis.households.commodities import CommodityPrices, commodity_prices
from calc.analysis.households.consumer_prices import consumer_prices, prices_of
from calc.analysis.households.cost import cost_by_decile
from calc.analysis.households.price_system import MARKUPS
from calc.analysis.households.us_accounts import read_accounts
from calc.assumptions import Assumptions
from calc.datasets.dataset import read_dataset
from calc.flows import Elasticities, make_flows
from calc.models import armington
from calc.published import prices, revenue
from calc.published.cells import read_table
from calc.question import point_answer, question
from calc.scenario_file import read_scenario

ACCOUNTS = read_accounts()
GOODS = ACCOUNTS.commodities["bea_code"].str.startswith(("1", "21", "3")).to_numpy()
MEASURES = ("landed", "composite", "statutory", "new_weights")
# PCE in %, margins in dollars, everything passed on, on the 50 partners of the table these were made from.
PRESETS = {
    "universal_10": (0.7734, 0.7732, 0.7993, 0.7993),
    "truce_lapses": (1.1494, 0.6818, 1.2127, 0.3626),
    "geneva_truce": (0.3205, 0.2650, 0.3389, 0.2195),
}
UNIFORM = {
    "Clothing and footwear": 3.06007,
    "Communication": 0.412626,
    "Education": 0.268015,
    "Final consumption expenditures of NPISH": 0.308888,
    "Financial services and insurance": 0.117172,
    "Food and beverages purchased for off-premises consumption": 1.234306,
    "Food services and accommodations": 0.473829,
    "Furnishings and durable household equipment": 2.123522,
    "Gasoline and other energy goods": 2.101117,
    "Health care": 0.385337,
    "Household utilities": 0.397084,
    "Housing": 0.049736,
    "Motor vehicles and parts": 2.099361,
    "Net foreign travel": 0.467895,
    "Other durable goods": 2.344085,
    "Other nondurable goods": 1.722858,
    "Other services": 0.323439,
    "Recreation services": 0.369581,
    "Recreational goods and vehicles": 2.103592,
    "Transportation services": 0.577224,
}


def uniform(markup):
    change = CommodityPrices(change=0.1 * GOODS, uncovered_value=0.0, import_value=1.0)
    return prices_of(change, ACCOUNTS, markup=markup)


# What the numbers rest on, which was the default of the data when they were made.
AS_COMPUTED = {"elasticities": "broda-weinstein", "assumptions": Assumptions(pass_through_pct=100.0)}
# What the other 180 partners of us-2024 do to the first of the four, in points.
OTHER_PARTNERS = {"universal_10": 0.0004, "truce_lapses": -0.0127, "geneva_truce": -0.0038}


@cache
def on_fifty_partners(name):
    """A preset answered on the partners of us-2024-hs10 alone: their lines, with their rates and elasticities."""
    partners = set(read_dataset("us-2024-hs10").flows.economies)
    preset = read_scenario(name)
    dataset = read_dataset(preset.dataset)
    scenario = replace(preset, **AS_COMPUTED)
    asked = question(scenario, dataset)
    flows, policy, chosen = asked.dataset.flows, asked.policy, asked.elasticities
    groups = dataset.countries.set_index("economy")["groups"].fillna("").str.split(";")
    kept = [code in partners or not partners.isdisjoint(groups.get(code, [])) for code in flows.economies]
    lines = np.array(kept)[flows.exporter]
    fewer = make_flows(
        economies=flows.economies,
        products=flows.products,
        importer=flows.importer[lines],
        exporter=flows.exporter[lines],
        product=flows.product[lines],
        import_value=flows.import_value[lines],
        tariff_rate=flows.tariff_rate[lines],
    )
    markets = np.unique(flows.market[lines])
    fields = ("targeted", "tariff_new", "export_tax", "export_ceiling", "ceiling_rule")
    return armington.simulate(
        fewer,
        replace(policy, **{field: getattr(policy, field)[lines] for field in fields}),
        Elasticities(
            import_demand_elasticity=chosen.import_demand_elasticity[markets],
            armington_elasticity=chosen.armington_elasticity[markets],
            export_supply_elasticity=chosen.export_supply_elasticity[lines],
            basis=chosen.basis.take(markets),
        ),
    )


@pytest.mark.parametrize(
    ("markup", "total"), list(zip(MARKUPS, (0.797788, 1.123154, 1.974760), strict=True)), ids=MARKUPS
)
def test_ten_points_on_all_goods_raise_consumer_prices_by(markup, total):
    assert 100 * uniform(markup).total == pytest.approx(total, abs=6e-7)


def test_ten_points_on_all_goods_by_category_directly_and_in_the_core():
    found = uniform("dollar")
    by_category = found.by_major_category().set_index("major_category")
    for name, change in UNIFORM.items():
        assert 100 * by_category.loc[name, "price_change"] == pytest.approx(change, abs=6e-7)
    share = found.categories["consumption_share"]
    assert 100 * (share * found.categories["direct_change"]).sum() == pytest.approx(0.45712, abs=6e-6)
    assert 100 * found.core == pytest.approx(0.7340, abs=6e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", PRESETS)
def test_presets_on_the_fifty_partners_cost_what_an_independent_program_found(name):
    result = on_fifty_partners(name)
    found = [100 * consumer_prices(result, ACCOUNTS, measure=measure).total for measure in MEASURES]
    assert found == pytest.approx(PRESETS[name], abs=6e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", PRESETS)
def test_the_other_partners_of_the_data_change_the_presets_by_little(name):
    scenario = replace(read_scenario(name), **AS_COMPUTED)
    whole = point_answer(scenario, read_dataset(scenario.dataset))
    fewer = on_fifty_partners(name)
    moved = [100 * consumer_prices(result, ACCOUNTS).total for result in (whole, fewer)]
    assert moved[0] - moved[1] == pytest.approx(OTHER_PARTNERS[name], abs=6e-5)


def test_ten_points_cost_a_household_1047_dollars_and_a_hundred_on_china_1557():
    for name, dollars in (("universal_10", 1047), ("truce_lapses", 1557)):
        cost = cost_by_decile(consumer_prices(on_fifty_partners(name), ACCOUNTS), ACCOUNTS)
        assert cost.mean_cost == pytest.approx(dollars, abs=0.5)


@pytest.mark.slow
def test_the_law_of_july_2026_raises_prices_as_the_budget_lab_says_by_its_own_assumptions():
    printed = read_table("consumer_prices/law_of_july_2026").set_index("category")["value_pct"]
    theirs = printed.drop("all")
    found = prices.prices_of_july_2026()
    ours = 100 * found.by_major_category().set_index("major_category")["price_change"].loc[theirs.index]
    assert 100 * found.total == pytest.approx(printed["all"], rel=0.1)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.95
    assert ((ours / theirs - 1).abs() < 0.25).all()
    cells = prices.law_of_july_2026()
    assert cells["within"].all()
    assert cells["remark"].iloc[0].startswith("By their own assumptions")


def test_printed_households_and_revenue_are_met_far_inside_their_tolerance():
    cells = prices.households()
    assert (cells["ours"] / cells["published"] - 1).abs().max() < 1e-12
    cells = revenue.conventional()
    assert (cells["ours"] - cells["published"]).abs().max() < 1e-9
    assert revenue.dynamic()["within"].all()


def test_an_other_price_change_would_be_missed():
    cells = prices.households()
    assert not ((1.00001 * cells["ours"] - cells["published"]).abs() <= cells["tolerance"]).any()


def test_the_whole_imports_of_a_commodity_weigh_its_price():
    scenario = read_scenario("universal_10")
    found = commodity_prices(point_answer(scenario, read_dataset(scenario.dataset)), ACCOUNTS, "statutory").change
    assert found[found != 0] == pytest.approx(0.1)
