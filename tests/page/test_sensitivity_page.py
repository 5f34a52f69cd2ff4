"""The Sensitivity view through AppTest: what a person sees, and that the export holds exactly that."""

import csv
import io
import zipfile
from functools import partial

import pages
import pyarrow as pa
import pytest
from pages import choose_preset, headline_of, preset_of, tables_of, words_of

from calc.analysis.goal import greatest
from calc.analysis.sensitivity import outcome_text
from calc.analysis.sweep import lever_of
from calc.glossary import GLOSSARY
from calc.page import answers
from calc.page.sensitivity import view
from calc.page.sensitivity.answers import draws_of
from calc.scenario import Scenario
from calc.scenario_file import read_scenario
from calc.tariffs.law import latest_day

pytestmark = pytest.mark.slow

DATASETS = ("us-2024", "world-2023", "pairs-2023", "wiod-2011", "china-2017")
# The smallest of the built-in data, for what does not depend on the data.
SMALL = {"dataset": "china-2017", "exporters": "USA", "tariff_pct": "30"}


OPENING = "latest_100_china"

open_view = partial(pages.open_view, "Sensitivity")
ALTS = {"tornado": "Tornado of", "curve": "Curve.", "two_way": "Table of"}


def drawn(page, chart, name="rows"):
    """Rows that a chart draws; the chart is known by how its words begin."""
    charts = [found.proto for found in page.get("vega_lite_chart") if found.proto.alt.startswith(ALTS[chart])]
    assert len(charts) == 1, chart
    data = next(data for data in charts[0].datasets if data.name == name)
    return pa.ipc.open_stream(data.data.data).read_all().to_pylist()


def peak_of(preset):
    """The value of a preset's rule at which revenue is greatest, points."""
    scenario = read_scenario(preset)
    return greatest(scenario, answers.dataset(scenario.dataset), lever_of(scenario)).value_pct


@pytest.fixture
def exported(monkeypatch):
    """The files of the last export button that was drawn, by name: rows of a CSV, or text."""
    made = []
    monkeypatch.setattr(
        view.st,
        "download_button",
        lambda label, data, *rest, **more: made.append(data) if label == "Export tables" else None,
    )

    def files():
        with zipfile.ZipFile(io.BytesIO(made[-1]())) as archive:
            text = {name: archive.read(name).decode() for name in archive.namelist()}
        return {
            name: list(csv.DictReader(io.StringIO(content))) if name.endswith(".csv") else content
            for name, content in text.items()
        }

    return files


def test_the_view_opens_with_the_assumption_that_matters_most():
    page = open_view()
    assert headline_of(page).startswith("“Tariff revenue” depends most on the elasticity set: ")
    assert page.selectbox(key="outcome").options[0] == "Tariff revenue"
    assert f"Tariff revenue is greatest at {peak_of(OPENING):.0f} points added to the tariff." in words_of(page)
    assert "exchange rates" in words_of(page)
    assert dict(page.query_params) == {}


@pytest.mark.slow
@pytest.mark.parametrize("dataset", DATASETS)
def test_every_dataset_has_its_bars_its_curve_and_its_table(dataset):
    buyer = {"exporters": "USA"} if dataset == "china-2017" else {}
    page = open_view(dataset=dataset, tariff_pct="30", **buyer)
    assert "depends most on the" in headline_of(page)
    assert len(drawn(page, "tornado")) > 1
    assert len(drawn(page, "curve", "curve")) > 20
    assert sum(cell["standing"] for cell in drawn(page, "two_way")) == 1
    general = dataset in ("pairs-2023", "wiod-2011")
    assert page.selectbox(key="outcome").options[0] == ("Real income" if general else "Tariff revenue")


@pytest.mark.parametrize("model", ["smart", "smart_discrete"])
def test_every_model_of_one_importer_has_its_bars(model):
    assert "depends most on the" in headline_of(open_view(**SMALL, model=model))


def test_any_headline_number_can_be_the_outcome_and_the_link_keeps_it():
    page = open_view(**SMALL, outcome="affected_composite_price_change")
    assert headline_of(page).startswith("“Price, goods hit” depends most on the ")
    assert page.query_params["outcome"] == "affected_composite_price_change"
    options = page.selectbox(key="outcome").options
    assert options[0] == GLOSSARY["tariff_revenue_change"].short
    assert not any(GLOSSARY[name].short in options for name in ("import_value_base", "effective_tariff_base"))
    page.selectbox(key="outcome").set_value("net_welfare_change").run()
    assert headline_of(page).startswith("“Net welfare” depends most on")


def test_an_outcome_of_another_dataset_gives_way_to_the_first_one():
    page = open_view(**SMALL, outcome="real_income_change")
    assert headline_of(page).startswith("“Tariff revenue”")
    assert "outcome" not in page.query_params


def test_a_policy_without_a_change_can_still_be_varied():
    page = open_view(tariff_pct="0")
    assert headline_of(page) == "“Tariff revenue” is the same under every assumption tried: $0."
    assert f"Tariff revenue is greatest at {peak_of('truce_lapses'):.0f} points" in words_of(page)


def test_of_several_rules_one_is_varied_and_named():
    page = open_view(dataset="world-2023", retaliation="True")
    assert "Varied: “The United States adds 100 points to its tariff on China”" in words_of(page)
    page.selectbox(key="varied_rule").set_value(2).run()
    assert "Varied: “China retaliates against the United States, matching 100% of the tariff change”" in words_of(page)
    assert page.query_params["varied_rule"] == "2"
    assert not page.error


