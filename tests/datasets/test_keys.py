import pytest
from builders import LAWS
from foreign_tables import ABOUT, FLOWS, check_of, run_on, write_folder
from hypothesis import given
from hypothesis import strategies as st

from calc.datasets.dataset import check_dataset, read_dataset

HEAD = "importer,exporter,product,tariff_pct\n"
BASE = 100 * (0.068 * 1500 + 0.021 * 3000) / 4500


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("USA,WLD,010121,6.8\nUSA,WLD,850511,2.1\n", "100.0% by a row for all partners"),
        ("USA,000,010121,6.8\nUSA,World,850511,2.1\n", "100.0% by a row for all partners"),
        ("USA,,010121,6.8\nUSA,*,850511,2.1\n", "100.0% by a row for all partners"),
        ("USA,W00,01,6.8\nUSA,W00,85,2.1\n", "100.0% by a code with fewer digits"),
        ("USA,CHN,0101,6.8\nUSA,MEX,0101,6.8\nUSA,CHN,8505,2.1\nUSA,MEX,8505,2.1\n", "100.0% by a code with fewer"),
        (
            "USA,,01012100,6\nUSA,,01012190,7.6\nUSA,,85051100,2.1\n",
            "simple mean of finer codes (01012100, 01012190, 8",
        ),
        ("USA,,010121,9\nUSA,CHN,010121,6.8\nUSA,MEX,0101,8\nUSA,MEX,010121,6.8\nUSA,,850511,2.1\n", "all partners"),
    ],
)
def test_rates_for_all_partners_and_of_another_depth_reach_their_lines_and_it_is_said(tmp_path, capsys, rows, words):
    code, said, summary = run_on(write_folder(tmp_path / "d", tariffs=HEAD + rows), capsys)
    assert code == 0, said
    assert summary["effective_tariff_base_pct"] == pytest.approx(BASE, rel=1e-12)
    assert words in said
    assert "tariffs.csv" in said


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (
            {"tariffs": HEAD + "842,156,010121,6.8\n842,484,850511,2.1\n"},
            ("'USA' here", "numbers of the UN", "ISO"),
        ),
        ({"tariffs": HEAD + "USA,US,010121,6.8\n"}, ("tariffs.csv", "exporter")),
        ({"tariffs": HEAD + "USA,CHN,Horses,6.8\n"}, ("codes such as Horses", "HS codes of 6 digits, such as 010121")),
        ({"tariffs": HEAD + "USA,CHN,720851,6.8\n"}, ("one revision of the HS",)),
        ({"elasticities": "product,armington_elasticity\n01012100,9\n"}, ("HS codes of 8 digits", "shorter one")),
        ({"elasticities": "product,importer,armington_elasticity\n0101,842,9\n"}, ("'USA' here",)),
    ],
)
def test_keys_that_meet_no_flow_are_refused_naming_both_forms(tmp_path, capsys, tables, words):
    folder = write_folder(tmp_path / "d", **tables)
    code, said = check_of(folder, capsys)
    assert code == 2
    for word in words:
        assert word in said
    assert run_on(folder, capsys)[0] == 2


def test_a_table_that_speaks_of_part_of_the_trade_says_of_how_much(tmp_path, capsys):
    folder = write_folder(tmp_path / "d", tariffs=HEAD + "USA,CHN,010121,10\n")
    code, said, _ = run_on(folder, capsys)
    assert code == 0
    assert "tariffs.csv gives a rate for 22.2% of imports; the rest is taken as 0." in said


def test_a_rate_for_a_group_that_the_flows_have_by_member_is_warned_of(tmp_path, capsys):
    flows = "importer,exporter,product,value_usd\nUSA,DEU,850511,100\nUSA,FRA,850511,50\nUSA,CHN,850511,50\n"
    tariffs = HEAD + "USA,EU27,850511,10\nUSA,CHN,850511,25\n"
    code, said = check_of(write_folder(tmp_path / "d", flows, tariffs=tariffs), capsys)
    assert code == 0
    assert "'EU27' is a group, and flows.csv has its members DEU, FRA, which take no rate from it" in said


