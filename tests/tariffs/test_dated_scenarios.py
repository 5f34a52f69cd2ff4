"""Scenarios by date: the law of a day as base, the law of another as policy, and rules on one authority of it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from builders import texts
from pages import choose_preset, headline_of, open_page, preset_of, words_of

from calc.cli import main
from calc.datasets.dataset import read_dataset
from calc.errors import ScenarioError
from calc.question import point_answer, question
from calc.reports.report import bundle
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario, scenario_from_toml, scenario_to_toml, with_settings
from calc.tariffs.law import authorities_named, built_in_record, rates_on
from calc.tariffs.rules import Rule, effective_tariff_rate

DAY = date(2025, 10, 30)
RECORD = built_in_record()
TRUCE_EXTENDED = date(2025, 11, 10)
EVE = date(2025, 11, 9)
SURTAX = Rule(importer=("USA",), exporters=("CHN",), authority=("ieepa_other",), value_pct=100)
APP = Path(__file__).parents[2] / "app.py"
DATED = [name for name in presets() if read_scenario(presets()[name]).baseline]


def traded_on(day, dataset, **options):
    """The law of a day as trade pays it on average."""
    return rates_on(day, dataset, **options).as_traded()


def void(*authorities, **selection):
    return Rule(importer=("USA",), authority=authorities, action="set", value_pct=0, **selection)


def policy_of(dataset, *rules, **days):
    return question(Scenario(rules=rules, **days), dataset).policy


# Days


def test_the_same_day_twice_changes_nothing(us_2024):
    result = point_answer(Scenario(baseline=DAY, law_day=DAY), us_2024)
    assert not result.lines["targeted"].any()
    assert result.value("import_value_change") == 0
    assert result.value("effective_tariff_base") == pytest.approx(
        effective_tariff_rate(traded_on(DAY, us_2024).total, us_2024.flows.import_value)
    )


def test_base_and_new_rates_are_the_law_of_their_days(us_2024):
    asked = question(Scenario(baseline=EVE, law_day=TRUCE_EXTENDED), us_2024)
    assert np.array_equal(asked.dataset.flows.tariff_rate, traded_on("2025-11-09", us_2024).total)
    assert np.array_equal(asked.policy.tariff_new, traded_on("2025-11-10", us_2024).total)
    china = us_2024.flows.economies[us_2024.flows.exporter] == "CHN"
    assert asked.policy.targeted[china].mean() > 0.9


def test_without_a_baseline_the_law_is_compared_with_the_rates_of_the_data_and_says_so(us_2024):
    result = point_answer(Scenario(law_day=DAY), us_2024)
    assert np.array_equal(result.lines["tariff_base"], us_2024.flows.tariff_rate)
    assert any("compared with the rates in the dataset (2024)" in note for note in texts(result.notes))


OF_THE_DATA = "The rates of the data are duty collected"
OF_THE_DAY = "Base tariffs are those in force on"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("days", "said", "unsaid"),
    [
        ({}, OF_THE_DATA, OF_THE_DAY),
        ({"policy": DAY}, OF_THE_DATA, OF_THE_DAY),
        ({"baseline": DAY}, OF_THE_DAY, OF_THE_DATA),
        ({"baseline": DAY, "policy": "2025-11-10"}, OF_THE_DAY, OF_THE_DATA),
    ],
    ids=["no day", "policy day", "baseline", "both"],
)
def test_base_rates_are_said_to_be_the_law_or_those_of_the_data_and_never_both(days, said, unsaid, tmp_path, capsys):
    text = "draws = 0\n" + "".join(f'{key} = "{day}"\n' for key, day in days.items())
    text += '[[rule]]\nimporter = "USA"\nexporters = ["CHN"]\nvalue_pct = 10\n'
    (tmp_path / "dated.toml").write_text(text, encoding="utf-8")
    assert main(["run", str(tmp_path / "dated.toml"), "--out", str(tmp_path / "out")]) == 0
    printed, readme = capsys.readouterr().out, (tmp_path / "out" / "README.txt").read_text(encoding="utf-8")
    assert said in readme
    assert unsaid not in readme
    assert OF_THE_DATA not in printed  # what the data say of themselves stands in the README alone
    assert (OF_THE_DAY in printed) == (said == OF_THE_DAY)
    if "policy" in days and "baseline" not in days:
        assert "rates in the dataset (2024), which are duties collected, not statutory rates" in readme
    page = open_page(**days, exporters="CHN", tariff_pct="10", draws="0", detail="notes")
    notes = words_of(page)
    assert said in notes
    assert unsaid not in notes


def test_a_rule_on_top_of_a_day_adds_to_its_law(us_2024):
    flows, law = us_2024.flows, traded_on(DAY, us_2024).total
    policy = policy_of(us_2024, Rule(importer=("USA",), exporters=("CHN",), value_pct=10), baseline=DAY)
    china = flows.economies[flows.exporter] == "CHN"
    assert policy.tariff_new == pytest.approx(law + 0.10 * china)


def test_a_dated_answer_names_the_record_among_its_inputs_and_repeats_to_the_last_byte(us_2024, tmp_path):
    result = point_answer(read_scenario(presets()["law_2025_busan"]), us_2024)
    assert "tariff-actions/measures.csv" in result.inputs.sha256
    assert result.inputs.policy == ("Tariffs in force on 10 November 2025",)
    assert result.inputs.compared_with == "the tariffs in force on 9 November 2025"
    files = bundle(result)
    (tmp_path / "scenario.toml").write_bytes(files["scenario.toml"])
    again = bundle(point_answer(read_scenario(tmp_path / "scenario.toml"), us_2024))
    tables = [name for name in files if name.endswith(".csv")]
    assert len(tables) >= 4
    assert all(files[name] == again[name] for name in tables)


# Authorities


def test_a_surtax_under_an_authority_adds_its_points_to_the_whole_rate(us_2024):
    flows, law = us_2024.flows, traded_on(DAY, us_2024).total
    china = flows.economies[flows.exporter] == "CHN"
    assert policy_of(us_2024, SURTAX, baseline=DAY).tariff_new == pytest.approx(law + china)


def test_setting_an_authority_replaces_its_part_only(us_2024):
    law, flows = traded_on(DAY, us_2024), us_2024.flows
    rule = replace(SURTAX, authority=("ieepa_fentanyl",), action="set", value_pct=10)
    china = flows.economies[flows.exporter] == "CHN"
    expected = law.total + np.where(china, 0.10 - law.authorities["ieepa_fentanyl"], 0)
    assert policy_of(us_2024, rule, baseline=DAY).tariff_new == pytest.approx(expected)


@pytest.mark.parametrize("authority", ["ieepa_reciprocal", "s232", "s301", "ieepa"])
def test_an_authority_that_falls_leaves_the_law_without_it(us_2024, authority):
    names = authorities_named((authority,), RECORD, "The rule")
    without = traded_on(DAY, us_2024, without=names).total
    assert policy_of(us_2024, void(authority), baseline=DAY).tariff_new == pytest.approx(without, abs=1e-12)


def test_metals_pay_other_duties_again_once_section_232_falls(us_2024):
    law = traded_on(DAY, us_2024)
    new = policy_of(us_2024, void("s232"), baseline=DAY).tariff_new
    assert (new > law.total - law.authorities["s232"] + 1e-9).any()


def test_authorities_that_fall_one_after_another_leave_what_is_left_when_they_fall_together(us_2024):
    one_by_one = policy_of(us_2024, void("s232"), void("ieepa"), baseline=DAY).tariff_new
    together = policy_of(us_2024, void("ieepa", "s232"), baseline=DAY).tariff_new
    assert one_by_one == pytest.approx(together, abs=1e-12)


def test_an_authority_can_fall_for_one_partner_alone(us_2024):
    flows, law = us_2024.flows, traded_on(DAY, us_2024)
    new = policy_of(us_2024, void("ieepa", exporters=("CHN",)), baseline=DAY).tariff_new
    china = flows.economies[flows.exporter] == "CHN"
    assert np.array_equal(new[~china], law.total[~china])
    without = traded_on(DAY, us_2024, without=authorities_named(("ieepa",), RECORD, "")).total
    assert new[china] == pytest.approx(without[china], abs=1e-12)


def test_halving_a_family_of_authorities_halves_each_part(us_2024):
    law = traded_on(DAY, us_2024)
    rule = Rule(importer=("USA",), authority=("ieepa",), action="multiply", value_pct=50)
    parts = sum(rate for name, rate in law.authorities.items() if name.startswith("ieepa_"))
    assert policy_of(us_2024, rule, baseline=DAY).tariff_new == pytest.approx(law.total - parts / 2)


@pytest.mark.slow
def test_rules_and_base_rates_come_from_a_record_of_ones_own(us_2024):
    renamed = RECORD.measures["authority"].replace("ieepa_fentanyl", "emergency")
    own = replace(RECORD, measures=RECORD.measures.assign(authority=renamed))
    ours, theirs = (Scenario(baseline=DAY, rules=(void(name),)) for name in ("emergency", "ieepa_fentanyl"))
    asked, built_in = question(ours, us_2024, record=own), question(theirs, us_2024)
    assert asked.policy.tariff_new == pytest.approx(built_in.policy.tariff_new, rel=1e-12)
    assert asked.dataset.flows.tariff_rate == pytest.approx(built_in.dataset.flows.tariff_rate, rel=1e-12)
    assert point_answer(ours, us_2024, record=own).value("import_value_change") > 0
    with pytest.raises(ScenarioError, match="no authority 'emergency'"):
        question(ours, us_2024)


def test_a_section_is_itself_and_not_those_whose_names_begin_like_it():
    assert authorities_named(("s301",), RECORD, "The rule") == ("s301",)
    assert set(authorities_named(("ieepa",), RECORD, "The rule")) == {
        "ieepa_fentanyl",
        "ieepa_reciprocal",
        "ieepa_other",
    }


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (Scenario(rules=(SURTAX,)), "names no date whose tariffs it is part of"),
        (Scenario(rules=(replace(SURTAX, authority=("s99",)),), baseline=DAY), "no authority 's99'"),
        (
            Scenario(rules=(replace(SURTAX, authority=("ieepa",)),), baseline=DAY),
            "names 3 authorities, and add acts on",
        ),
    ],
)
def test_what_a_day_cannot_answer_is_refused_in_words(us_2024, scenario, words):
    with pytest.raises(ScenarioError, match=words):
        point_answer(scenario, us_2024)


def test_a_day_on_data_without_a_record_is_refused():
    with pytest.raises(ScenarioError, match="no rates for pairs-2023"):
        point_answer(Scenario(baseline=DAY, dataset="pairs-2023", model="liberation_day"), read_dataset("pairs-2023"))


# Files


def test_days_draws_and_authorities_survive_a_file():
    scenario = Scenario(baseline=DAY, law_day=TRUCE_EXTENDED, draws=50, rules=(SURTAX, void("ieepa", "s232")))
    assert scenario_from_toml(scenario_to_toml(scenario), folder=Path()) == scenario


def test_the_former_key_of_the_day_of_the_law_is_read_and_written_anew():
    scenario = scenario_from_toml('policy = "2025-11-10"', folder=Path())
    assert scenario.law_day == TRUCE_EXTENDED
    assert with_settings(Scenario(), ["policy=2025-11-10"]).law_day == TRUCE_EXTENDED
    assert 'law_day = "2025-11-10"' in scenario_to_toml(scenario)


def test_a_day_may_be_written_as_a_date_of_toml():
    assert scenario_from_toml("baseline = 2025-10-30", folder=Path()).baseline == DAY


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('title = "x"\nbaseline = "30 October"', "line 2: baseline: '30 October' is not a date"),
        ("law_day = 5", "line 1: law_day must be a date"),
        ("policy = 5", "line 1: law_day must be a date"),
        ("policy = 2025-11-10\nlaw_day = 2025-11-10", "line 1: policy is the former name of law_day"),
        ("draws = -1", "line 1: draws must be a whole number"),
        ("draws = 1000000", "at most 100,000"),
        (
            '[[rule]]\nauthority = "s232"\ninstrument = "export_tax"\nvalue_pct = 1',
            "a legal authority is part of a tariff",
        ),
    ],
)
def test_a_file_with_a_wrong_day_count_or_authority_is_refused_with_its_line(text, words):
    with pytest.raises(ScenarioError, match=words):
        scenario_from_toml(text, folder=Path())


def test_settings_reach_days_and_draws():
    scenario = with_settings(Scenario(), ["baseline=2025-10-30", "draws=20"])
    assert (scenario.baseline, scenario.draws) == (DAY, 20)
    with pytest.raises(ScenarioError, match="is not a date"):
        with_settings(Scenario(), ["law_day=soon"])


# Presets


def test_there_is_a_preset_for_every_turning_point():
    days = {read_scenario(presets()[name]).date for name in DATED}
    assert days >= {
        "2020-02-14",
        "2025-04-12",
        "2025-05-14",
        "2025-11-01",
        "2025-11-10",
        "2026-02-20",
        "2026-02-24",
        "2026-11-10",
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", DATED)
def test_a_dated_preset_runs_and_says_what_is_in_force_threatened_or_assumed(name):
    scenario = read_scenario(presets()[name])
    dataset = read_dataset(scenario.dataset)
    result = point_answer(scenario, dataset)
    assert result.lines["targeted"].any()
    assert scenario.description.startswith(("In force", "Threat", "Scheduled", "Hypothetical"))
    assert scenario.source
    base = traded_on(scenario.baseline, dataset).total
    weights = dataset.flows.import_value
    assert result.value("effective_tariff_base") == pytest.approx(effective_tariff_rate(base, weights))


def test_the_threat_counts_in_its_own_preset_only(us_2024):
    threat = point_answer(read_scenario(presets()["threat_2025_surtax"]), us_2024)
    assert threat.value("targeted_tariff_new") - threat.value("targeted_tariff_base") == pytest.approx(1)
    both = point_answer(read_scenario(presets()["threat_2025_surtax_rare_earths"]), us_2024)
    held = both.lines["volume_change"].to_numpy() < threat.lines["volume_change"].to_numpy() - 1e-9
    # other suppliers may sell more, summed at prices before, than China no longer ships; buyers have less of the good
    fewer = both.markets["composite_volume_change"] < threat.markets["composite_volume_change"] - 1e-9
    assert set(both.markets.loc[fewer, "product"]) == set(both.lines.loc[held, "product"])
    assert set(both.lines.loc[held, "product"].str[:4]) <= {"2805", "2846", "8505", "2530"}
    assert both.lines.loc[held, "volume_change"].to_numpy() == pytest.approx(-0.9)


# The page


@pytest.mark.slow
def test_a_link_with_two_days_asks_what_the_change_of_law_does():
    page = open_page(baseline="2025-11-09", law_day="2025-11-10", tariff_pct="0")
    assert headline_of(page).startswith(
        "Tariffs in force on 10 November 2025, compared with the tariffs in force on 9 November 2025: imports"
    )
    assert preset_of(page) == "law_2025_busan"
    assert page.query_params["baseline"] == "2025-11-09"


def test_links_made_before_the_names_changed_still_open_what_they_held():
    page = open_page(baseline="2025-11-09", policy="2025-11-10", multiplier="1.5", supply="5", tariff_pct="0")
    assert not page.toast
    assert page.date_input(key="start_day").value == TRUCE_EXTENDED
    assert page.date_input(key="compared_day").value == date(2025, 11, 9)
    assert page.number_input(key="export_supply_elasticity").value == 5
    assert page.query_params["elasticity_multiplier"] == "1.5"
    assert "policy" not in page.query_params


@pytest.mark.slow
def test_choosing_a_dated_preset_sets_the_days_and_an_undated_one_clears_them():
    page = open_page()
    choose_preset(page, "threat_2025_surtax")
    assert headline_of(page).startswith("The United States adds 100 points under IEEPA (other)")
    assert page.date_input(key="start_day").value == DAY
    assert page.selectbox(key="compared").value == "same"
    assert page.selectbox(key="authority").value == "ieepa_other"
    assert "In force on 30 October 2025" in " ".join(text.value for text in page.markdown)
    choose_preset(page, "truce_lapses")
    assert not page.date_input
    assert preset_of(page) == "truce_lapses"


@pytest.mark.slow
def test_an_authority_is_struck_down_by_two_moves():
    page = open_page(baseline=str(DAY), exporters="")
    page.selectbox(key="authority").set_value("ieepa").run()
    page.segmented_control(key="action").set_value("set").run()
    page.number_input(key="tariff_pct").set_value(0.0).run()
    assert headline_of(page).startswith(
        "IEEPA falls: the United States no longer charges all partners under it, compared "
    )


@pytest.mark.slow
def test_days_are_dropped_and_named_where_the_data_have_no_record():
    page = open_page(baseline=str(DAY))
    page.selectbox(key="dataset").set_value("pairs-2023").run()
    assert any("baseline=2025-10-30" in toast.value for toast in page.toast)
    assert not page.date_input
