"""Lines of a report: the form of their file, those that change most, sums by some keys."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from calc.cli import main
from calc.errors import ParameterError
from calc.reports.line_choice import LineChoice
from calc.reports.report import bundle, file_table
from calc.scenario import Scenario
from calc.simulation import run
from calc.tariffs.rules import Rule


@pytest.fixture(scope="module")
def result():
    rules = (Rule(importer=("USA",), value_pct=10), Rule(importer=("CHN",), exporters=("USA",), value_pct=30))
    return run(Scenario(title="A tariff war", dataset="world-2023", rules=rules, draws=0))


def test_lines_as_parquet_hold_what_lines_as_csv_hold(result):
    files = bundle(result, lines=LineChoice(form="parquet"))
    assert "lines.csv" not in files
    table = pd.read_parquet(io.BytesIO(files["lines.parquet"]))
    written = pd.read_csv(io.BytesIO(bundle(result)["lines.csv"]), dtype={"product": str})
    assert list(table) == list(written)
    for name in table:
        if pd.api.types.is_numeric_dtype(written[name]):
            assert (table[name].to_numpy() == written[name].to_numpy()).all(), name
        else:
            assert (table[name].astype(str) == written[name]).all(), name
    resources = {one["name"]: one["path"] for one in json.loads(files["datapackage.json"])["resources"]}
    assert resources["lines"] == "lines.parquet"


def test_the_top_lines_are_those_whose_imports_change_most_in_their_order(result):
    change = (result.lines["import_value_new"] - result.lines["import_value_base"]).abs()
    top = LineChoice(top=7).of(result).lines
    found = (top["import_value_new"] - top["import_value_base"]).abs()
    assert found.to_list() == sorted(change, reverse=True)[:7]
    assert LineChoice(top=10**9).of(result) is result


@pytest.mark.parametrize("by", [("product",), ("exporter", "product"), ("importer", "exporter")])
def test_sums_by_keys_are_those_of_a_group_by(result, by):
    lines = result.lines
    found = LineChoice(by=by).of(result).lines
    groups = lines.assign(duty=lines["tariff_new"] * lines["import_value_base"]).groupby(list(by), observed=True)
    expected = groups[["import_value_base", "import_value_new", "tariff_revenue_new", "duty"]].sum()
    assert found[list(by)].astype(str).apply(tuple, axis=1).to_list() == [
        tuple(map(str, key if isinstance(key, tuple) else (key,))) for key in expected.index
    ]
    for name in ("import_value_base", "import_value_new", "tariff_revenue_new"):
        assert found[name].to_numpy() == pytest.approx(expected[name].to_numpy(), rel=1e-12)
    assert (found["tariff_new"] * found["import_value_base"]).to_numpy() == pytest.approx(expected["duty"], rel=1e-12)
    assert found["import_value_base"].sum() == pytest.approx(result.value("import_value_base"), rel=1e-12)
    assert len(file_table(LineChoice(by=by).of(result), "lines")) == len(found)


def test_sums_that_change_most_are_chosen_among_the_sums(result):
    choice = LineChoice(by=("exporter",), top=3)
    both = choice.of(result).lines
    sums = LineChoice(by=("exporter",)).of(result).lines
    change = np.abs(sums["import_value_new"] - sums["import_value_base"]).to_numpy()
    assert both["exporter"].to_list() == sums["exporter"].iloc[np.argsort(-change)[:3]].to_list()
    assert choice.about() == (
        "one row per exporter: US$ are sums; rates and changes of price and volume are means by import value before; "
        "the 3 whose imports change most"
    )


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"top": 0}, "--top 0 leaves no line"),
        ({"by": ("partner",)}, "--by knows no 'partner'"),
        ({"by": ("product", "product")}, "names a key twice"),
        ({"form": "xlsx"}, "csv or parquet"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_in_words(choice, words):
    with pytest.raises(ParameterError, match=words):
        LineChoice(**choice)


@pytest.mark.slow
def test_the_command_in_the_report_chooses_the_same_lines_again(tmp_path, capsys):
    options = ["--lines", "parquet", "--top", "5", "--by", "product,exporter"]
    asked = ["run", "universal_10", "--set", "draws=0", *options, "--out", str(tmp_path / "one")]
    assert main(asked) == 0
    written = pd.read_parquet(tmp_path / "one" / "lines.parquet")
    assert len(written) == 5
    assert "importer" not in written
    command = json.loads((tmp_path / "one" / "MANIFEST.json").read_text())["command"]
    assert command == "tariff-impact run scenario.toml --lines parquet --top 5 --by product,exporter --out again"
    readme = (tmp_path / "one" / "README.txt").read_text()
    assert "lines.parquet  one row per exporter and product: US$ are sums" in readme
    assert main([*asked, "--force"]) == 0
    capsys.readouterr()
    assert main(["run", "universal_10", "--top", "5"]) != 0
    assert "--top chooses lines of a report; say where with --out DIR" in capsys.readouterr().err
