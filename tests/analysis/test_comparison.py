"""Scenarios beside one another: differences draw by draw, what may not be compared, and the files."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from calc.analysis.comparison import (
    BEFORE,
    METRICS,
    MOST,
    Answer,
    alike,
    answer,
    answers_to,
    cautions,
    cell_texts,
    common_metrics,
    comparison,
    comparison_headline,
    difference,
    named_apart,
    pairs,
    short_names,
)
from calc.analysis.perspective import acting_importer, seen_by
from calc.assumptions import Assumptions
from calc.charts.basic import CHANGES
from calc.charts.comparison import PLACE_COLOURS, dot_rows, dots_spec, dots_unit
from calc.datasets.dataset import read_dataset
from calc.errors import DataError, ScenarioError
from calc.files.write import zip_bytes
from calc.glossary import GLOSSARY
from calc.question import point_answer
from calc.reports.comparison import comparison_files, comparison_text, comparison_zip_name, write_comparison
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario
from calc.tariffs.rules import Rule
from calc.words import quantity_text

PRICE, REVENUE, RATE = "affected_composite_price_change", "tariff_revenue_new", "statutory_tariff_new"
MODELS = (
    ("us-2024", "armington"),
    ("us-2024", "smart"),
    ("world-2023", "gsim"),
    ("pairs-2023", "liberation_day"),
    ("wiod-2011", "trade_equilibrium"),
)


def made(name, *, price=(), revenue=(), parameters=("substitution_factor",), **scenario):
    """An answer whose price changes and revenues over the draws are given; its value is their mean."""
    drawn = pd.DataFrame({PRICE: np.array(price, dtype=float), REVENUE: np.array(revenue or price, dtype=float)})
    names = [PRICE, REVENUE, "tariff_revenue_base"]
    values = [drawn[PRICE].mean(), drawn[REVENUE].mean(), 10.0]
    ends = [[*drawn.quantile(q), 10.0] for q in (0.05, 0.5, 0.95)]
    return Answer(
        name=name,
        scenario=Scenario(title=name, **{"draws": len(drawn), **scenario}),
        economy="",
        year=2024,
        estimated=False,
        source="made up",
        licence="none needed",
        policy=(),
        summary=pd.DataFrame(
            dict(zip(("metric", "value", "low", "median", "high"), [names, values, *ends], strict=True))
        ),
        drawn=drawn,
        parameters=pd.DataFrame({p: np.ones(len(drawn)) for p in parameters}),
        notes=(),
    )


@pytest.fixture(scope="module")
def truce_and_peak(us_2024):
    """Two answers of 20 draws on the same data."""
    scenarios = [replace(read_scenario(presets()[name]), draws=20) for name in ("truce_lapses", "april_2025_peak")]
    return answers_to(scenarios, {"us-2024": us_2024}.__getitem__)


# Differences


def test_a_difference_is_taken_draw_by_draw():
    # differences 3, 1, 2 in some order of the worlds: 5, 50 and 95% points of (1, 2, 3) are 1.1, 2 and 2.9
    one, other = made("one", price=(5, 2, 9)), made("other", price=(2, 1, 7))
    assert difference(one, other, PRICE) == pytest.approx((2.0, 1.1, 2.0, 2.9))


def test_a_difference_changes_its_sign_with_the_order():
    one, other = made("one", price=(5, 2, 9)), made("other", price=(2, 1, 7))
    value, low, median, high = difference(one, other, PRICE)
    assert difference(other, one, PRICE) == pytest.approx((-value, -high, -median, -low))


def test_a_scenario_does_not_differ_from_itself(truce_and_peak):
    one, _ = truce_and_peak
    for metric in common_metrics([one]):
        assert difference(one, one, metric) == (0, 0, 0, 0)


def test_a_draw_that_one_model_could_not_solve_is_left_out_of_both():
    one, other = made("one", price=(5, 2, 9)), made("other", price=(2, 100, 7))
    lost = replace(other, drawn=other.drawn.drop(index=1))
    assert difference(one, lost, PRICE)[1:] == pytest.approx((2.05, 2.5, 2.95))  # of 3 and 2


@pytest.mark.parametrize(
    "changes",
    [{"dataset": "wiod-2011"}, {"seed": 2}, {"draws": 4}, {"parameters": ("trade_elasticity_factor",)}],
    ids=str,
)
def test_answers_that_do_not_share_their_draws_differ_without_a_range(changes):
    one, other = made("one", price=(5, 2, 9)), made("other", price=(2, 1, 7), **changes)
    value, *ends = difference(one, other, PRICE)
    assert value == pytest.approx(2.0)
    assert np.isnan(ends).all()


def test_without_draws_there_are_values_and_no_ranges(us_2024):
    scenario = replace(read_scenario(presets()["truce_lapses"]), draws=0)
    one = answer(scenario, us_2024)
    other = answer(replace(scenario, title="other"), us_2024)
    table = comparison([one, other], against="other")
    assert np.isfinite(table["value"]).all()
    assert table[["low", "high", "change_low", "change_high"]].isna().all(axis=None)
    assert (table["change"] == 0).all()


def test_common_draws_make_a_difference_surer_than_either_answer(truce_and_peak):
    # 100 and 145 points on China meet the same elasticities: what these do to both falls away in the difference
    one, other = truce_and_peak
    _, low, _, high = difference(other, one, "import_volume_change")
    for single in (one, other):
        _, least, _, most = single.row("import_volume_change")
        assert high - low < (most - least) / 2


def test_pairs_are_each_less_each_before_it_with_the_share_of_draws_above():
    three = [made("a", price=(1, 1, 1)), made("b", price=(2, 0, 2)), made("c", price=(3, 3, 3))]
    table = pairs(three, metrics=(PRICE,)).set_index(["scenario", "against"])
    assert list(table.index) == [("b", "a"), ("c", "a"), ("c", "b")]
    assert table["above"].to_numpy() == pytest.approx([2 / 3, 1, 1])
    assert table["change"].to_numpy() == pytest.approx([1 / 3, 2, 5 / 3])


# Against before


@pytest.mark.parametrize(("name", "model"), MODELS)
def test_before_is_what_a_scenario_without_rules_gives(name, model):
    data = read_dataset(name)
    hit = Rule(importer=("USA",), exporters=("CHN",), value_pct=25.0)
    scenarios = [
        Scenario(title=title, dataset=name, model=model, draws=0, rules=rules)
        for title, rules in (("hit", (hit,)), ("none", ()))
    ]
    one, none = (answer(scenario, data) for scenario in scenarios)
    table = comparison([one, none], metrics=METRICS, against=BEFORE).set_index(["scenario", "metric"])
    scale = point_answer(scenarios[0], data).value("import_value_base")
    for metric in common_metrics([one]):
        size = scale if abs(table.loc[("hit", metric), "value"]) > 1e3 else 1.0
        assert table.loc[("none", metric), "change"] == pytest.approx(0, abs=1e-9 * size)
        moved = table.loc[("hit", metric), "value"] - table.loc[("none", metric), "value"]
        assert table.loc[("hit", metric), "change"] == pytest.approx(moved, rel=1e-6, abs=1e-9 * size)


def test_a_level_changes_by_what_it_is_above_its_base_and_a_change_is_itself():
    table = comparison([made("one", price=(5, 2, 8), revenue=(12, 13, 14))], against=BEFORE).set_index("metric")
    assert table.loc[REVENUE, ["value", "change"]].tolist() == pytest.approx([13, 3])
    assert table.loc[PRICE, ["value", "change"]].tolist() == pytest.approx([5, 5])


# What may be compared, and how it is called


def test_all_scenarios_get_the_seed_and_the_draws_of_the_first():
    same = alike([Scenario(seed=3, draws=50), Scenario(title="other", seed=4, draws=0)])
    assert [(one.seed, one.draws) for one in same] == [(3, 50), (3, 50)]


@pytest.mark.parametrize("count", [0, MOST + 1])
def test_nothing_and_too_many_cannot_be_compared(count):
    with pytest.raises(ScenarioError, match=f"1 to {MOST} scenarios; {count}"):
        alike([Scenario()] * count)


def test_an_unknown_reference_is_named_with_those_that_exist():
    with pytest.raises(ScenarioError, match=r"called 'b'\. There are: a"):
        comparison([made("a", price=(1, 2))], against="b")


def test_equal_titles_are_told_apart():
    assert named_apart(["Surtax", "Other", "Surtax", "Surtax"]) == ("Surtax", "Other", "Surtax (2)", "Surtax (3)")


def test_names_are_cut_at_their_colon_unless_that_makes_two_alike():
    assert short_names(["Truce: 100 points", "Peak: 145"]) == ("Truce", "Peak")
    assert short_names(["Truce: 100 points", "Truce: 30"]) == ("Truce: 100 points", "Truce: 30")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dataset": "wiod-2011"}, "different data: us-2024 (2024) and wiod-2011 (2024)"),
        ({"model": "smart"}, "different models: armington and smart"),
        ({"baseline": date(2025, 11, 10)}, "different tariffs: the rates in the data and 2025-11-10"),
        ({"assumptions": Assumptions(elasticity_multiplier=0.5)}, "differ in assumptions"),
        ({"elasticities": "uniform"}, "differ in assumptions"),
    ],
    ids=str,
)
def test_what_keeps_numbers_from_being_compared_is_said(changes, words):
    (sentence,) = cautions([made("a", price=(1, 2)), made("b", price=(1, 2), **changes)])
    assert words in sentence


def test_policies_alone_need_no_caution():
    assert cautions([made("a", price=(1, 2)), made("b", price=(1, 2), rules=(Rule(value_pct=5.0),))]) == ()


def test_numbers_of_different_economies_are_said_to_be():
    one = made("a", price=(1, 2))
    (sentence,) = cautions([one, replace(one, economy="China")])
    assert "different economies: all importers and China" in sentence


@pytest.mark.parametrize(
    ("metric", "against", "texts"),
    [
        (PRICE, None, ("+9.10%", "+5.00 to +12.0%")),
        (PRICE, BEFORE, ("+9.10%", "+5.00 to +12.0%")),
        (PRICE, "other", ("+9.1 points", "+5.0 to +12.0 points")),
        (RATE, None, ("9.1%", "5.0 to 12.0%")),
        (RATE, BEFORE, ("+9.1 points", "+5.0 to +12.0 points")),
    ],
)
def test_a_change_of_rates_and_between_effects_is_in_points(metric, against, texts):
    numbers = (0.091, 0.05, 0.12)
    row = {"metric": metric}
    row |= dict(zip(("value", "low", "high"), numbers, strict=True))
    row |= dict(zip(("change", "change_low", "change_high"), numbers, strict=True))
    assert cell_texts(row, against) == texts


def test_a_small_difference_keeps_two_digits():
    row = {"metric": PRICE, "value": 0.09} | dict.fromkeys(("change", "change_low", "change_high"), 0.0025)
    assert cell_texts(row, "other") == ("+0.25 points", "")
    assert cell_texts(row, BEFORE) == ("+0.25%", "")


@pytest.mark.parametrize(
    ("metric", "against", "unit"),
    [
        (REVENUE, BEFORE, "$"),
        (RATE, None, "%"),
        (RATE, BEFORE, " points"),
        (PRICE, BEFORE, "%"),
        (PRICE, "other", " points"),
    ],
)
def test_the_axis_counts_what_the_text_beside_it_says(metric, against, unit):
    assert dots_unit(metric, against) == unit


def test_money_has_its_sign_before_the_dollar():
    row = {"metric": REVENUE, "value": 2e9, "low": 1e9, "high": 3e9}
    row |= {"change": -2e9, "change_low": -3e9, "change_high": 1e9}
    assert cell_texts(row, "other") == ("−$2.00 bn", "−$3.00 bn to +$1.00 bn")


def test_the_headline_names_the_extremes(truce_and_peak):
    words = comparison_headline(truce_and_peak)
    everything = "import_price_change"
    risen = quantity_text(truce_and_peak[0].row(everything)[0], GLOSSARY[everything])
    assert words.startswith(
        f"Of 2 scenarios, prices paid for all imports move most under Truce lapses ({risen}), the treasury collects "
    )
    assert "Pin scenarios to compare with it" in comparison_headline(truce_and_peak[:1])


# Models that say different things


@pytest.fixture(scope="module")
def partial_and_general():
    """One surtax answered by two models on one dataset, as the United States sees it."""
    data = read_dataset("wiod-2011")
    hit = Rule(importer=("USA",), exporters=("CHN",), value_pct=25.0)
    scenarios = alike(
        [
            Scenario(title=model, dataset="wiod-2011", model=model, draws=20, rules=(hit,))
            for model in ("gsim", "trade_equilibrium")
        ]
    )
    return tuple(answer(scenario, data, economy="United States", view=seen_by("USA")) for scenario in scenarios)


def test_what_a_model_cannot_say_is_empty_and_not_zero(partial_and_general):
    table = comparison(partial_and_general, against=BEFORE).set_index(["scenario", "metric"])
    assert np.isnan(table.loc[("gsim", "real_income_change"), "value"])
    assert np.isfinite(table.loc[("trade_equilibrium", "real_income_change"), "value"])
    assert cell_texts(table.reset_index().to_dict("records")[0], BEFORE)[0] != ""
    empty = {**table.loc[("gsim", "real_income_change")].to_dict(), "metric": "real_income_change"}
    assert cell_texts(empty, BEFORE) == ("", "")


def test_the_numbers_of_one_economy_are_its_own(partial_and_general):
    _, general = partial_and_general
    result = point_answer(general.scenario, read_dataset("wiod-2011"))
    own = result.economies.set_index("economy").loc["USA"]
    assert general.row("real_income_change")[0] == own["real_income_change"]
    assert general.row("net_welfare_change")[0] == own["net_welfare_change"]
    duty = result.lines[result.lines["importer"] == "USA"]
    assert general.row("tariff_revenue_new")[0] == pytest.approx(duty["tariff_revenue_new"].sum(), rel=1e-12)


def test_the_acting_economy_is_that_of_the_first_rule_or_the_one_with_most_at_stake():
    data = read_dataset("world-2023")
    one = Scenario(dataset="world-2023", model="gsim", rules=(Rule(importer=("CHN",), value_pct=10.0),))
    two = replace(one, rules=(Rule(importer=("DEU", "USA"), exporters=("CHN",), value_pct=10.0),))
    buyers = ["CHN", "USA", "DEU"]
    assert acting_importer(one, point_answer(one, data), buyers) == "CHN"
    assert acting_importer(two, point_answer(two, data), buyers) == "USA"
    # where nothing changes, the largest importer of those asked about
    assert acting_importer(Scenario(), point_answer(replace(one, rules=()), data), ["DEU", "CHN"]) == "CHN"


# Files


def read_csv(files, name):
    return pd.read_csv(io.BytesIO(files[name]), dtype={"scenario": str})


def test_the_files_hold_what_is_shown(truce_and_peak):
    for against in (BEFORE, truce_and_peak[0].name, None):
        files = comparison_files(truce_and_peak, against=against)
        written = read_csv(files, "comparison.csv")
        table = comparison(truce_and_peak, against=against)
        assert list(written["scenario"]) == list(table["scenario"])
        percent = (written["unit"] == "percent").to_numpy()
        columns = ["value", "low", "median", "high"]
        columns += [] if against is None else ["change", "change_low", "change_median", "change_high"]
        for column in columns:
            assert written[column].to_numpy() == pytest.approx(table[column] * np.where(percent, 100, 1), rel=1e-15)
        for metric in dict.fromkeys(table["metric"]):
            rows = dot_rows(table, metric, dict.fromkeys(table["scenario"], "#000000"), against)
            shown = table[table["metric"] == metric]
            assert rows["value"].tolist() == shown["value" if against is None else "change"].tolist()


def test_every_scenario_is_in_the_files_and_runs_again_to_the_same_bytes(tmp_path, us_2024):
    names = ("april_2_2025_schedule", "truce_lapses")
    scenarios = alike([replace(read_scenario(presets()[name]), draws=20) for name in names])
    files = comparison_files([answer(scenario, us_2024) for scenario in scenarios])
    with zipfile.ZipFile(io.BytesIO(zip_bytes(files))) as archive:
        archive.extractall(tmp_path)
    tomls = sorted(tmp_path.glob("scenarios/*/scenario.toml"))
    assert [path.parent.name[:2] for path in tomls] == ["1_", "2_"]
    again = comparison_files([answer(read_scenario(path), us_2024) for path in tomls])
    assert again == files
    assert comparison_zip_name(again) == comparison_zip_name(files)


def test_the_command_line_writes_a_comparison_whole_or_not_at_all(tmp_path):
    answers = [made("a: x", price=(1, 2)), made("b", price=(1, 2))]
    target = write_comparison(answers, tmp_path / "out")
    written = {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    assert written == dict(comparison_files(answers))
    with pytest.raises(DataError, match="not empty"):
        write_comparison(answers, target)
    assert write_comparison(answers[:1], target, force=True) == target


def test_schedules_of_one_name_do_not_overwrite_each_other():
    files = comparison_files([made("a: x", price=(1, 2)), made("a/../b", price=(1, 2))])
    assert [name for name in files if "toml" in name] == [
        "scenarios/1_a-x/scenario.toml",
        "scenarios/2_a-b/scenario.toml",
    ]


def test_text_that_a_spreadsheet_would_compute_is_guarded():
    files = comparison_files([made("=1+1", price=(1, 2))])
    assert b'"\'=1+1"' in files["comparison.csv"]


def test_the_readme_says_rules_seed_cautions_and_how_to_run_again(truce_and_peak):
    other = replace(truce_and_peak[1], scenario=replace(truce_and_peak[1].scenario, model="smart"))
    words = comparison_files([truce_and_peak[0], other])["README.txt"].decode()
    for part in (
        "The United States adds 100 points to its tariff on China.",
        "One seed (1) and 20 draws for all",
        "different models",
        "tariff-impact compare scenarios/1_truce-lapses",
    ):
        assert part in words


def test_the_terminal_says_no_answer_where_there_is_none(partial_and_general):
    assert "not available" in comparison_text(partial_and_general)
    assert "+" in comparison_text(partial_and_general, against="gsim")


# Charts


def test_only_the_data_of_a_dot_chart_depend_on_the_numbers(truce_and_peak):
    table = comparison(truce_and_peak, against=BEFORE)
    colours = dict.fromkeys(table["scenario"], "#0072B2")
    one, two = (
        dots_spec(dot_rows(table, metric, colours, BEFORE), unit="%") for metric in (PRICE, "import_volume_change")
    )
    assert one["datasets"][CHANGES] != two["datasets"][CHANGES]
    assert {**one, "datasets": None} == {**two, "datasets": None}


def test_places_have_colours_of_their_own():
    assert len(set(PLACE_COLOURS)) == MOST


def test_a_missing_number_is_drawn_as_nothing(partial_and_general):
    table = comparison(partial_and_general, against=BEFORE)
    rows = dot_rows(table, "real_income_change", dict.fromkeys(table["scenario"], "#0072B2"), BEFORE)
    drawn = dots_spec(rows, unit="%")["datasets"][CHANGES]
    assert drawn[0]["value"] is None
    assert drawn[0]["text"] == "not available"
