"""Who pays: the parties are headline numbers and add up, draw by draw too, whoever else imports."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from builders import elasticities_of, flows_of, policy_of

from calc.analysis.perspective import of_importer
from calc.analysis.who_pays import BUYERS, PART, PRODUCERS, SELLERS, SUM, TOGETHER, TREASURY, who_pays
from calc.models import armington
from calc.simulation import run

NET = "ACE, net"


@pytest.fixture(scope="module")
def answer():
    flows = flows_of([[60.0, 40.0], [30.0, 70.0]], rates=0.05)
    policy = policy_of(flows, tariff=np.array([0.25, 0.05, 0.25, 0.05]))
    return armington.simulate(flows, policy, elasticities_of(flows, beta=8.0))


def gains_of(table):
    return table.set_index("party")["gain"]


def test_parties_are_the_headline_numbers_and_add_up_to_the_net(answer):
    table = who_pays(answer)
    gains = gains_of(table)
    assert list(gains.index) == [BUYERS, TREASURY, NET, SELLERS, TOGETHER]
    assert gains[BUYERS] == answer.value("consumer_surplus_change") < 0
    assert gains[SELLERS] == answer.value("producer_surplus_change") < 0
    assert gains[TREASURY] == answer.value("tariff_revenue_change") > 0
    assert gains[NET] == pytest.approx(gains[BUYERS] + gains[TREASURY])
    assert gains[TOGETHER] == pytest.approx(answer.value("net_welfare_change"))
    assert list(table["kind"]) == [PART, PART, SUM, PART, SUM]


def test_ranges_of_sums_are_those_of_the_sums_in_each_draw(answer):
    rng = np.random.default_rng(0)
    names = ("consumer_surplus_change", "producer_surplus_change", "export_tax_revenue_change", "tariff_revenue_change")
    drawn = pd.DataFrame({name: rng.normal(size=200) for name in names})
    table = who_pays(answer, draws=drawn).set_index("party")
    sellers = drawn["producer_surplus_change"] + drawn["export_tax_revenue_change"]
    assert table.loc[SELLERS, "gain_low"] == pytest.approx(np.quantile(sellers, 0.05))
    assert table.loc[TOGETHER, "gain_high"] == pytest.approx(np.quantile(drawn.sum(axis=1), 0.95))
    assert who_pays(answer)["gain_low"].isna().all()


def test_one_of_several_importers_sees_its_own_net_and_foreign_sellers_beside_it():
    result = run("tit_for_tat", draws=0)
    gains, seen = gains_of(who_pays(result, "USA")), of_importer(result, "USA")
    assert gains["United States, net"] == pytest.approx(seen.value("net_welfare_change"))
    assert gains[PRODUCERS] == pytest.approx(seen.value("producer_surplus_change"))
    abroad = (seen.lines["exporter"] != "USA").to_numpy()
    assert gains[SELLERS] == pytest.approx(seen.lines["producer_surplus_change"][abroad].sum())
    assert gains[TOGETHER] == pytest.approx(gains["United States, net"] + gains[SELLERS])


def test_where_incomes_move_nobody_is_said_to_pay(answer):
    moved = replace(answer, economies=answer.economies.assign(real_income_change=0.0))
    assert moved.incomes_move
    assert who_pays(moved).empty
