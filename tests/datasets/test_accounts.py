"""National accounts beside the flows: aligned, filled, counted, refused."""

import re

import numpy as np
import pandas as pd
import pytest
from builders import texts

from calc.datasets import accounts as account_tables
from calc.datasets.dataset import check_dataset, data_dir, read_dataset
from calc.datasets.repair import restore_zeros
from calc.errors import DataError
from calc.scenario_file import read_scenario
from calc.tariffs.policy import apply_rules

# Two economies and two products, own sales on the diagonal, in US$. Sales: A makes 60 of x and 60 of y, B 40 and 40.
# B charges 50% on x from A, so that its purchases of x, duty paid, are 30 + 10 x 1.5 = 45.
WORLD = {
    "flows.csv": """\
importer,exporter,product,value_usd
A,A,x,50
A,A,y,60
A,B,x,10
B,A,x,10
B,B,x,30
B,B,y,40
""",
    "tariffs.csv": "importer,exporter,product,tariff_pct\nB,A,x,50\nA,B,x,0\n",
    "products.csv": "product,description\nx,Goods\ny,Services\nz,Made by nobody\n",
    "countries.csv": "economy,name\nA,Aland\nB,Beland\nC,Celand\n",
    "value_added.csv": "economy,product,value_added_usd\nA,x,40\nA,y,50\nB,x,30\nB,y,25\n",
    "input_output.csv": """\
economy,input_product,using_product,value_usd
A,x,x,20
A,x,y,10
B,x,y,15
B,y,x,10
""",
    "final_demand.csv": "economy,product,value_usd\nA,x,30\nA,y,60\nB,x,30\nB,y,30\n",
}


@pytest.fixture
def make_world(make_folder):
    """Write the two economies, with some files replaced, added, or left out (None)."""

    def make(changes=None, *, name="world"):
        return make_folder({**WORLD, **(changes or {})}, name=name)

    return make


def notes_of(dataset, file):
    return [note for note in texts(dataset.notes) if note.startswith(file)]


def test_accounts_stand_on_the_axes_of_the_flows(make_world):
    dataset = read_dataset(make_world())
    accounts = dataset.flows.accounts
    assert list(dataset.flows.economies) == ["A", "B"]
    assert list(dataset.flows.products) == ["x", "y"]
    assert accounts.value_added.tolist() == [[40, 50], [30, 25]]
    # [economy, input product, using product]
    assert accounts.input_output.tolist() == [[[20, 10], [0, 0]], [[0, 15], [10, 0]]]
    assert accounts.final_demand.tolist() == [[30, 60], [30, 30]]
    assert texts(dataset.notes)[1:] == (
        "input_output.csv: cells without a row, taken as 0: 4 of 8.",
        "countries.csv: iso_numeric, groups not given.",
    )


def test_a_dataset_without_accounts_has_none(make_folder):
    assert read_dataset(make_folder()).flows.accounts is None


def test_value_added_may_stand_alone(make_world):
    accounts = read_dataset(make_world({"input_output.csv": None, "final_demand.csv": None})).flows.accounts
    assert accounts.value_added.sum() == 145
    assert accounts.input_output is None
    assert accounts.final_demand is None


def test_parquet_and_csv_in_any_order_give_the_same_accounts(make_world):
    changes = {}
    for stem in ("value_added", "input_output", "final_demand"):
        header, *rows = WORLD[f"{stem}.csv"].splitlines()
        frame = pd.DataFrame([row.split(",") for row in reversed(rows)], columns=header.split(","))
        frame[frame.columns[-1]] = frame[frame.columns[-1]].astype(float)
        changes |= {f"{stem}.csv": None, f"{stem}.parquet": frame}
    plain, other = (read_dataset(make_world(c, name=n)).flows.accounts for c, n in (({}, "one"), (changes, "two")))
    for name in ("value_added", "input_output", "final_demand"):
        assert np.array_equal(getattr(plain, name), getattr(other, name))


