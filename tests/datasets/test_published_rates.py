import pytest
from builders import LAWS
from foreign_tables import check_of, run_on, write_folder
from hypothesis import given
from hypothesis import strategies as st

from calc.datasets.dataset import read_dataset

HEAD = "importer,exporter,product,tariff_pct\n"


def tariffs(first, second="2.1"):
    return f"{HEAD}USA,,010121,{first}\nUSA,,850511,{second}\n"


@pytest.mark.parametrize(
    ("cell", "percent"), [("Free", 0), ("free", 0), ("6.8%", 6.8), ("6.8 percent", 6.8), ("6.8% 1/", 6.8), ("6.8", 6.8)]
)
def test_rates_in_per_cent_of_value_are_read_however_they_are_written(tmp_path, capsys, cell, percent):
    code, said, summary = run_on(write_folder(tmp_path / "d", tariffs=tariffs(cell)), capsys)
    assert code == 0, said
    assert summary["effective_tariff_base_pct"] == pytest.approx((percent * 1500 + 2.1 * 3000) / 4500)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("1¢/kg + 2%", ("compound duty", "ad valorem equivalent", "--specific-as-zero")),
        ("3.2¢/kg", ("specific duty", "unit_value_usd")),
        ("$1.50/liter", ("specific duty",)),
        ("(D)", ("withheld", "leave the cell empty", "delete the row")),
        ("9999.99", ("9999.99", "rate in words")),
        ("9999.999999", ("rate in words",)),
        ("See 9903.88.01", ("rate in words",)),
        ("12.8 % + 176.8 €/100 kg", ("compound duty", "--specific-as-zero")),
        ("EUR 10/kg", ("specific duty",)),
        ("10% min 5 EUR/kg", ("rate in words",)),
        ("5-10%", ("rate in words",)),
        ("Free (A+AU)", ("rate in words",)),
        ("horses", ("is not a number",)),
    ],
)
def test_rates_that_are_no_share_of_value_are_refused_with_their_own_remedy(tmp_path, capsys, cell, words):
    folder = write_folder(tmp_path / "d", tariffs=tariffs(cell))
    code, said = check_of(folder, capsys)
    assert code == 2
    for word in words:
        assert word in said
    assert cell == "horses" or "separator of thousands" not in said


def test_the_lines_of_specific_duties_are_named_with_the_trade_they_cover(tmp_path, capsys):
    folder = write_folder(tmp_path / "d", tariffs=tariffs("3.2¢/kg"))
    code, said = check_of(folder, capsys)
    assert code == 2
    assert "rows with such duties: 1, they cover US$ 1,500 of imports (33.3%) (USA, , 010121)" in said
    code, said = check_of(folder, capsys, "--specific-as-zero", tmp_path / "new")
    assert "line 2 (USA, all, 010121); they cover US$ 1,500 of imports (33.3%)." in said


def test_rates_that_look_like_fractions_are_warned_of_beside_every_answer(tmp_path, capsys):
    code, said, _ = run_on(write_folder(tmp_path / "d", tariffs=tariffs("0.068", "0.021")), capsys)
    assert code == 0
    assert "Note: tariffs.csv, column tariff_pct: half of the tariffs" in said


def test_the_same_words_are_refused_in_a_schedule_and_plain_ones_read(tmp_path, capsys):
    rule = '[[rule]]\nschedule = "rates.csv"\naction = "set"\n'
    folder = write_folder(tmp_path / "d")
    code, said, _ = run_on(folder, capsys, rule, {"rates.csv": HEAD + "USA,CHN,010121,1¢/kg\n"})
    assert code == 2
    assert "specific duty" in said
    code, said, summary = run_on(folder, capsys, rule, {"rates.csv": HEAD + "USA,CHN,010121,25%\n"})
    assert code == 0, said
    assert summary["targeted_import_value_base_usd"] == 1000


def test_a_specific_duty_is_its_equivalent_where_the_value_of_a_unit_is_given(tmp_path):
    # 1 cent on a kilogram worth 50 cents is 2%, and 2% come on top
    head = HEAD.replace("\n", ",unit_value_usd,duty_unit\n")
    text = f"{head}USA,,010121,1¢/kg + 2%,0.5,kg\nUSA,,850511,2.1,,\n"
    dataset = read_dataset(write_folder(tmp_path / "d", tariffs=text))
    assert set(dataset.flows.tariff_rate) == {0.04, 0.021}
    assert any("rows so read: 1, they cover US$ 1,500 of imports (33.3%)" in note.text for note in dataset.notes)


def test_the_value_of_another_unit_is_no_help(tmp_path, capsys):
    head = HEAD.replace("\n", ",unit_value_usd,duty_unit\n")
    text = f"{head}USA,,010121,1¢/kg + 2%,0.5,No.\nUSA,,850511,2.1,,\n"
    assert check_of(write_folder(tmp_path / "d", tariffs=text), capsys)[0] == 2


def test_specific_duties_are_taken_as_zero_when_somebody_says_so_and_the_copy_keeps_saying_it(tmp_path, capsys):
    folder, new = write_folder(tmp_path / "d", tariffs=tariffs("1¢/kg + 2%", "3¢ each")), tmp_path / "new"
    code, said = check_of(folder, capsys, "--specific-as-zero", new)
    assert code == 0
    assert "specific duties taken as 0, as an assumption, in 2 rows, such as '1¢/kg + 2%'" in said
    dataset = read_dataset(new)
    assert set(dataset.flows.tariff_rate) == {0.02, 0.0}
    assert any("taken as 0, as an assumption" in note.text for note in dataset.notes)


@LAWS
@given(rate=st.integers(0, 2000).map(lambda n: n / 10), sign=st.sampled_from(["%", " %", " percent", ""]))
def test_any_percentage_is_read_as_it_stands(tmp_path_factory, rate, sign):
    folder = write_folder(tmp_path_factory.mktemp("any"), tariffs=tariffs(f"{rate}{sign}", f"{rate}{sign}"))
    assert set(read_dataset(folder).flows.tariff_rate) == {rate / 100}
