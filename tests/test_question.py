"""From rules and assumptions to a point answer with its source."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from calc.assumptions import BY_PARTNER_AND_SECTOR, Assumptions
from calc.datasets.dataset import dataset_names, read_dataset
from calc.errors import ScenarioError
from calc.models.known import MODELS
from calc.question import chosen_elasticities, headline_answer, pass_through_pct, point_answer
from calc.scenario import Scenario
from calc.tariffs.rules import Rule
from calc.tariffs.sentences import describe_rule
from calc.words import money

# Models of whole economies have data and tests of their own; so has gsim_linear, whose system is as large as the data.
PARTIAL = tuple(name for name in MODELS if not MODELS[name].incomes_move and name != "gsim_linear")
EXPECTED = "Of a lasting US duty"
SURTAX = Scenario(rules=(Rule(importer=("USA",), exporters=("CHN",), value_pct=100.0),))


def put_to(scenario, model):
    """The question to a model; world markets of data with one importer are solved at given world prices only."""
    share = 100.0 if model.startswith("gsim") else None
    return replace(scenario, model=model, assumptions=Assumptions(pass_through_pct=share))


@pytest.mark.parametrize("model", PARTIAL)
def test_lines_add_up_to_markets_economies_and_summary(us_2024, model):
    result = point_answer(put_to(SURTAX, model), us_2024)
    lines, markets, economies = result.lines, result.markets, result.economies
    change = lines["import_value_new"] - lines["import_value_base"]
    parts = lines["price_effect"] + lines["trade_creation"] + lines["trade_diversion"]
    scale = lines["import_value_base"] + lines["import_value_new"].abs()
    assert (np.abs(parts - change) <= 1e-9 * scale).all()
    by_exporter = change.groupby(lines["exporter"], observed=True).sum()
    sold = economies.dropna(subset="exports_change").set_index("economy")["exports_change"]
    np.testing.assert_allclose(by_exporter[sold.index], sold, rtol=1e-9, atol=1e-3)
    revenue = lines["tariff_revenue_new"] - lines["tariff_revenue_base"]
    by_product = revenue.groupby(lines["product"], observed=True).sum()
    np.testing.assert_allclose(by_product[markets["product"]], markets["tariff_revenue_change"], rtol=1e-9, atol=1e-3)
    np.testing.assert_allclose(
        markets["consumer_surplus_change"] + markets["tariff_revenue_change"],
        markets["net_welfare_change"],
        rtol=1e-12,
        atol=1e-6,
    )
    importer = economies.set_index("economy").loc["USA"]
    assert importer["net_welfare_change"] == pytest.approx(
        importer["consumer_surplus_change"] + importer["tariff_revenue_change"], rel=1e-12
    )
    assert result.value("import_value_change") == pytest.approx(change.sum(), rel=1e-9)
    assert result.value("tariff_revenue_change") == pytest.approx(revenue.sum(), rel=1e-9)
    assert result.value("net_welfare_change") == pytest.approx(economies["net_welfare_change"].sum(), rel=1e-9)
    assert result.value("targeted_import_value_change") + result.value("other_suppliers_gain") == pytest.approx(
        change.sum(), rel=1e-9
    )


@pytest.mark.parametrize("model", PARTIAL)
def test_without_rules_nothing_changes_at_all(us_2024, model):
    result = point_answer(put_to(Scenario(), model), us_2024)
    for table in (result.lines, result.markets, result.economies):
        for column in table.columns[table.columns.str.endswith("_change")]:
            assert (table[column].fillna(0.0) == 0.0).all(), column
    assert (result.lines["import_value_new"] == result.lines["import_value_base"]).all()


def test_a_run_leaves_the_dataset_as_it_was(us_2024):
    before = [array.copy() for array in (us_2024.flows.import_value, us_2024.flows.tariff_rate)]
    point_answer(SURTAX, us_2024)
    for old, new in zip(before, (us_2024.flows.import_value, us_2024.flows.tariff_rate), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_result_carries_what_it_needs_to_be_cited(us_2024):
    result = point_answer(SURTAX, us_2024)
    assert result.inputs is not None
    assert result.inputs.policy == ("The United States adds 100 points to its tariff on China",)
    assert {"dataset.toml", "flows.parquet", "tariffs.parquet"} <= set(result.inputs.sha256)
    assert "Census" in result.inputs.source
    assert set(us_2024.notes) <= set(result.notes)


@pytest.mark.parametrize("key", ["baseline", "law_day"])
def test_an_answer_that_uses_the_law_of_a_day_names_the_record_among_its_inputs(us_2024, key):
    plain, dated = (point_answer(asked, us_2024) for asked in (SURTAX, replace(SURTAX, **{key: date(2025, 11, 10)})))
    of_record = {name for name in dated.inputs.sha256 if name.startswith("tariff-actions/")}
    assert "tariff-actions/measures.csv" in of_record
    assert set(dated.inputs.sha256) - of_record == set(plain.inputs.sha256)


def test_pass_through_sets_supply_and_the_exporter_bears_the_rest(us_2024):
    shared = point_answer(replace(SURTAX, assumptions=Assumptions(pass_through_pct=50.0)), us_2024)
    full = point_answer(replace(SURTAX, assumptions=Assumptions(pass_through_pct=100.0)), us_2024)
    chosen = chosen_elasticities(replace(SURTAX, assumptions=Assumptions(pass_through_pct=50.0)), us_2024)
    # at ρ = 1/2 supply is as elastic as substitution, β = σ
    np.testing.assert_allclose(
        chosen.export_supply_elasticity, chosen.armington_elasticity[us_2024.flows.market], rtol=1e-14
    )
    assert full.value("producer_surplus_change") == 0.0
    assert shared.value("producer_surplus_change") < 0.0
    assert shared.value("targeted_landed_price_change") < full.value("targeted_landed_price_change")


@pytest.mark.parametrize(
    ("set_name", "assumptions", "expected"),
    [
        ("default", {}, 90.0),
        ("protee", {}, 90.0),
        ("wits", {}, None),  # its supply of 99 stands
        ("wits", {"pass_through_pct": 70.0}, 70.0),
        ("default", {"pass_through_pct": 100.0}, 100.0),
        ("default", {"export_supply_elasticity": 3.0}, None),
        ("default", {"export_supply_elasticity": np.inf}, 100.0),
    ],
)
def test_pass_through_is_the_scenarios_else_the_datasets_where_supply_is_infinite(
    us_2024, set_name, assumptions, expected
):
    asked = replace(SURTAX, elasticities=set_name, assumptions=Assumptions(**assumptions))
    assert pass_through_pct(asked, us_2024) == expected


def test_the_datasets_pass_through_is_the_stated_one_to_the_last_byte(us_2024):
    stated = replace(SURTAX, assumptions=Assumptions(pass_through_pct=us_2024.pass_through_pct))
    for model in ("armington", "smart"):
        silent, said = (point_answer(replace(asked, model=model), us_2024) for asked in (SURTAX, stated))
        for table in ("summary", "lines", "markets", "economies"):
            pd.testing.assert_frame_equal(getattr(silent, table), getattr(said, table), check_exact=True)


def test_a_set_answers_to_its_name_and_to_default_alike(us_2024):
    default, named = (point_answer(replace(SURTAX, elasticities=name), us_2024) for name in ("default", "uniform"))
    pd.testing.assert_frame_equal(default.summary, named.summary, check_exact=True)
    assert default.parameters["elasticities"] == named.parameters["elasticities"] == "uniform"
    assert default.parameters["pass_through_pct"] == 90.0


def test_the_multiplier_scales_demand_and_substitution_but_not_supply(us_2024):
    base = us_2024.elasticities["wits"]
    chosen = chosen_elasticities(
        Scenario(elasticities="wits", assumptions=Assumptions(elasticity_multiplier=2.0)), us_2024
    )
    np.testing.assert_array_equal(chosen.armington_elasticity, 2 * base.armington_elasticity)
    np.testing.assert_array_equal(chosen.import_demand_elasticity, 2 * base.import_demand_elasticity)
    np.testing.assert_array_equal(chosen.export_supply_elasticity, base.export_supply_elasticity)


def test_elasticities_of_the_scenario_replace_those_of_the_data_and_say_so(us_2024):
    chosen = chosen_elasticities(
        Scenario(
            assumptions=Assumptions(
                armington_elasticity=5.0, import_demand_elasticity=-2.0, export_supply_elasticity=7.0
            )
        ),
        us_2024,
    )
    assert set(chosen.armington_elasticity) == {5.0}
    assert set(chosen.import_demand_elasticity) == {-2.0}
    assert set(chosen.export_supply_elasticity) == {7.0}
    assert all(words.startswith("set in the scenario") for words in chosen.basis.categories)


def test_a_linear_model_says_how_far_it_is_off_a_large_shock_and_nothing_for_a_small_one(us_2024):
    large = point_answer(replace(SURTAX, model="smart"), us_2024)
    (note,) = [note.text for note in large.notes if note.kind == "linear"]
    assert "too large for a linear model" in note
    assert "exact model" in note
    small = replace(SURTAX, model="smart", rules=(replace(SURTAX.rules[0], value_pct=1.0),))
    assert not any(note.kind == "linear" for note in point_answer(small, us_2024).notes)


def test_unknown_models_and_elasticities_are_refused_with_a_hint(us_2024):
    with pytest.raises(ScenarioError, match="did you mean 'armington'"):
        point_answer(Scenario(model="armingtom"), us_2024)
    with pytest.raises(ScenarioError, match="did you mean 'protee'"):
        point_answer(Scenario(elasticities="protea"), us_2024)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(importer=("USA",), value_pct=10.0), "The United States adds 10 points to its tariff on all partners"),
        (Rule(importer=("USA",), exporters=("CHN",), value_pct=-5.0), "takes 5 points off its tariff on China"),
        (Rule(exporters=("CHN", "MEX"), action="set"), "Every importer sets its tariff on China and Mexico to 0%"),
        (Rule(action="multiply", value_pct=150.0), "multiplies its tariff on all partners by 1.5"),
        (Rule(action="floor", value_pct=15.0), "raises its tariff on all partners to at least 15%"),
        (Rule(action="cap", value_pct=15.0), "lowers its tariff on all partners to at most 15%"),
        (
            Rule(action="reciprocal", value_pct=100.0),
            "retaliates against all partners, matching 100% of the tariff change",
        ),
        (
            Rule(exporters=("CHN",), instrument="export_volume", value_pct=-50.0),
            "China cuts shipments to every importer to 50%",
        ),
        (Rule(products=("8505",), except_products=("850511",)), "on magnets, except magnets (850511)"),
        (
            Rule(products=("list:rare-earths", "end_use:consumption", "section:XVI")),
            "on rare earths, consumption and section XVI",
        ),
    ],
)
def test_a_rule_is_told_in_words(us_2024, rule, words):
    assert words in describe_rule(rule, us_2024)


def test_in_general_equilibrium_the_multiplier_scales_the_trade_elasticity(make_folder):
    dataset = read_dataset(make_folder())
    chosen = chosen_elasticities(
        Scenario(model="trade_equilibrium", assumptions=Assumptions(elasticity_multiplier=0.5)), dataset
    )
    # θ = σ − 1 falls from 2.8 to 1.4
    assert chosen.armington_elasticity == pytest.approx(2.4)


@pytest.mark.parametrize(("model", "option"), [("armington", "deficits"), ("trade_equilibrium", "revenue_use")])
def test_an_assumption_of_another_model_is_refused_with_that_models_name(us_2024, model, option):
    assumptions = Assumptions(**{option: "zero" if option == "deficits" else "lump_sum"})
    with pytest.raises(ScenarioError, match=f"{model} has no assumption {option}, which belongs to"):
        point_answer(Scenario(model=model, assumptions=assumptions), us_2024)


def test_the_use_of_revenue_reaches_the_model():
    dataset = read_dataset("pairs-2023")
    surtax = replace(SURTAX, model="liberation_day")
    relief = point_answer(surtax, dataset)
    handed_out = point_answer(replace(surtax, assumptions=Assumptions(revenue_use="lump_sum")), dataset)
    assert relief.value("acting_real_income_change") > handed_out.value("acting_real_income_change")


def test_closing_the_deficits_reaches_the_model():
    dataset = read_dataset("wiod-2011")
    rule = replace(SURTAX.rules[0], products=("kind:goods",))
    scenario = Scenario(model="trade_equilibrium", rules=(rule,))
    fixed, zero = (
        point_answer(replace(scenario, assumptions=Assumptions(deficits=how)), dataset).value(
            "acting_real_income_change"
        )
        for how in ("fixed", "zero")
    )
    assert fixed != zero


def test_revenue_under_the_law_of_a_date_says_what_of_it_can_be_expected(us_2024):
    asked = Scenario(title="The law of July 2026", baseline=date(2026, 7, 1), law_day=date(2026, 7, 31))
    result = point_answer(asked, us_2024)
    due, base = result.value("tariff_revenue_new"), result.value("tariff_revenue_base")
    (note,) = [note.text for note in result.notes if EXPECTED in note.text]
    assert f"{money(0.949 * due, sign=False)}, a change of {money(0.949 * (due - base))}." in note
    assert result.value("tariff_revenue_change") == pytest.approx(due - base)


@pytest.mark.parametrize(
    "asked",
    [
        Scenario(title="No date"),
        Scenario(
            title="Once only", law_day=date(2026, 7, 31), assumptions=Assumptions(collection=BY_PARTNER_AND_SECTOR)
        ),
    ],
)
def test_what_is_not_collected_is_never_said_twice(us_2024, asked):
    assert not any(EXPECTED in note.text for note in point_answer(asked, us_2024).notes)


def _same_headlines(scenario, data):
    whole, alone = point_answer(scenario, data), headline_answer(scenario, data)
    pd.testing.assert_frame_equal(alone.summary, whole.summary, check_exact=True)
    assert alone.solution.iterations == whole.solution.iterations
    assert alone.lines.empty
    assert alone.inputs is None


@pytest.mark.parametrize("model", PARTIAL)
def test_headline_numbers_alone_are_those_of_the_whole_answer_to_the_last_byte(us_2024, model):
    _same_headlines(put_to(SURTAX, model), us_2024)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_headline_numbers_alone_are_those_of_the_whole_answer_of_every_model(model):
    known = (read_dataset(name) for name in dataset_names())
    data = next(data for data in known if not MODELS[model].unsuited(data.flows))
    _same_headlines(Scenario(rules=(Rule(exporters=("CHN",), value_pct=35.0),), model=model), data)