def test_accounts_of_economies_and_products_without_trade_are_counted_and_left_out(make_world):
    extra = "C,x,7\nA,z,5\n"
    dataset = read_dataset(make_world({"value_added.csv": WORLD["value_added.csv"] + extra}))
    assert dataset.flows.accounts.value_added.sum() == 145
    assert notes_of(dataset, "value_added") == [
        "value_added.csv: rows of an economy or product without trade, not used: 2 (US$ 12)."
    ]


def test_economies_and_industries_without_value_added_are_named(make_world):
    dataset = read_dataset(make_world({"value_added.csv": "economy,product,value_added_usd\nA,x,40\n"}))
    assert notes_of(dataset, "value_added") == [
        "value_added.csv: cells without a row, taken as 0: 3 of 4.",
        "value_added.csv: economies that trade and have no value added: 1 (B); a model of whole economies needs it.",
        "value_added.csv: industries with sales and without value added: 1 (US$ 60).",
    ]


def test_accounts_that_do_not_balance_are_said(make_world):
    # costs of A's y are 10 too low, of 200 of sales; uses of B's x 5 too high, of 205 of purchases
    changes = {
        "value_added.csv": WORLD["value_added.csv"].replace("A,y,50", "A,y,40"),
        "final_demand.csv": WORLD["final_demand.csv"].replace("B,x,30", "B,x,35"),
    }
    notes = texts(read_dataset(make_world(changes)).notes)
    assert "Costs (inputs and value added) differ from sales by 5.000% of them." in notes
    assert "Uses (inputs and final demand) differ from duty-paid purchases by 2.439% of them." in notes


def test_more_value_added_than_sales_is_said_where_own_sales_are_known(make_world):
    absent = {"input_output.csv": None, "final_demand.csv": None}
    more = {"value_added.csv": WORLD["value_added.csv"].replace("B,x,30", "B,x,300"), **absent}
    assert "Industries with more value added than sales: 1 of 4." in texts(read_dataset(make_world(more)).notes)
    traded = {**more, "flows.csv": "importer,exporter,product,value_usd\nA,B,x,10\nB,A,x,10\n"}
    assert not any("more value added" in note for note in texts(read_dataset(make_world(traded, name="traded")).notes))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "value_added.csv",
            "A,x,40",
            "A,x,-4",
            r"value_added.csv, line 2, column value_added_usd: '-4' is out of",
        ),
        ("value_added.csv", "A,x,40", "A,x,nan", r"line 2, column value_added_usd: 'nan'"),
        ("value_added.csv", "A,x,40", "A,x,inf", r"line 2, column value_added_usd: 'inf' is out of range"),
        ("value_added.csv", "A,x,40", "A,x,", r"'' is empty, and every row needs a number"),
        ("value_added.csv", "A,y,50", "A,x,50", r"line 3, column product: 'x' repeats an earlier row"),
        ("value_added.csv", "A,x", "Q,x", r"'Q' is not in the table of countries"),
        ("value_added.csv", "A,x", "A,q", r"'q' is not in the table of products"),
        ("value_added.csv", "value_added_usd", "gdp", r"column value_added_usd: the column is missing"),
        (
            "input_output.csv",
            "A,x,y,10",
            "A,x,q,10",
            r"line 3, column using_product: 'q' is not in the table",
        ),
        ("input_output.csv", "A,x,y,10", "A,q,y,10", r"column input_product: 'q' is not in the table of products"),
        ("input_output.csv", "A,x,y,10", "A,x,x,10", r"repeats an earlier row with the same economy, input_product"),
        ("input_output.csv", "A,x,y,10", "A,x,y,-1", r"'-1' is out of range: a value is finite and not negative"),
        ("final_demand.csv", "B,x,30", "B,x,-30", r"final_demand.csv, line 4, column value_usd: '-30' is out of range"),
        ("final_demand.csv", "B,x,30", "B,,30", r"line 4, column product: '' is empty"),
    ],
)
def test_a_broken_cell_is_refused_with_its_place(make_world, file, old, new, said):
    folder = make_world({file: WORLD[file].replace(old, new, 1)})
    with pytest.raises(DataError, match=said):
        read_dataset(folder)


