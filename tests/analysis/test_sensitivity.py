"""The tornado, two assumptions at once, and shares of variance in words."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sensitivities import ASKED, preset
from worker_tasks import LikeProcesses

from calc.analysis.goal import REVENUE, TARGETED
from calc.analysis.sensitivity import (
    AS_IT_STANDS,
    BELOW_ZERO,
    headline,
    left_out,
    outcome_text,
    outcomes,
    share_sentence,
    tornado,
    two_way_table,
)
from calc.analysis.settings import (
    settings,
    standing_cell,
    two_way,
)
from calc.assumptions import Assumptions
from calc.datasets.dataset import read_dataset
from calc.errors import CalcError, ScenarioError
from calc.question import point_answer

# The tornado


def test_a_bar_goes_from_the_least_to_the_greatest_outcome_and_the_widest_is_first(small):
    found = outcomes(ASKED, small, settings(ASKED, small))
    table = tornado(found, REVENUE)
    assert table["width"].iloc[:-1].is_monotonic_decreasing
    assert table["assumption"].iloc[-1] == "panel"  # wide, but contradicted by the record
    row = table.set_index("assumption").loc["armington_elasticity"]
    answers = {s.label: point_answer(s.scenario, s.dataset).value(REVENUE) for s in settings(ASKED, small)}
    assert row["low"] == min(answers["× 0.66"], answers["× 1.34"], row["central"])
    assert row["high"] == max(answers["× 0.66"], answers["× 1.34"], row["central"])
    assert (row["low_setting"], row["high_setting"]) == ("× 1.34", "× 0.66")
    assert (table["central"] == point_answer(ASKED, small).value(REVENUE)).all()
    assert (table["low"] <= table["central"]).all()
    assert (table["central"] <= table["high"]).all()


def test_a_bar_whose_settings_lie_on_one_side_ends_at_the_answer_as_it_stands(small):
    row = tornado(outcomes(ASKED, small, settings(ASKED, small)), REVENUE).set_index("assumption").loc["panel"]
    assert (row["low_setting"], row["low"]) == (AS_IT_STANDS, row["central"])
    assert row["high_setting"] == "0.76, one year after"


def test_an_outcome_that_nothing_changes_has_bars_of_no_width(small):
    idle = replace(ASKED, rules=())
    table = tornado(outcomes(idle, small, settings(idle, small)), REVENUE)
    assert (table["width"] == 0).all()
    assert table.set_index("assumption").loc["import_demand_elasticity", ["low_setting", "high_setting"]].tolist() == [
        "× 0.50",
        "× 1.50",
    ]
    assert "the same under every assumption" in headline(table, REVENUE)


def test_the_headline_names_the_widest_bar_and_its_ends(small):
    table = tornado(outcomes(ASKED, small, settings(ASKED, small)), REVENUE)
    words = headline(table, REVENUE)
    assert words.startswith("“Tariff revenue” depends most on the import demand: ")
    for end in ("low", "high"):
        assert outcome_text(table[end].iloc[0], REVENUE) in words


def test_a_linear_model_whose_imports_fall_below_zero_has_no_bar(make_folder):
    world = preset("tit_for_tat")
    data = read_dataset(world.dataset)
    found = outcomes(world, data, settings(world, data, {"linear": replace(world, model="gsim_linear")}))
    assert point_answer(replace(world, model="gsim_linear"), data).value(TARGETED) < -1
    assert "model" not in set(tornado(found, REVENUE)["assumption"])
    assert left_out(found, REVENUE)[["setting", "problem"]].to_numpy().tolist() == [["linear", BELOW_ZERO]]


def test_a_model_that_is_silent_on_the_outcome_is_named(small):
    found = outcomes(ASKED, small, settings(ASKED, small, {"linear": replace(ASKED, model="smart")}))
    smart_only = outcomes(replace(ASKED, model="smart"), small, settings(ASKED, small)[:2])
    assert left_out(found, REVENUE).empty
    silent = left_out(smart_only, "wits_welfare")
    assert set(silent["setting"]) == {"80%", "100%"}
    assert silent["problem"].str.startswith("This model does not give welfare as WITS prints it").all()


def test_a_setting_that_cannot_be_answered_says_why_and_the_others_stay(small):
    broken = replace(ASKED, elasticities="nowhere")
    found = outcomes(ASKED, small, settings(ASKED, small, {"broken": broken}))
    assert "no elasticities" in left_out(found, REVENUE)["problem"].iloc[0]
    assert set(tornado(found, REVENUE)["assumption"]) == {one.assumption for one in settings(ASKED, small)}


def test_a_scenario_that_cannot_be_answered_raises_its_own_error(small):
    with pytest.raises(ScenarioError, match="no elasticities"):
        outcomes(replace(ASKED, elasticities="nowhere"), small, ())


def test_an_outcome_that_the_answer_does_not_have_is_refused_in_words(small):
    found = outcomes(ASKED, small, settings(ASKED, small))
    with pytest.raises(CalcError, match="no outcome real_income_change"):
        tornado(found, "real_income_change")


@pytest.mark.slow
def test_outcomes_are_the_same_in_threads_and_from_other_processes(small):
    tried = settings(ASKED, small)
    alone = outcomes(ASKED, small, tried)
    with ThreadPoolExecutor(2) as threads:
        for executor in (threads, LikeProcesses()):
            pd.testing.assert_frame_equal(outcomes(ASKED, small, tried, executor=executor), alone)


def test_progress_counts_settings_and_may_stop_the_work(small):
    seen = []
    tried = settings(ASKED, small)
    outcomes(ASKED, small, tried, progress=lambda done, whole: seen.append((done, whole)))
    assert seen == [(k, len(tried)) for k in range(1, len(tried) + 1)]

    def stop(done, whole):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outcomes(ASKED, small, settings(ASKED, small), progress=stop)


def test_a_view_is_applied_before_numbers_are_read(small):
    def doubled(result):
        return replace(result, summary=result.summary.assign(value=2 * result.summary["value"]))

    plain, seen = (outcomes(ASKED, small, (), view=view) for view in (None, doubled))
    np.testing.assert_array_equal(seen["value"], 2 * plain["value"])


# Two assumptions at once


def test_every_cell_of_the_table_is_an_answer_of_its_own(small):
    table = two_way_table(outcomes(ASKED, small, two_way(ASKED, small)), REVENUE)
    assert (table["row"].nunique(), table["column"].nunique()) == (5, 5)
    cell = table[(table["row"] == "× 0.66") & (table["column"] == "80%")]["value"].iloc[0]
    believed = Assumptions(elasticity_multiplier=2.5 / 3.8, pass_through_pct=80.0)
    assert cell == point_answer(replace(ASKED, assumptions=believed), small).value(REVENUE)


def test_the_standing_cell_is_the_answer_as_it_stands(small):
    own_supply = replace(ASKED, assumptions=Assumptions(export_supply_elasticity=1.5))
    stated = replace(ASKED, assumptions=Assumptions(elasticity_multiplier=1.3, pass_through_pct=55.0))
    pairs = preset("truce_lapses_pairs")
    for scenario, data in ((ASKED, small), (own_supply, small), (stated, small), (pairs, read_dataset(pairs.dataset))):
        table = two_way_table(outcomes(scenario, data, two_way(scenario, data)), REVENUE).set_index(["row", "column"])
        standing = table["value"].loc[standing_cell(scenario, data)]
        assert standing == pytest.approx(point_answer(scenario, data).value(REVENUE), rel=1e-12)


# Words, charts and files


def test_shares_in_words_name_the_largest_first_and_the_interplay():
    shares = pd.DataFrame(
        {
            "metric": REVENUE,
            "parameter": ["demand_factor", "substitution_factor", "pass_through_pct"],
            "first": [0.2, 0.6, 0.0],
            "total": [0.35, 0.8, 0.0],
        }
    )
    assert share_sentence(shares, REVENUE) == (
        "Substitution between origins explains 60% of the spread of tariff revenue, import demand 20%; 15% comes "
        "from their interaction."
    )
    assert share_sentence(shares.assign(first=0.0), REVENUE) == "None of the parameters drawn affects tariff revenue."
