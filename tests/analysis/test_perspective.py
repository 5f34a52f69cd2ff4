"""An answer as one economy sees it: its headline numbers, which economy acts, and the tables of economies."""

from dataclasses import replace

import numpy as np
import pytest

from calc.analysis.perspective import (
    SURPLUSES,
    TARGETED_PRODUCERS,
    acting_importer,
    economy_changes,
    gdp_of,
    of_importer,
    of_partners,
    of_products,
    parts,
    seen_by,
    with_targeted_producers,
)
from calc.datasets.dataset import read_dataset
from calc.question import point_answer
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario
from calc.tariffs.rules import Rule

HIT = Rule(importer=("USA",), exporters=("CHN",), value_pct=100.0)
BUYERS = ["CHN", "MEX", "USA"]


def preset(name):
    return read_scenario(presets()[name])


@pytest.fixture(scope="module")
def tit_for_tat():
    return point_answer(preset("tit_for_tat"), read_dataset("world-2023"))


@pytest.fixture(scope="module")
def whole_economies():
    return point_answer(preset("truce_lapses_world"), read_dataset("wiod-2011"))


@pytest.fixture(scope="module")
def export_cut():
    return point_answer(preset("rare_earth_cut_world"), read_dataset(preset("rare_earth_cut_world").dataset))


# One importer's headline numbers


def test_the_only_importer_of_the_data_sees_the_whole_answer(run_preset):
    result = run_preset("truce_lapses")
    seen = of_importer(result, "USA")
    own = {"import_value_change", "targeted_tariff_new", "trade_diversion", "tariff_revenue_new", "net_welfare_change"}
    assert own < set(seen.summary["metric"])
    abroad = {"net_welfare_change": result.value("producer_surplus_change")}  # all sellers are foreign
    for metric in seen.summary["metric"]:
        if metric != TARGETED_PRODUCERS:
            whole = result.value(metric) - abroad.get(metric, 0.0)
            assert seen.value(metric) == pytest.approx(whole, rel=1e-9, abs=1e-12), metric
    assert seen.economies["exports_change"].sum() == pytest.approx(result.value("import_value_change"))


@pytest.mark.parametrize("metric", ["import_value_change", "trade_creation", "tariff_revenue_new", *SURPLUSES])
def test_the_importers_of_a_world_add_up_to_it(tit_for_tat, metric):
    summaries = [of_importer(tit_for_tat, code).summary for code in tit_for_tat.economies["economy"].astype(str)]
    # an economy that only sells has no consumer surplus
    total = sum(table.loc[table["metric"] == metric, "value"].sum() for table in summaries)
    assert total == pytest.approx(tit_for_tat.value(metric), rel=1e-9)


@pytest.mark.parametrize("economy", ["USA", "CHN"])
def test_surpluses_revenue_and_welfare_are_those_of_the_economys_row(tit_for_tat, economy):
    seen = of_importer(tit_for_tat, economy)
    row = tit_for_tat.economies.set_index("economy").loc[economy]
    for metric in (*SURPLUSES, "net_welfare_change"):
        assert seen.value(metric) == row[metric], metric


def test_the_sellers_of_targeted_goods_are_others_than_an_economys_own_producers(tit_for_tat):
    usa = of_importer(tit_for_tat, "USA")
    lines = tit_for_tat.lines
    hit = lines["targeted"] & (lines["importer"] == "USA")
    assert usa.value(TARGETED_PRODUCERS) == pytest.approx(lines.loc[hit, "producer_surplus_change"].sum(), rel=1e-12)
    assert usa.value(TARGETED_PRODUCERS) < 0 < usa.value("producer_surplus_change")
    world = with_targeted_producers(tit_for_tat).value(TARGETED_PRODUCERS)
    assert world == pytest.approx(
        usa.value(TARGETED_PRODUCERS) + of_importer(tit_for_tat, "CHN").value(TARGETED_PRODUCERS)
    )


def test_where_incomes_move_an_importer_has_its_own_income_and_no_surplus(whole_economies):
    seen = of_importer(whole_economies, "USA")
    row = whole_economies.economies.set_index("economy").loc["USA"]
    for metric in ("real_income_change", "consumer_price_change", "exports_change", "net_welfare_change"):
        assert seen.value(metric) == row[metric], metric
    metrics = set(seen.summary["metric"])
    assert not metrics & {"consumer_surplus_change", "producer_surplus_change", TARGETED_PRODUCERS}
    assert not [metric for metric in metrics if metric.startswith(("acting_", "world_"))]
    before, after = (seen.value(f"tariff_revenue_{when}") for when in ("base", "new"))
    assert after - before == pytest.approx(seen.value("tariff_revenue_change"), rel=1e-6)