def test_value_added_of_nothing_is_refused(make_world):
    folder = make_world({"value_added.csv": "economy,product,value_added_usd\nA,x,0\n"})
    assert [problem.rule for problem in check_dataset(folder)] == ["no value added is above 0"]


def test_inputs_and_final_demand_need_value_added(make_world):
    problems = check_dataset(make_world({"value_added.csv": None}))
    assert [(problem.file, problem.rule) for problem in problems] == [
        ("input_output.csv", "there is no value_added file beside it"),
        ("final_demand.csv", "there is no value_added file beside it"),
    ]


def test_an_input_output_table_too_large_to_hold_is_refused_before_it_is_built(make_world, monkeypatch):
    monkeypatch.setattr(account_tables, "MAX_INPUT_CELLS", 7)
    (problem,) = check_dataset(make_world())
    assert problem.rule == "2 economies x 2 x 2 products are more than the 7 cells that are held"


def test_lost_zeros_of_both_product_columns_are_found_and_restored(make_world, tmp_path):
    codes = dict(WORLD)
    for letter, code in (("x", "01"), ("y", "85"), ("z", "90")):
        codes = {file: re.sub(rf"\b{letter}\b", code, text) for file, text in codes.items()}
    good = make_world(codes, name="good")
    spoiled = codes["input_output.csv"].replace(",01", ",1")
    bad = make_world({**codes, "input_output.csv": spoiled}, name="bad")
    assert [problem.column for problem in check_dataset(bad)] == ["input_product", "using_product"]
    changes = restore_zeros(bad, tmp_path / "new")
    assert changes[0] == (
        "input_output.csv, column input_product: leading zeros restored: 1 (rows: 3); '1' is now '01'."
    )
    expected, found = (read_dataset(folder).flows.accounts.input_output for folder in (good, tmp_path / "new"))
    assert np.array_equal(expected, found)


# the built-in datasets


@pytest.fixture(scope="module")
def wiod():
    return read_dataset("wiod-2011")


@pytest.fixture(scope="module")
def pairs():
    return read_dataset("pairs-2023")


def sums(flows, codes, values):
    """Σ of `values` by economy and product [economy, product]."""
    shape = len(flows.economies), len(flows.products)
    return np.bincount(codes * shape[1] + flows.product, values, shape[0] * shape[1]).reshape(shape)


def test_the_world_of_2011_has_the_totals_of_its_source(wiod):
    flows, accounts = wiod.flows, wiod.flows.accounts
    assert (len(flows.economies), len(flows.products), len(flows.market)) == (41, 35, 33_789)
    assert flows.import_value.sum() == 141_719_940e6
    assert flows.import_value[~flows.domestic].sum() == 18_340_221e6
    goods = wiod.products["kind"].to_numpy()[flows.product] == "goods"
    assert goods[flows.tariff_rate > 0].all()
    duty = (flows.import_value * flows.tariff_rate).sum()
    assert duty == pytest.approx(476.39e9, abs=5e6)
    # the source's value added, 69,279,848 mn, holds duties on inputs; 17.3 mn were added in Luxembourg
    on_inputs = accounts.input_output.sum() - 72_440_092e6 + 17.35e6
    assert accounts.value_added.sum() == pytest.approx(69_279_848e6 - on_inputs + 17.35e6, abs=1e4)


def test_the_world_of_2011_balances(wiod):
    flows, accounts = wiod.flows, wiod.flows.accounts
    output = sums(flows, flows.exporter, flows.import_value)
    bought = sums(flows, flows.importer, flows.import_value * (1 + flows.tariff_rate))
    np.testing.assert_allclose(accounts.value_added + accounts.input_output.sum(axis=1), output, rtol=1e-12, atol=0)
    np.testing.assert_allclose(accounts.final_demand + accounts.input_output.sum(axis=2), bought, rtol=1e-12, atol=1)
    duty = sums(flows, flows.importer, flows.import_value * flows.tariff_rate).sum(axis=1)
    net_imports = sums(flows, flows.importer, flows.import_value).sum(axis=1) - output.sum(axis=1)
    income = accounts.value_added.sum(axis=1) + duty + net_imports
    np.testing.assert_allclose(income, accounts.final_demand.sum(axis=1), rtol=1e-12)
    assert not any("differ from" in note for note in texts(wiod.notes))


