"""Who pays: the parties add up, draw by draw too, and with other importers only US imports count."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from builders import elasticities_of, flows_of, policy_of

from calc.analysis.households.who_pays import HOME_SELLERS, PARTIES, TOGETHER, who_pays
from calc.models import armington


def of_us(result):
    """The same answer, its importer called USA."""
    lines = result.lines.assign(importer=pd.Categorical(["USA"] * len(result.lines)))
    return replace(result, lines=lines, markets=result.markets.assign(importer="USA"))


@pytest.fixture(scope="module")
def answer():
    flows = flows_of([[60.0, 40.0], [30.0, 70.0]], rates=0.05)
    policy = policy_of(flows, tariff=np.array([0.25, 0.05, 0.25, 0.05]))
    return of_us(armington.simulate(flows, policy, elasticities_of(flows, beta=8.0)))


def test_parties_are_the_headline_numbers_and_add_up_to_the_net(answer):
    table = who_pays(answer).set_index("party")["gain"]
    assert table["Buyers"] == answer.value("consumer_surplus_change") < 0
    assert table["Foreign sellers"] == answer.value("producer_surplus_change") < 0
    assert table["US treasury"] == answer.value("tariff_revenue_change") > 0
    assert table[TOGETHER] == pytest.approx(answer.value("net_welfare_change"))


def test_ranges_of_sums_are_those_of_the_sums_in_each_draw(answer):
    rng = np.random.default_rng(0)
    drawn = pd.DataFrame({name: rng.normal(size=200) for names in PARTIES.values() for name in names})
    table = who_pays(answer, drawn).set_index("party")
    sellers = drawn["producer_surplus_change"] + drawn["export_tax_revenue_change"]
    assert table.loc["Foreign sellers", "gain_low"] == pytest.approx(np.quantile(sellers, 0.05))
    assert table.loc[TOGETHER, "gain_high"] == pytest.approx(np.quantile(drawn.sum(axis=1), 0.95))
    assert who_pays(answer)["gain_low"].isna().all()


def test_lines_and_headline_numbers_tell_the_same_story(answer):
    # a second importer, whose lines must not count
    other = answer.lines.assign(importer="MEX", producer_surplus_change=1e6)
    lines = pd.concat([answer.lines.astype({"importer": str}), other], ignore_index=True)
    both = replace(answer, lines=lines.astype({"importer": "category"}))
    pd.testing.assert_frame_equal(who_pays(both), who_pays(answer))


def test_sellers_at_home_have_a_row_of_their_own(answer):
    at_home = answer.lines["exporter"] == answer.lines["exporter"].iloc[0]
    lines = answer.lines.assign(exporter=np.where(at_home, "USA", "MEX"))
    elsewhere = lines.iloc[:1].assign(importer="MEX")
    lines = pd.concat([lines.astype({"importer": str}), elsewhere], ignore_index=True)
    table = who_pays(replace(answer, lines=lines)).set_index("party")["gain"]
    assert table[HOME_SELLERS] == pytest.approx(answer.lines["producer_surplus_change"][at_home].sum())
    assert (
        table[TOGETHER]
        == pytest.approx(table.drop(TOGETHER).sum())
        == pytest.approx(answer.value("net_welfare_change"))
    )
