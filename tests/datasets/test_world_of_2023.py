"""The estimated world of 2023 with input-output links: what it must agree with, and what it answers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from calc.datasets.catalogue import first_of
from calc.datasets.dataset import read_dataset
from calc.question import point_answer
from calc.scenario import Scenario
from calc.scenario_file import read_scenario
from calc.tariffs.rules import Rule

KEYS = ["importer", "exporter", "product"]
REROUTED = "entrepôt trade sent straight from origin to buyer"


@pytest.fixture(scope="module")
def world():
    return read_dataset("world-io-2023")


def trade(dataset):
    """Flows between two economies as a table: keys and value."""
    flows = dataset.flows
    table = pd.DataFrame(
        {
            "importer": flows.economies[flows.importer],
            "exporter": flows.economies[flows.exporter],
            "product": flows.products[flows.product],
            "value": flows.import_value,
        }
    )
    return table[~flows.domestic]


def by_cell(flows, codes, values):
    """Σ of `values` by economy and product [economy, product]."""
    shape = len(flows.economies), len(flows.products)
    return np.bincount(codes * shape[1] + flows.product, values, shape[0] * shape[1]).reshape(shape)


def test_it_is_the_default_world_and_says_that_it_is_estimated(world):
    assert first_of("world") == world.name
    assert world.estimated
    assert "estimated" in world.title
    assert "Estimated, not observed" in world.notes[0].text


def test_value_added_and_duties_make_the_gdp_of_each_economy(world):
    flows = world.flows
    duty = by_cell(flows, flows.importer, flows.import_value * flows.tariff_rate).sum(axis=1)
    gdp = pd.to_numeric(world.countries["gdp_usd"]).to_numpy()
    np.testing.assert_allclose(flows.accounts.value_added.sum(axis=1) + duty, gdp, rtol=1e-6)


def test_gdp_is_that_of_its_source_within_a_fifth_of_a_percent(world):
    pairs = read_dataset("pairs-2023")  # the same source, by economy
    source = pd.Series(pairs.countries["gdp_usd"].astype(float).to_numpy(), pairs.countries["economy"])
    own = pd.Series(pd.to_numeric(world.countries["gdp_usd"]).to_numpy(), world.countries["economy"])
    single = own.drop(["ROW", "TWN"])
    np.testing.assert_allclose(single, source[single.index], rtol=0.002)
    assert own["ROW"] == pytest.approx(source.drop(single.index).sum(), rel=0.002)
    assert own["TWN"] == pytest.approx(756e9, rel=0.002)  # IMF; the source has no Taiwan


def test_costs_equal_sales_and_purchases_equal_uses(world):
    flows, accounts = world.flows, world.flows.accounts
    output = by_cell(flows, flows.exporter, flows.import_value)
    bought = by_cell(flows, flows.importer, flows.import_value * (1 + flows.tariff_rate))
    np.testing.assert_allclose(accounts.value_added + accounts.input_output.sum(axis=1), output, rtol=1e-12, atol=1)
    np.testing.assert_allclose(accounts.final_demand + accounts.input_output.sum(axis=2), bought, rtol=1e-12, atol=1)
    assert ((accounts.value_added > 0) == (output > 0)).all()
    assert (accounts.final_demand >= 0).all()


def test_goods_trade_is_that_of_world_2023_except_where_entrepot_trade_was_rerouted(world):
    ours = trade(world).merge(trade(read_dataset("world-2023")), on=KEYS, how="right", suffixes=("", "_there"))
    basis = pd.read_parquet("data/world-io-2023/flows.parquet")[[*KEYS, "basis"]].astype(str)
    ours = ours.astype(dict.fromkeys(KEYS, str)).merge(basis, on=KEYS, how="left")
    ours = ours[(ours["exporter"] != "TWN") | (ours["importer"] == "USA")].fillna({"value": 0.0, "basis": REROUTED})
    gap = (ours["value"] - ours["value_there"]).abs()
    kept = ~ours["basis"].str.contains(REROUTED)
    assert (gap[kept] <= np.maximum(1e6, 0.005 * ours["value_there"][kept])).all()
    assert kept.sum() > 8_000
    # A dollar that went A to B to C leaves one flow, and none where C is A; US$ 482 bn were rerouted.
    lost = ours["value_there"].sum() - ours["value"].sum()
    assert lost == pytest.approx(531.4e9, abs=0.1e9)
    moved = ours["value_there"].sub(ours["value"]).groupby(ours["exporter"]).sum()
    assert moved[["NLD", "BEL", "ROW"]].sum() > 0.7 * lost
    assert moved["USA"] < 0.003 * ours.loc[ours["exporter"] == "USA", "value_there"].sum()


def test_without_a_change_nothing_moves(world):
    result = point_answer(Scenario(dataset="world-io-2023", model="trade_equilibrium"), world)
    assert result.solution.residual <= 1e-10
    assert result.economies["real_income_change"].abs().max() < 1e-9


@pytest.mark.parametrize("elasticities", ["default", "protee", "broda-weinstein"])
def test_a_surtax_on_china_costs_both_sides_and_helps_mexico_whatever_the_elasticities(world, elasticities):
    surtax = replace(read_scenario("truce_lapses_world"), elasticities=elasticities, draws=0)
    answer = Rule(importer=("CHN",), exporters=("USA",), action="reciprocal", value_pct=100.0)
    result = point_answer(replace(surtax, rules=(*surtax.rules, answer)), world)
    change = result.economies.set_index("economy")["real_income_change"]
    assert result.solution.residual <= 1e-10
    assert change["USA"] < 0 > change["CHN"]
    assert change["MEX"] > 0


def test_the_default_trade_elasticity_is_4_for_every_industry(world):
    assert set(world.elasticities["default"].armington_elasticity) == {5.0}
