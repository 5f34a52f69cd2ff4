"""Elasticities of a dataset: which row holds where, further sets, and the default ones."""

import numpy as np
import pytest
from builders import lines, texts
from conftest import SMALL_DATASET
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calc.datasets.dataset import check_dataset, read_dataset

ELASTICITIES = (
    "product,importer,exporter,import_demand_elasticity,armington_elasticity,export_supply_elasticity,basis\n"
)
LOW = "product,armington_elasticity\nall,2\n"


def test_the_most_specific_row_decides_each_elasticity(make_folder):
    rows = [
        "all,,,-1,2,10,everything",
        ",USA,,-1.1,,11,importer",
        "01,,,-1.2,3,,chapter",
        "0101,,CHN,,,13,heading and exporter",
        "0101,USA,,,4,14,heading and importer",
        "010121,,,-1.5,,,whole code",
        "85,USA,CHN,,,16,importer and exporter",
        "85,USA,,,,15,importer",
        "85,,CHN,,,17,exporter",
        "870323,CHN,,-9,9,inf,China",
    ]
    dataset = read_dataset(make_folder({"elasticities.csv": ELASTICITIES + "\n".join(rows) + "\n"}))
    found, start = dataset.elasticities["default"], dataset.flows.market_start
    assert list(dataset.flows.products[dataset.flows.product[start]]) == ["870323", "010121", "850511", "870323"]
    assert list(found.import_demand_elasticity) == [-9, -1.5, -1.1, -1.1]
    assert list(found.armington_elasticity) == [9, 4, 2, 2]
    assert lines(dataset, supply=found.export_supply_elasticity) == {
        ("CHN", "USA", "870323"): np.inf,
        # prefix first, then a named importer over a named exporter
        ("USA", "CHN", "010121"): 14,
        ("USA", "MEX", "010121"): 14,
        ("USA", "CHN", "850511"): 16,
        ("USA", "MEX", "870323"): 11,
    }
    assert list(found.basis) == [
        "China",
        "σ: heading and importer; ε: whole code",
        "σ: everything; ε: importer",
        "σ: everything; ε: importer",
    ]
    assert any("elasticities.csv: 4 of 10 rows are not used" in note for note in texts(dataset.notes))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["all", "01", "0101", "010121", "85", "87", "8703"]),
            st.sampled_from(["", "USA", "CHN", "MEX"]),
            st.sampled_from(["", "USA", "CHN"]),
            st.sampled_from(["", "1", "2", "99"]),
        ),
        min_size=1,
        unique_by=lambda row: row[:3],
    )
)
def test_the_look_up_agrees_with_a_search_row_by_row(make_folder, rows):
    text = "product,importer,exporter,export_supply_elasticity\n" + "".join(",".join(row) + "\n" for row in rows)
    dataset = read_dataset(make_folder({"elasticities.csv": text}))

    def expected(importer, exporter, product):
        fits = [
            (len(prefix.removeprefix("all")), bool(buyer), bool(seller), float(value))
            for prefix, buyer, seller, value in rows
            if product.startswith(prefix.removeprefix("all"))
            and buyer in ("", importer)
            and seller in ("", exporter)
            and value
        ]
        return max(fits)[3] if fits else np.inf

    found = lines(dataset, supply=dataset.elasticities["default"].export_supply_elasticity)
    assert found == {key: expected(*key) for key in found}


def test_a_row_for_an_economy_that_imports_nothing_decides_nothing(make_folder):
    folder = make_folder(
        {
            "flows.csv": "importer,exporter,product,value_usd\nA,B,01,1\nA,B,85,1\nA,C,85,1\n",
            "elasticities.csv": "product,importer,armington_elasticity\n01,C,9\n85,B,8\n",
            **dict.fromkeys(("tariffs.csv", "products.csv", "countries.csv")),
        }
    )
    assert list(read_dataset(folder).elasticities["default"].armington_elasticity) == [3.8, 3.8]


def test_missing_elasticities_take_the_defaults_and_are_counted(make_folder):
    text = "product,import_demand_elasticity,armington_elasticity,export_supply_elasticity,basis\n85,,5,,magnets\n"
    dataset = read_dataset(make_folder({"elasticities.csv": text}))
    found = dataset.elasticities["default"]
    assert list(found.import_demand_elasticity) == [-1.2] * 4
    assert list(found.armington_elasticity) == [3.8, 3.8, 5, 3.8]
    assert np.isinf(found.export_supply_elasticity).all()
    assert list(found.basis) == ["default", "default", "σ: magnets; ε: default", "default"]
    assert texts(dataset.notes)[1:] == (
        "elasticities.csv gives elasticities for 27.4% of imports; the rest takes the defaults.",
        "elasticities.csv: import_demand_elasticity is not given for 4 of 4 markets (US$ 730), which take -1.2.",
        "elasticities.csv: armington_elasticity is not given for 3 of 4 markets (US$ 530), which take 3.8.",
        "elasticities.csv: export_supply_elasticity is not given for 5 of 5 lines (US$ 730), which take inf.",
    )


def test_further_sets_of_elasticities_are_read_by_name(make_folder):
    text = "product,armington_elasticity\nall,1.5\n"
    dataset = read_dataset(make_folder({"elasticities-wits-low.csv": text}))
    assert list(dataset.elasticities) == ["default", "wits-low"]
    assert set(dataset.elasticities["wits-low"].armington_elasticity) == {1.5}
    assert set(dataset.elasticities["wits-low"].basis) == {"σ: elasticities-wits-low.csv; ε: default"}


def test_two_files_may_not_both_be_the_default_set(make_folder):
    folder = make_folder({"elasticities-default.csv": SMALL_DATASET["elasticities.csv"]})
    assert [problem.rule for problem in check_dataset(folder)] == ["elasticities-default.csv holds the same table"]


def test_dataset_toml_names_the_default_set_and_its_pass_through(make_folder):
    about = SMALL_DATASET["dataset.toml"] + '[defaults]\nelasticities = "low"\npass_through_pct = 85\n'
    files = {"dataset.toml": about, "elasticities.csv": None, "elasticities-low.csv": LOW}
    dataset = read_dataset(make_folder(files))
    assert list(dataset.elasticities) == ["default"]
    assert set(dataset.elasticities["default"].armington_elasticity) == {2.0}
    assert (dataset.set_name("default"), dataset.set_key("low")) == ("low", "default")
    assert dataset.pass_through_pct == 85.0


def test_a_dataset_without_defaults_has_the_set_of_elasticities_csv_and_full_pass_through(small):
    assert (small.default_set, small.pass_through_pct) == ("default", 100.0)


@pytest.mark.parametrize(
    ("defaults", "others", "said"),
    [
        ("elasticities = 'high'", {}, "there is no elasticities-high file; add the file"),
        ("elasticities = 'low'", {"elasticities-low.csv": LOW}, "makes the set 'low' the default; rename this file"),
        ("elasticities = 3", {}, "the default elasticities are not a name"),
        ("pass_through_pct = 101", {}, "is not a percentage from 0 to 100; write pass_through_pct = 90"),
        ("model = 'smart'", {}, "model is not a key of [defaults]"),
    ],
)
def test_defaults_that_cannot_be_are_refused_with_the_remedy(make_folder, defaults, others, said):
    about = SMALL_DATASET["dataset.toml"] + f"[defaults]\n{defaults}\n"
    problems = check_dataset(make_folder({"dataset.toml": about, **others}))
    assert len(problems) == 1
    assert said in problems[0].text
