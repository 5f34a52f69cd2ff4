"""Effective rates by group and authority, with other weights, and what falls with each authority."""

import numpy as np
import pandas as pd
import pytest

from calc.errors import ScenarioError
from calc.tariffs.averages import NOT_PRODUCTS, difference, effective_rates, fall_by_authority, fall_of
from calc.tariffs.law import rates_on

DAY = "2025-10-30"


@pytest.fixture(scope="module")
def law(us_2024):
    return rates_on(DAY, us_2024)


def test_the_average_is_duty_over_value_worked_by_hand_on_one_partner(us_2024, law):
    flows = us_2024.flows
    mine = flows.economies[flows.exporter] == "CHN"
    mine &= ~np.asarray(flows.products.str.startswith(NOT_PRODUCTS))[flows.product]
    # section 301 is the only authority with exclusions on that day
    charged = law.total - law.authorities["s301"] + law.after_exclusions["s301"]
    by_hand = (charged[mine] * flows.import_value[mine]).sum() / flows.import_value[mine].sum()
    table = effective_rates(law, us_2024, "all", exporters=("CHN",))
    assert table["total"].item() == pytest.approx(by_hand, rel=1e-12)
    by_partner = effective_rates(law, us_2024).set_index("exporter")
    assert by_partner.loc["CHN", "total"] == pytest.approx(by_hand, rel=1e-12)


def test_sections_of_one_partner_add_up_to_its_imports_and_duty(us_2024, law):
    whole = effective_rates(law, us_2024, "all", exporters=("CHN",)).iloc[0]
    parts = effective_rates(law, us_2024, "section", exporters=("CHN",))
    assert parts["import_value"].sum() == pytest.approx(whole["import_value"])
    assert (parts["total"] @ parts["import_value"]) / whole["import_value"] == pytest.approx(whole["total"])
    names = [name for name in parts.columns[2:] if name != "total"]
    assert parts[names].sum(axis=1).to_numpy() == pytest.approx(parts["total"].to_numpy())


def test_other_imports_change_the_weights_and_nothing_else(us_2024, law):
    doubled = effective_rates(law, us_2024, import_value=2 * us_2024.flows.import_value)
    plain = effective_rates(law, us_2024)
    assert doubled["import_value"].to_numpy() == pytest.approx(2 * plain["import_value"].to_numpy())
    assert doubled["total"].to_numpy() == pytest.approx(plain["total"].to_numpy())
    untaxed = np.where(law.total == 0, us_2024.flows.import_value, 0.0)
    assert not effective_rates(law, us_2024, "all", import_value=untaxed)["total"].any()


def test_the_table_of_falls_has_every_authority_that_charges_and_agrees_with_each_alone(us_2024, law):
    table = fall_by_authority(DAY, us_2024)
    present = effective_rates(law, us_2024, "all").iloc[0]
    charging = {name for name in law.authorities if present[name] > 0} - {"base"}
    assert set(table["authority"]) == charging
    assert table["total_change"].is_monotonic_increasing
    row = table.set_index("authority").loc["s232"]
    alone = fall_of("s232", DAY, us_2024, "all").iloc[0]
    assert row["total_change"] == pytest.approx(alone["total_change"])
    assert row["own"] == pytest.approx(present["s232"])
    # what section 232 displaced comes back
    assert -row["own"] < row["total_change"] < 0


def test_a_difference_is_taken_group_by_group_whatever_their_order(us_2024, law):
    before = effective_rates(rates_on("2025-11-09", us_2024), us_2024)
    after = effective_rates(rates_on("2025-11-10", us_2024), us_2024).sample(frac=1, random_state=1)
    change = difference(before, after).set_index("exporter")
    assert change.loc["CHN", "total"] == pytest.approx(-0.0995, abs=0.001)
    assert change.loc["VNM", "total"] == pytest.approx(0, abs=1e-12)
    assert list(change.index) == list(before["exporter"])
    assert isinstance(change, pd.DataFrame)


def test_an_unknown_partner_is_refused_by_name(us_2024, law):
    with pytest.raises(ScenarioError, match="no partner 'XYZ'"):
        effective_rates(law, us_2024, "all", exporters=("CHN", "XYZ"))
