import pandas as pd
import pytest
from builders import LAWS
from foreign_tables import check_of, run_on, write_folder
from hypothesis import given
from hypothesis import strategies as st

from calc.files.product_codes import all_short, cleaned, lost_zeros, mangled

HEAD = "importer,exporter,product,value_usd\n"
WAYS_OF = {
    "decimal": lambda code: f"{code}.0",
    "apostrophe": lambda code: f"'{code}",
    "dots": lambda code: f"{code[:4]}.{code[4:]}",
    "spaces": lambda code: f"{code[:4]} {code[4:]}",
    "words": lambda code: f"{code} Horses, live",
    "hyphens": lambda code: f"{code[:4]}-{code[4:]}",
    "decimal comma": lambda code: f"{code},0",
    "formula": lambda code: f'="{code}"',
    "letters": lambda code: f"HS{code}",
    "quoted dots": lambda code: f"'{code[:4]}.{code[4:]}",
}
codes = st.builds(
    lambda chapter, rest: f"{chapter:02}{rest:04}", st.integers(1, 97), st.integers(101, 9999).filter(lambda n: n % 100)
)


@LAWS
@given(code=codes, way=st.sampled_from(sorted(WAYS_OF)), others=st.lists(codes, max_size=3))
def test_every_mangled_code_is_found_and_cleaned_to_what_it_was(code, way, others):
    labels = pd.Index([WAYS_OF[way](code), *others])
    found = mangled(labels)
    assert found
    assert all(hit.tolist() == [True] + [False] * len(others) for hit in found.values())
    assert cleaned(labels).tolist() == [code, *others]


@LAWS
@given(st.lists(st.one_of(codes, st.integers(1, 40).map(str), st.from_regex(r"c\d{1,2}", fullmatch=True)), max_size=9))
def test_sound_codes_are_never_called_mangled(labels):
    assert mangled(pd.Index(labels, dtype=str)) == {}
    assert cleaned(pd.Index(labels, dtype=str)).tolist() == labels


@pytest.mark.parametrize(
    "labels",
    [
        [str(number) for number in range(1, 41)],
        [f"c{number}" for number in range(1, 17)],
        ["1.0", "1.1", "2.3"],
        ["01.11", "10.20"],
        ["Textiles", "Food products"],
        ["10 Food", "20 Steel"],
        ["D01T02", "D05T06"],
        ["101", "102", "151"],
        ["01111", "05711", "78120"],
        ["21110", "31210"],
        ["010121", "850511"],
        ["C10E12"],
        ["7781", "0011", "334"],
        ["01-03", "10-12"],
        ["H1", "HS", "H49"],
        ["NAM", "May"],
    ],
)
def test_codes_of_other_classifications_are_accepted_as_they_are(tmp_path, capsys, labels):
    rows = "".join(f"USA,CHN,{label},{number}\n" for number, label in enumerate(labels, 1))
    code, said = check_of(write_folder(tmp_path / "d", HEAD + rows), capsys)
    assert code == 0, said


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["850511.0", "10121.0"], ("'850511.0'", "decimal number", "--clean-codes")),
        (["'850511", "'010121"], ("''850511'", "apostrophe")),
        (["8505.11", "0101.21"], ("'8505.11'", "dots")),
        (["0101.21.00.20", "8505.11.00.00"], ("dots", "--clean-codes")),
        (["8505 11", "0101 21"], ("spaces", "--clean-codes")),
        (["0101210020 Horses", "8505110000 Magnets"], ("'0101210020 Horses'", "a code and words")),
        (["8.50511E+09", "1.0121E+09"], ("'8.50511E+09'", "digits are lost", "original file", "cannot be repaired")),
        (["8505-11", "0101-21"], ("hyphens", "--clean-codes")),
        (['"850,511"', '"10,121"'], ("'850,511'", "separators of thousands", "--clean-codes")),
        (["HS850511", "HS010121"], ("'HS850511'", "behind letters", "--clean-codes")),
        (["H6-850511", "H6-010121"], ("behind letters",)),
        (["#N/A", "850511"], ("'#N/A'", "missing", "fill in the code")),
        (["May-85", "850511"], ("'May-85'", "is a date", "original file")),
        (["2001-01-21", "850511"], ("is a date",)),
        (["10121", "20110", "80810"], ("'10121'", "'010121'", "--restore-zeros")),
        (["101210020", "201100000"], ("'0101210020'", "--restore-zeros")),
    ],
)
def test_mangled_codes_are_an_error_with_the_remedy(tmp_path, capsys, cells, words):
    rows = "".join(f"USA,CHN,{cell},{number}\n" for number, cell in enumerate(cells, 1))
    code, said = check_of(write_folder(tmp_path / "d", HEAD + rows), capsys)
    assert code == 2
    for word in words:
        assert word in said


