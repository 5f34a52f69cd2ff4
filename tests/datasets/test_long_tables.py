"""Tables of millions of rows: labels as categories, keys compared by sorting; the answers are those of short tables."""

import re

import numpy as np
import pandas as pd
import pytest
from made_up_year import made_up_year

from calc.datasets import lookup
from calc.datasets.dataset import check_dataset, read_dataset
from calc.files import repeated_keys
from calc.reports.line_choice import LineChoice
from calc.reports.report import write_report
from calc.scenario import Scenario
from calc.simulation import run
from calc.tariffs.rules import Rule

ABOUT = 'title = "Two forms"\nyear = 2024\nvaluation = "fob"\nkind = "world"\nhome_sales = false\n'


def folder_of(place, flows, tariffs, ending):
    place.mkdir()
    (place / "dataset.toml").write_text(ABOUT)
    for name, table in (("flows", flows), ("tariffs", tariffs)):
        if ending == "csv":
            table.to_csv(place / f"{name}.csv", index=False)
        else:
            coded = {column: "category" for column in table if table[column].dtype == "str"}
            table.astype(coded).to_parquet(place / f"{name}.parquet", index=False)
    return place


@pytest.fixture
def tables():
    """600 flows among twelve economies, and rates by row, for all partners and for a chapter, in another order."""
    rng = np.random.default_rng(2)
    economies = [f"Q{letter}A" for letter in "ABCDEFGHIJKL"]
    products = [f"{code:06d}" for code in range(10_100, 30_000, 1990)]
    keys = pd.MultiIndex.from_product([economies, economies, products]).to_frame(index=False)
    keys.columns = ["importer", "exporter", "product"]
    keys = keys[keys["importer"] != keys["exporter"]].sample(600, random_state=3)
    flows = keys.assign(value_usd=rng.lognormal(8, 1, 600).round(2), basis="reported")
    rates = keys.sample(400, random_state=4).assign(tariff_pct=rng.integers(0, 40, 400).astype(float), basis="applied")
    mfn = pd.DataFrame({"importer": economies[:6], "exporter": "", "product": "01", "tariff_pct": 7.0, "basis": "mfn"})
    return flows, pd.concat([rates, mfn]).sample(frac=1, random_state=5)


def same(one, other):
    for name in ("importer", "exporter", "product", "import_value", "tariff_rate"):
        assert (getattr(one.flows, name) == getattr(other.flows, name)).all(), name
    assert list(one.flows.tariff_basis) == list(other.flows.tariff_basis)
    assert [re.sub(r"\.(csv|parquet)", "", note.text) for note in one.notes] == [
        re.sub(r"\.(csv|parquet)", "", note.text) for note in other.notes
    ]


def test_categories_of_a_parquet_file_and_texts_of_a_csv_file_are_the_same_dataset(tmp_path, tables):
    same(*(read_dataset(folder_of(tmp_path / ending, *tables, ending)) for ending in ("csv", "parquet")))


@pytest.mark.parametrize("same_order", [True, False], ids=["rows of both in one order", "in two"])
def test_keys_compared_by_sorting_give_what_hashing_gives(tmp_path, tables, monkeypatch, same_order):
    flows, tariffs = tables
    if same_order:
        tariffs = flows.drop(columns="value_usd").assign(tariff_pct=np.arange(len(flows)) / 20)
    folder = folder_of(tmp_path / "it", flows, tariffs, "parquet")
    hashed = read_dataset(folder)
    monkeypatch.setattr(lookup, "MANY", 1)
    monkeypatch.setattr(repeated_keys, "MANY", 1)
    monkeypatch.setattr(repeated_keys, "DENSE", 0)
    same(read_dataset(folder), hashed)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: pd.concat([t, t.iloc[[4]]]), "repeats an earlier row"),
        (lambda t: t.assign(exporter=t["exporter"].where(np.arange(len(t)) != 5, "")), "is empty"),
        (lambda t: t.assign(importer=t["importer"].where(np.arange(len(t)) != 7, "QAA ")), "has blanks around it"),
        (lambda t: t.assign(exporter=t["exporter"].where(np.arange(len(t)) != 7)), "is empty"),
    ],
    ids=["twice", "empty", "padded", "missing"],
)
@pytest.mark.parametrize("many", [1, 2**20])
def test_categories_break_rules_in_the_same_words_as_texts(tmp_path, tables, monkeypatch, change, words, many):
    monkeypatch.setattr(repeated_keys, "MANY", many)
    monkeypatch.setattr(repeated_keys, "DENSE", 0 if many == 1 else 16)
    flows, tariffs = tables
    said = [
        [problem.rule for problem in check_dataset(folder_of(tmp_path / ending, change(flows), tariffs, ending))]
        for ending in ("csv", "parquet")
    ]
    assert said[0] == said[1]
    assert any(words in rule for rule in said[0])


@pytest.mark.slow
def test_a_year_of_200000_flows_is_read_answered_and_reported_and_its_sums_are_those_of_its_lines(tmp_path):
    year = read_dataset(made_up_year(tmp_path / "year", 200_000))
    assert len(year.flows.market) == 200_000
    again = read_dataset(made_up_year(tmp_path / "again", 200_000))
    assert (again.flows.import_value == year.flows.import_value).all()
    assert again.flows.tariff_rate.max() > 0
    rules = (Rule(importer=("QAA",), exporters=("QAB",), value_pct=20), Rule(products=("85",), value_pct=5))
    for model in ("armington", "gsim"):
        result = run(Scenario(title="A year", dataset=year.name, model=model, rules=rules, draws=0), year)
        assert result.value("tariff_revenue_change") > 0
        write_report(result, tmp_path / model, lines=LineChoice(form="parquet", by=("exporter", "product")))
        written = pd.read_parquet(tmp_path / model / "lines.parquet")
        change = (written["import_value_new_usd"] - written["import_value_base_usd"]).sum()
        assert change == pytest.approx(result.value("import_value_change"), rel=1e-9)