def test_elasticities_of_part_of_the_trade_say_of_how_much(tmp_path, capsys):
    rows = "product,import_demand_elasticity,armington_elasticity,export_supply_elasticity\n8505,-1,3,inf\n"
    code, said, _ = run_on(write_folder(tmp_path / "d", elasticities=rows), capsys)
    assert code == 0
    assert "elasticities.csv gives elasticities for 66.7% of imports; the rest takes the defaults." in said


def test_a_rate_for_all_partners_is_none_on_sales_at_home(tmp_path):
    flows = FLOWS + "USA,USA,010121,4000\n"
    folder = write_folder(tmp_path / "d", flows, tariffs=HEAD + "USA,,0101,10\nUSA,,8505,10\n")
    assert set(read_dataset(folder).flows.tariff_rate) == {0.1}  # goods returned are imports
    (folder / "dataset.toml").write_text(f"{ABOUT}home_sales = true\n", encoding="utf-8")
    flows = read_dataset(folder).flows
    assert flows.tariff_rate[flows.importer == flows.exporter].tolist() == [0]
    assert set(flows.tariff_rate[flows.importer != flows.exporter]) == {0.1}


def test_a_list_of_goods_that_are_not_traded_is_sound_and_one_of_another_form_is_not(tmp_path):
    folder = write_folder(tmp_path / "d")
    (folder / "product-lists").mkdir()
    for code, problems in (("72", 0), ("0101", 0), ("85051100", 1), ("Horses", 1)):
        (folder / "product-lists" / "mine.csv").write_text(f"product\n{code}\n", encoding="utf-8")
        assert sum(problem.severity == "error" for problem in check_dataset(folder)) == problems, code


def test_a_row_of_a_schedule_that_is_finer_or_reaches_nothing_is_named(tmp_path, capsys):
    rule = '[[rule]]\nschedule = "rates.csv"\n'
    rates = HEAD + "USA,CHN,010121,25\nUSA,CHN,85051100,25\nUSA,CHN,720851,25\n"
    code, said, summary = run_on(write_folder(tmp_path / "d"), capsys, rule, {"rates.csv": rates})
    assert code == 0, said
    assert summary["targeted_import_value_base_usd"] == 3000
    assert "(85051100) are combined by their simple mean, which 1 lines take (US$ 2,000)" in said
    assert "rows that reach no trade: 1 of 3 (products 720851)" in said


def test_a_schedule_for_world_is_one_for_all_partners(tmp_path, capsys):
    rates = {"rates.csv": HEAD + "USA,WLD,0101,25\n"}
    code, said, summary = run_on(write_folder(tmp_path / "d"), capsys, '[[rule]]\nschedule = "rates.csv"\n', rates)
    assert code == 0, said
    assert summary["targeted_import_value_base_usd"] == 1500
    assert "exporter 'WLD' is read as all partners" in said


def test_a_schedule_that_meets_nothing_names_both_forms_of_codes(tmp_path, capsys):
    rates = {"rates.csv": HEAD + "USA,CHN,Horses,25\n"}
    code, said, _ = run_on(write_folder(tmp_path / "d"), capsys, '[[rule]]\nschedule = "rates.csv"\n', rates)
    assert code == 2
    assert "codes such as Horses; those of" in said


@LAWS
@given(
    exporter=st.sampled_from(["", "*", "WLD", "World", "000", "W00", "all"]),
    size=st.sampled_from([2, 4, 6]),
    rate=st.integers(0, 60),
)
def test_any_way_of_writing_one_rate_for_everything_gives_that_rate(tmp_path_factory, exporter, size, rate):
    folder = tmp_path_factory.mktemp("any")
    rows = "".join(f"USA,{exporter},{code},{rate}\n" for code in sorted({"010121"[:size], "850511"[:size]}))
    flows = read_dataset(write_folder(folder, tariffs=HEAD + rows)).flows
    assert set(flows.tariff_rate) == {rate / 100}
