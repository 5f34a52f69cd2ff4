"""The real run on one setting and few draws: what it reaches, and what it says of a miss."""

from dataclasses import replace

import pandas as pd
import pytest
from worker_tasks import LikeProcesses

from calc.analysis.backtest.protocol import beliefs_on_trial
from calc.analysis.backtest.run import findings
from calc.analysis.backtest.settings import Tried, settings_table
from calc.errors import ScenarioError

pytestmark = pytest.mark.slow


@pytest.fixture
def found(real_back_test):
    return real_back_test.findings


def of(found, target):
    return found.targets.set_index("target").loc[target]


def test_the_cross_section_of_2025_is_predicted_by_what_2018_19_settled(found):
    slope, r2, gain = (
        of(found, f"{name}, chapter x partner, up to a doubling") for name in ("slope", "R2", "error below no change")
    )
    assert 0.8 <= slope["value"] <= 1.25
    assert slope["hit"]
    assert r2["value"] >= 0.38
    assert r2["hit"]
    assert gain["value"] >= 0.20


def test_measures_that_miss_stand_beside_those_that_hit(found):
    plain = of(found, "R2, chapter x partner, plain changes")
    assert plain["hit"] == (plain["value"] >= 0.38)
    assert found.targets["target"].is_unique


def test_china_comes_within_10_points_and_no_change_is_further_off(found):
    china = found.tables["partners"].set_index("partner").loc["CHN"]
    assert abs(china["predicted"] - china["seen"]) <= 0.10 < abs(china["seen"])


def test_what_is_missed_is_said(found):
    partners = of(found, "RMSE of partners, second half of 2025")
    assert partners["hit"] == (partners["value"] <= 0.12)
    errors = found.tables["partner-errors"].set_index("forecast")["rmse"]
    assert errors["predicted"] == pytest.approx(partners["value"])
    assert errors["predicted"] < errors["no_change"]


def test_the_collected_rate_comes_within_0_8_points_of_the_treasury(found):
    assert of(found, "RMSE of the collected rate, June 2025 to March 2026")["value"] <= 0.0080


def test_duties_on_predicted_imports_come_within_5_percent(found):
    duties = found.tables["duties"]
    assert (duties[duties["imports"] == "predicted"]["error"].abs() <= 0.05).all()


def test_the_lags_used_are_as_good_as_those_fitted_to_the_same_months(found):
    assert found.lags.rmse <= found.lags.rmse_used <= found.lags.rmse + 0.0001
    assert found.lags.fitted.compliance == pytest.approx(0.949, abs=0.01)


def test_2018_19_does_not_support_the_spread_of_the_elasticities_of_the_data(found):
    assert found.pooled.low < 0 < found.pooled.high
    assert not found.pooled.supported


def test_china_s_retaliation_lies_between_demand_alone_and_many_rivals(found):
    cells = found.tables["retaliation"]
    base = cells["base"].sum()
    alone, rivals = ((cells[name] * cells["base"]).sum() / base for name in ("alone", "rivals"))
    assert rivals < alone < 0


def test_a_model_that_cannot_answer_the_data_is_refused_in_words():
    with pytest.raises(ScenarioError, match="cannot be back-tested on us-2024"):
        findings(replace(beliefs_on_trial(), model="gsim", draws=0), settings=False)


def test_lag_and_growth_settled_on_2015_20_bring_partners_nearer_than_the_best_public_forecast(found):
    assert 1 <= found.timing.lag.low <= found.timing.lag.value <= found.timing.lag.high
    assert all(share.low > 0 for share in found.timing.growth)
    errors = found.tables["partner-errors"].set_index("forecast")["rmse"]
    assert errors["refined"] < errors["peer"] < errors["predicted"]
    table = found.tables["refinements"].set_index("variant")
    assert table.loc["with both", "rmse_partners"] == pytest.approx(errors["refined"])
    assert (table["gain"].iloc[1:] > table["gain"].iloc[0]).all()


def test_what_the_refinements_make_worse_stands_beside(found):
    table = found.tables["refinements"].set_index("variant")
    assert abs(table.loc["with both", "duties_fiscal_predicted"]) > abs(
        table.loc["tariffs alone", "duties_fiscal_predicted"]
    )
    targets = found.targets.set_index("target")
    assert not targets.loc["duties, fiscal 2025, predicted imports: error", "refined_hit"]


def test_settings_scored_in_other_processes_have_the_same_scores(found):
    asked = beliefs_on_trial()
    tried = (Tried(scenario=asked), Tried(scenario=asked, months=3))
    shared = settings_table(tried, found.dataset, found.episodes, executor=LikeProcesses())
    pd.testing.assert_frame_equal(shared, settings_table(tried, found.dataset, found.episodes), check_exact=True)
