"""The profile of a folder says what was understood; own rows of imports are goods returned unless it says else."""

import numpy as np
import pytest

import calc
from calc.cli import main
from calc.datasets.dataset import dataset_folder, read_content
from calc.datasets.profile import profile_of
from calc.datasets.table_rows import Reading

ABOUT = 'title = "Bought"\nyear = 2024\nvaluation = "customs"\nkind = "{}"\n'
ALONE = {"tariffs.csv": None, "elasticities.csv": None, "products.csv": None, "countries.csv": None}
OWN = "importer,exporter,product,value_usd\nCHN,CHN,850511,1200\nCHN,USA,850511,2000\nCHN,HKG,850511,1000\n"


@pytest.fixture
def own(make_folder):
    return lambda about: make_folder({**ALONE, "dataset.toml": about, "flows.csv": OWN})


def profile(folder):
    return profile_of(read_content(dataset_folder(folder), Reading()))


def test_the_profile_of_a_folder_counts_what_is_in_it(make_folder):
    found = profile(make_folder())
    assert (found.rows, found.value) == (5, 730)
    assert found.partners == ("MEX", "CHN", "USA")
    assert found.levels == {6: 5}
    assert found.year == "2024 (dataset.toml)"
    assert found.totals == {}
    assert found.tariff_share == pytest.approx(1 - 50 / 730)
    assert (found.elasticity_share, found.group_share) == pytest.approx((1, 1))


def test_the_profile_names_what_columns_say_and_totals_and_leaves_shares_out_where_there_is_an_error(make_folder):
    flows = "importer,exporter,product,value_usd,flowCode,refYear\nUSA,WLD,85,30,M,2023\nUSA,CHN,85,20,M,2023\n"
    found = profile(make_folder({**ALONE, "flows.csv": flows}))
    assert (found.flow, found.year) == ("M", "2023")
    assert found.totals == {"exporter": ("WLD",)}
    assert found.counted_twice == 30
    assert found.tariff_share is None


def test_there_is_no_profile_of_flows_that_cannot_be_read(make_folder):
    assert profile(make_folder({"flows.csv": "importer,exporter\nUSA,CHN\n"})) is None


def test_check_prints_the_profile(make_folder, capsys):
    assert main(["check", str(make_folder())]) == 0
    said = capsys.readouterr().out
    assert "Rows: 5 flows, US$ 730" in said
    assert "Products: 3 (870323, 850511, 010121); 6 digits: 5 rows" in said
    assert "is valid" in said


def test_own_rows_of_imports_are_goods_returned_and_the_folder_is_asked(own):
    folder = own(ABOUT.format("imports"))
    (warning,) = calc.check_dataset(folder)
    assert "1 rows (US$ 1,200; CHN)" in warning.rule
    assert "home_sales = true" in warning.remedy
    dataset = calc.read_dataset(folder)
    assert not dataset.flows.domestic.any()
    assert [note.kind for note in dataset.notes if "re-imports" in note.text] == ["reading"]


@pytest.mark.parametrize(
    ("about", "at_home"),
    [
        (ABOUT.format("imports") + "home_sales = true\n", True),
        (ABOUT.format("imports") + "home_sales = false\n", False),
        (ABOUT.format("world") + "home_sales = false\n", False),
        (ABOUT.format("world"), True),
    ],
)
def test_own_rows_are_what_dataset_toml_says(own, about, at_home):
    folder = own(about)
    assert calc.check_dataset(folder) == ()
    assert calc.read_dataset(folder).flows.domestic.any() == at_home
    assert profile(folder).own_words == ("domestic sales" if at_home else "imports (goods returned)")


def test_a_tariff_on_everything_reaches_goods_returned_and_never_sales_at_home(own):
    rule = calc.Rule(importer=("CHN",), value_pct=25)
    for about, new in ((ABOUT.format("imports"), 0.25), (ABOUT.format("world"), 0.0)):
        lines = calc.run(calc.Scenario(rules=(rule,), draws=0), calc.read_dataset(own(about))).lines
        mine = lines[np.asarray(lines["exporter"].astype(str) == "CHN")]
        assert mine["tariff_new"].tolist() in ([new], [])


def test_home_sales_is_true_or_false(own):
    (error,) = (p for p in calc.check_dataset(own(ABOUT.format("world") + 'home_sales = "yes"\n')))
    assert "home_sales is neither true nor false" in error.rule