def test_every_industry_of_2011_with_output_has_value_added_between_0_and_all_of_it(wiod):
    flows, value_added = wiod.flows, wiod.flows.accounts.value_added
    output = sums(flows, flows.exporter, flows.import_value)
    assert ((value_added > 0) == (output > 0)).all()
    assert (value_added <= output).all()
    assert (output == 0).sum() == 22
    luxembourg, water = flows.economies.get_loc("LUX"), flows.products.get_loc("c24")
    assert output[luxembourg, water] == 32e6
    assert value_added[luxembourg, water] == pytest.approx(13.35e6, abs=5e3)


def test_trade_elasticities_of_2011_are_one_less_than_substitution(wiod):
    flows = wiod.flows
    sigma = wiod.elasticities["protee"].armington_elasticity
    product = flows.products[flows.product[flows.market_start]]
    assert set(sigma[product == "c9"]) == {21.4205}
    assert set(sigma[product == "c28"]) == {9.22}
    assert wiod.default_set == "uniform"
    assert set(wiod.elasticities["default"].armington_elasticity) == {5.0}
    assert (sigma > 1).all()
    for key in ("default", "protee"):
        assert all("trade elasticity" in words for words in wiod.elasticities[key].basis.categories)


def test_the_pairs_of_2023_have_the_totals_of_their_source(pairs):
    flows = pairs.flows
    assert (len(flows.economies), list(flows.products), len(flows.market)) == (194, ["goods"], 25_398)
    assert flows.import_value.sum() == pytest.approx(21_749_670_434_244.85, abs=1)
    assert flows.accounts.value_added.sum() == pytest.approx(105_311_556_213_094.6, abs=1)
    assert flows.accounts.input_output is None
    assert not flows.tariff_rate.any()
    assert not flows.domestic.any()
    assert set(pairs.elasticities["default"].armington_elasticity) == {5.0}
    assert pairs.countries["iso_numeric"].str.fullmatch(r"\d{3}").all()
    assert pairs.countries["groups"].str.contains("EU27").sum() == 27
    assert "There is no tariffs file: every base tariff is 0." in texts(pairs.notes)


def test_the_announced_rates_reach_every_partner_of_the_united_states(pairs):
    scenario = read_scenario(data_dir() / "scenarios" / "liberation_day.toml")
    policy = apply_rules(scenario.rules, pairs)
    flows = pairs.flows
    of_us = flows.economies[flows.importer] == "USA"
    assert (policy.tariff_new[of_us] >= 0.1).all()
    assert not policy.tariff_new[~of_us].any()
    rate = dict(zip(flows.economies[flows.exporter[of_us]], policy.tariff_new[of_us], strict=True))
    assert (rate["CHN"], rate["DEU"], rate["CAN"], rate["RUS"]) == (0.54, 0.2, 0.1, 0.1)
    assert len(rate) == 193


def test_the_truce_presets_tax_chinese_goods_and_no_services():
    for name in ("truce_lapses_world", "truce_lapses_pairs"):
        scenario = read_scenario(data_dir() / "scenarios" / f"{name}.toml")
        dataset = read_dataset(scenario.dataset)
        policy, flows = apply_rules(scenario.rules, dataset), dataset.flows
        change = policy.tariff_new - flows.tariff_rate
        hit = change > 0
        assert change[hit] == pytest.approx(1.0)
        assert set(flows.economies[flows.importer[hit]]) == {"USA"}
        assert set(flows.economies[flows.exporter[hit]]) == {"CHN"}
        assert set(dataset.products["kind"].to_numpy()[flows.product[hit]]) == {"goods"}