def test_an_odd_digit_that_no_zero_explains_is_warned_of(tmp_path, capsys):
    code, said = check_of(write_folder(tmp_path / "d", f"{HEAD}USA,CHN,85051,5\nUSA,CHN,850519,6\n"), capsys)
    assert code == 0
    assert "'85051' has an odd number of digits" in said


def test_cleaned_and_restored_codes_reach_the_products_of_a_rule(tmp_path, capsys):
    flows = HEAD + "USA,CHN,850511.0,1000\nUSA,MEX,10121.0,500\n"
    folder = write_folder(tmp_path / "d", flows, elasticities="product,armington_elasticity\n0101.21,3\n8505.11,4\n")
    new = tmp_path / "new"
    code, said = check_of(folder, capsys, "--clean-codes", new, "--restore-zeros", new)
    assert code == 0
    assert "'850511.0' is now '850511'" in said
    assert "'10121.0' is now '010121'" in said
    assert check_of(new, capsys)[0] == 0
    rule = '[[rule]]\nimporter = "USA"\nexporters = ["CHN"]\nproducts = ["85"]\naction = "add"\nvalue_pct = 25\n'
    code, said, summary = run_on(new, capsys, rule)
    assert code == 0, said
    assert summary["targeted_import_value_base_usd"] == 1000


def test_two_new_folders_for_one_copy_are_refused(tmp_path, capsys):
    folder = write_folder(tmp_path / "d")
    code, said = check_of(folder, capsys, "--clean-codes", tmp_path / "a", "--restore-zeros", tmp_path / "b")
    assert code == 2
    assert "the same new folder" in said


def test_codes_that_lost_digits_stay_as_they_are():
    assert cleaned(pd.Index(["8.50511E+09"])).tolist() == ["8.50511E+09"]


@LAWS
@given(st.lists(st.sampled_from(["010121", "020110", "040110", "071410", "080810", "091099"]), min_size=1, unique=True))
def test_farm_goods_that_all_lost_their_zero_are_found(whole):
    short = pd.Index([code[1:] for code in whole])
    assert all_short(short)
    assert lost_zeros(short, None).all()
    assert not all_short(pd.Index([*short, "78120"]))


def test_codes_of_lists_and_schedules_in_the_folder_are_cleaned_with_it(tmp_path, capsys):
    schedule = "importer,exporter,product,tariff_pct\nUSA,CHN,8505.11,25\n"
    folder = write_folder(tmp_path / "d", f"{HEAD}USA,CHN,850511,3000\nUSA,MEX,850511,1000\n", rates=schedule)
    (folder / "product-lists").mkdir()
    (folder / "product-lists" / "magnets.csv").write_text("product\n8505.11\n")
    new = tmp_path / "new"
    assert check_of(folder, capsys, "--clean-codes", new)[0] == 0
    assert "product\n850511\n" in (new / "product-lists" / "magnets.csv").read_text()
    assert "USA,CHN,850511,25" in (new / "rates.csv").read_text()
    code, said, _ = run_on(new, capsys, '[[rule]]\nschedule = "rates.csv"\n')
    assert code == 0, said


@pytest.mark.parametrize(("code", "option"), [("8505.11", "--clean-codes"), ("10121", "--restore-zeros")])
def test_a_mangled_schedule_is_told_how_a_schedule_is_mended(tmp_path, capsys, code, option):
    folder = write_folder(tmp_path / "d", f"{HEAD}USA,CHN,010121,3000\nUSA,MEX,010121,1000\n")
    schedule = f"importer,exporter,product,tariff_pct\nUSA,CHN,{code},25\n"
    ended, said, _ = run_on(folder, capsys, '[[rule]]\nschedule = "rates.csv"\n', {"rates.csv": schedule})
    assert ended == 2
    assert "a schedule inside a dataset folder is mended with it" in said
    assert option in said