def test_no_importer_is_the_whole_answer():
    assert seen_by("") is None


# Which economy acts


def lines_of(result, **columns):
    return replace(result, lines=result.lines.assign(**columns))


def test_the_importer_of_the_first_rule_acts(tit_for_tat):
    assert acting_importer(preset("tit_for_tat"), tit_for_tat, BUYERS) == "USA"


def test_without_a_name_the_importer_with_most_at_stake_acts(tit_for_tat):
    assert acting_importer(Scenario(rules=(Rule(value_pct=10.0),)), tit_for_tat, BUYERS) == "USA"


def test_a_rule_that_changes_nothing_of_its_importer_does_not_make_it_act(tit_for_tat):
    idle = Scenario(rules=(replace(HIT, importer=("MEX",)),))
    assert acting_importer(idle, tit_for_tat, BUYERS) == "USA"


def test_where_nothing_changes_it_is_the_one_asked_for_and_else_the_largest_importer(tit_for_tat):
    still = lines_of(tit_for_tat, targeted=False)
    assert acting_importer(Scenario(), still, BUYERS, "MEX") == "MEX"
    assert acting_importer(Scenario(), still, BUYERS, "XXX") == "USA"
    assert acting_importer(Scenario(rules=(HIT,)), still, BUYERS, "MEX") == "USA"


def test_where_only_shipments_are_restricted_it_is_the_economy_hit_most(export_cut):
    open_to_all = Scenario(rules=(replace(HIT, importer=()),))
    lost = export_cut.economies.set_index("economy")["net_welfare_change"].drop(["CHN", "ROW"])
    assert lost.min() < 0
    assert acting_importer(open_to_all, export_cut, list(lost.index)) == lost.idxmin()


# Tables of economies


def test_gains_of_economies_are_those_of_the_result(tit_for_tat, whole_economies):
    gdp = gdp_of(read_dataset("world-2023"))
    changes = economy_changes(tit_for_tat, gdp)
    assert changes["gain"].sum() == pytest.approx(tit_for_tat.value("net_welfare_change"), rel=1e-12)
    assert changes["economy"].iloc[-1] == "USA"
    usa = changes.iloc[-1]
    assert usa["share"] == pytest.approx(usa["gain"] / gdp["USA"])
    assert changes.loc[changes["economy"] == "TWN", "share"].isna().all()
    assert economy_changes(whole_economies, {})["share"].is_monotonic_decreasing
    assert gdp_of(read_dataset("wiod-2011"))["USA"] == pytest.approx(15.4e12, rel=0.05)


def test_parts_add_up_to_the_gain(tit_for_tat, whole_economies):
    table = parts(tit_for_tat)
    assert table["name"].nunique() == 12
    assert list(table["part"].unique()) == list(SURPLUSES)
    assert table.groupby("name")["value"].sum()["United States"] == pytest.approx(
        float(tit_for_tat.economies.set_index("economy")["net_welfare_change"]["USA"])
    )
    general = parts(whole_economies).drop_duplicates("name").set_index("name")
    assert general["total"]["United States"] == pytest.approx(
        whole_economies.economies.set_index("economy")["real_income_change"]["USA"], abs=1e-4
    )
    pairs = point_answer(preset("truce_lapses_pairs"), read_dataset("pairs-2023"))
    assert parts(pairs).empty


def test_products_and_partners_of_an_economy_add_up_to_its_trade(tit_for_tat):
    row = tit_for_tat.economies.set_index("economy").loc["MEX"]
    partners, products = of_partners(tit_for_tat, "MEX"), of_products(tit_for_tat, "MEX")
    for metric in ("exports_base", "exports_change", "imports_base", "imports_change"):
        assert partners[metric].sum() == pytest.approx(row[metric]), metric
    assert products["exports_change"].sum() == pytest.approx(row["exports_change"])
    assert products["consumer_surplus_change"].sum() == pytest.approx(row["consumer_surplus_change"])
    assert np.all(np.diff(products["exports_change"].abs().dropna()) <= 0)
