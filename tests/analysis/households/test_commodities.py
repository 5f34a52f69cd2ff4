"""Lines of a result as commodities: what is averaged, what is left out, what is refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from calc.analysis.households.commodities import MEASURES, commodity_prices, product_shares, us_lines
from calc.analysis.households.us_accounts import read_accounts
from calc.datasets.dataset import read_dataset
from calc.errors import ScenarioError
from calc.question import point_answer
from calc.result import Result
from calc.scenario import Scenario
from calc.scenario_file import read_scenario
from calc.tariffs.rules import Rule

ACCOUNTS = read_accounts()
SCENARIO = read_scenario("truce_lapses")
DATASET = read_dataset(SCENARIO.dataset)
RESULT = point_answer(SCENARIO, DATASET)


def result_of(lines):
    """A result with these lines and nothing else."""
    return Result(model="x", summary=pd.DataFrame(), lines=lines, markets=pd.DataFrame(), economies=pd.DataFrame())


def test_horses_are_one_commodity_and_their_price_change_is_its_weighted_mean():
    horses = ACCOUNTS.commodities["bea_code"] == "112A00"
    lines = pd.DataFrame(
        {
            "importer": "USA",
            "exporter": ["CHN", "MEX"],
            "product": "010121",
            "import_value_base": [100.0, 300.0],
            "import_value_new": [50.0, 300.0],
            "tariff_base": [0.0, 0.0],
            "tariff_new": [0.4, 0.0],
            "landed_price_change": [0.4, 0.0],
        }
    )
    # 0.4 × 100/400; with weights after the change 0.4 × 50/350
    expected = {"landed": 0.1, "statutory": 0.1, "new_weights": 0.4 * 50 / 350}
    for measure, change in expected.items():
        found = commodity_prices(result_of(lines), ACCOUNTS, measure)
        assert found.change[horses] == pytest.approx([change])
        assert not found.change[~horses].any()
        assert found.uncovered_value == 0


def test_no_change_is_no_price_change_in_any_measure():
    still = point_answer(Scenario(), DATASET)
    for measure in MEASURES:
        assert not commodity_prices(still, ACCOUNTS, measure).change.any()


@pytest.mark.parametrize("name", ["universal_10", "truce_lapses", "geneva_truce", "april_2_2025_schedule"])
def test_no_commodity_gets_dearer_after_substitution_than_at_unchanged_baskets(name):
    result = point_answer(read_scenario(name), DATASET)
    landed, composite = (commodity_prices(result, ACCOUNTS, measure).change for measure in ("landed", "composite"))
    assert (composite <= landed + 1e-15).all()


def test_chapters_98_and_99_have_no_commodity_and_their_value_is_told():
    found = commodity_prices(RESULT, ACCOUNTS)
    chapter = RESULT.lines["product"].astype(str).str[:2]
    value = RESULT.lines["import_value_base"][chapter.isin(["98", "99"])].sum()
    assert found.uncovered_value == pytest.approx(value)
    assert found.import_value == pytest.approx(RESULT.value("import_value_base"))


def test_a_code_of_ten_digits_is_looked_up_as_such_and_else_by_its_first_six():
    shares = product_shares(pd.Index(["0101210010", "0101219999", "9999999999"]), ACCOUNTS)
    assert shares.known.tolist() == [True, True, False]
    goods = ACCOUNTS.commodities["bea_code"].to_numpy()
    dense = shares.shares.toarray()
    assert goods[dense[0].argmax()] == goods[dense[1].argmax()] == "112A00"
    assert dense.sum(axis=1) == pytest.approx([1, 1, 0])


def test_shares_are_kept_with_the_products_of_a_dataset():
    assert product_shares(DATASET.flows.products, ACCOUNTS) is product_shares(DATASET.flows.products, ACCOUNTS)


@pytest.mark.slow
@pytest.mark.parametrize("measure", MEASURES)
def test_ten_digits_and_six_agree_where_one_rate_holds_for_all(measure):
    rule = Rule(importer=("USA",), value_pct=10.0)
    fine = read_dataset("us-2024-hs10")
    found = [
        commodity_prices(point_answer(Scenario(rules=(rule,), dataset=data.name), data), ACCOUNTS, measure).change
        for data in (DATASET, fine)
    ]
    assert abs(found[0] - found[1]).mean() < 0.002


def test_another_importer_is_refused_in_one_sentence():
    china = read_scenario("law_2025_april_peak_china")
    result = point_answer(china, read_dataset(china.dataset))
    with pytest.raises(ScenarioError, match="for the United States only; this result has imports of CHN"):
        us_lines(result)


def test_world_data_by_sector_are_refused_in_one_sentence():
    world = read_scenario("truce_lapses_world")
    with pytest.raises(ScenarioError, match="products by HS code of at least six digits; 'c1' is not one"):
        us_lines(point_answer(world, read_dataset(world.dataset)))


def test_a_model_without_lines_is_refused_in_one_sentence():
    with pytest.raises(ScenarioError, match="The model armington gives no lines by product"):
        us_lines(replace(RESULT, lines=RESULT.lines.iloc[:0]))


def test_an_unknown_measure_is_refused_with_a_suggestion():
    with pytest.raises(ScenarioError, match="landed"):
        commodity_prices(RESULT, ACCOUNTS, "lande")


def test_imports_of_others_in_the_same_data_do_not_count():
    both = RESULT.lines.astype({"importer": str})
    other = both.head(100).assign(importer="MEX", landed_price_change=9.0)
    mixed = replace(RESULT, lines=pd.concat([both, other], ignore_index=True))
    found, alone = (commodity_prices(result, ACCOUNTS).change for result in (mixed, RESULT))
    np.testing.assert_allclose(found, alone, rtol=0, atol=1e-15)