def test_a_schedule_is_varied_by_a_factor():
    page = open_view()
    choose_preset(page, "april_2_2025_schedule")
    assert headline_of(page)
    assert not page.error


def test_a_cut_of_shipments_is_varied_downwards():
    page = open_view()
    choose_preset(page, "rare_earth_cut")
    assert headline_of(page)
    assert "Tariff revenue" in words_of(page)
    assert not page.error


def test_a_scenario_that_cannot_be_answered_says_so_in_one_sentence():
    page = open_view(action="set", tariff_pct="-100")
    assert len(page.error) == 1
    assert not page.title


@pytest.mark.parametrize(
    ("goal", "more", "words"),
    [
        ("revenue", {}, "Maximum tariff revenue: reached at "),
        ("imports", {"goal_cut": "50"}, "Imports hit by the rule cut by 50%: reached at "),
        ("imports", {"goal_cut": "30", "goal_scope": "all"}, "All imports cut by 30%: reached at "),
        ("price", {"goal_price": "5"}, "Prices of the products concerned up by no more than 5%: holds up to "),
    ],
)
def test_a_goal_is_reached_at_a_value_that_can_be_taken_over(goal, more, words):
    page = open_view(**SMALL, sensitivity_detail="goal", goal=goal, **more)
    assert page.success[0].value.replace("\u00a0", " ").replace("\\", "").startswith(words)
    label = page.button(key="use_goal").label
    page.button(key="use_goal").click().run()
    value = page.number_input(key="tariff_pct").value
    assert label == f"Use {value:,.2f}"
    assert float(page.query_params["tariff_pct"]) == value
    assert headline_of(page)


def test_a_goal_taken_over_from_a_preset_leaves_its_words_behind():
    page = open_view(sensitivity_detail="goal", goal="revenue", baseline=str(latest_day()))
    assert preset_of(page) == OPENING
    page.button(key="use_goal").click().run()
    assert preset_of(page) == "custom"
    assert page.number_input(key="tariff_pct").value == pytest.approx(peak_of(OPENING), abs=0.01)


def test_a_goal_beyond_reach_says_why_and_offers_no_button():
    page = open_view(**SMALL, sensitivity_detail="goal", goal="imports", goal_cut="99.9")
    assert "no value reaches it, because it stays above the goal from 0 to 1,000 points" in page.info[0].value
    assert not [button for button in page.button if button.key == "use_goal"]


def test_a_price_limit_that_no_tariff_breaks_holds_everywhere():
    page = open_view(**SMALL, pass_through_pct="5", sensitivity_detail="goal", goal="price", goal_price="500")
    assert "true at every value tried" in page.info[0].value


def test_shares_are_in_words_and_add_up_to_at_most_all():
    page = open_view(**SMALL, sensitivity_detail="shares")
    assert "explains" in words_of(page)
    assert "of the spread of tariff revenue" in words_of(page)
    general = open_view(dataset="pairs-2023", sensitivity_detail="shares")
    assert "Only the trade elasticity is drawn" in words_of(general)


def test_sources_stand_beside_the_bars_and_what_is_left_out_is_named():
    page = open_view(dataset="pairs-2023", sensitivity_detail="sources")
    assert "Ignatenko" in tables_of(page)[0].to_csv()
    assert "GSIM, linear** is left out" in words_of(page)


def test_few_draws_are_made_where_each_takes_long():
    assert draws_of(Scenario()) == 200
    assert draws_of(Scenario(draws=50)) == 50
    assert draws_of(Scenario(draws=0)) == 200
    assert draws_of(Scenario(model="gsim")) == 40
    assert draws_of(Scenario(model="gsim", draws=5)) == 20


def test_the_range_is_drawn_on_demand_and_exported(exported):
    page = open_view(**SMALL, curve_range="True")
    assert "Band: 200 draws per value." in words_of(page)
    rows = exported()["curve.csv"]
    ranged = {float(row["tariff_pct"]): row for row in rows if row["low"]}
    assert {0.0, 10.0, 30.0, 200.0} <= set(ranged)
    assert all(float(row["low"]) <= float(row["high"]) for row in ranged.values())
    assert float(ranged[0.0]["low"]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("dataset", ["china-2017", "world-2023"])
def test_the_export_holds_exactly_what_is_drawn(dataset, exported):
    page = open_view(**{**SMALL, "dataset": dataset, "exporters": "MEX" if dataset == "world-2023" else "USA"})
    files = exported()
    tables = {"tornado.csv", "curve.csv", "two_way.csv", "goal.csv", "months.csv"}
    assert set(files) == tables | {"scenario.toml", "README.txt"}
    metric = "tariff_revenue_change"
    bars = [row for row in files["tornado.csv"] if not row["problem"]]
    shown = drawn(page, "tornado")
    assert [float(row["high"]) for row in bars] == [row["high"] for row in shown]
    assert [f"{row['low_setting']}: {outcome_text(float(row['low']), metric)}" for row in bars] == [
        row["left"] for row in shown
    ]
    curve = drawn(page, "curve", "curve")
    assert [float(row["tariff_pct"]) for row in files["curve.csv"]] == [row["tariff_pct"] for row in curve]
    assert [float(row["value"]) for row in files["curve.csv"]] == pytest.approx([row["value"] * 1e9 for row in curve])
    cells = drawn(page, "two_way")
    assert [outcome_text(float(row["value"]), metric) for row in files["two_way.csv"]] == [row["text"] for row in cells]
    assert files["README.txt"].splitlines()[0][1:] in headline_of(page)
    assert len(files["goal.csv"]) == 3
