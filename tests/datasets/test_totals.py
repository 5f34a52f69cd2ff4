"""Totals beside their parts are found by code and by arithmetic, and sound tables have none."""

import numpy as np
import pandas as pd
import pytest
from builders import LAWS
from hypothesis import given
from hypothesis import strategies as st

import calc
from calc.cli import main
from calc.datasets.table_rows import Reading, read_all_rows
from calc.files.table_files import TableFile

HEADER = "importer,exporter,product,value_usd\n"
ABOUT = 'title = "Bought"\nyear = 2024\nvaluation = "customs"\nkind = "imports"\n'
ALONE = {"tariffs.csv": None, "elasticities.csv": None, "products.csv": None, "countries.csv": None}
TOTALS = {
    "World by its code": ("A,WLD,1,30 A,CHN,1,20 A,MEX,1,10", {"WLD"}),
    "the UN's number of the World": ("842,0,1,30 842,156,1,20 842,484,1,10", {"0"}),
    "the World in words": ("USA,China,1,20 USA,Mexico,1,10 USA,World,1,30", {"World"}),
    "a total that holds more than its parts": ("USA,WLD,1,90 USA,CHN,1,20", {"WLD"}),
    "all countries and a group of the Census": ("USA,-,1,50 USA,0027,1,9 USA,5600,1,9 USA,5700,1,41", {"-", "0027"}),
    "a dash among ISO codes that is their sum": ("USA,-,1,30 USA,CHN,1,20 USA,MEX,1,10", {"-"}),
    "the Union by its number": ("842,97,1,30 842,276,1,20 842,251,1,10 842,156,1,7", {"97"}),
    "the Union as a buyer beside a member": ("EU27,CHN,1,50 DEU,CHN,1,20 USA,CHN,1,20", {"EU27"}),
    "the Union under a code of another system": ("USA,EU,1,30 USA,DEU,1,20 USA,FRA,1,10 USA,CHN,1,7", {"EU"}),
    "the Union of Eurostat": ("US,EU27_2020,1,30 US,DE,1,20 US,FR,1,10 US,CN,1,7", {"EU27_2020"}),
    "a total in other words": ("USA,CHN,1,20 USA,MEX,1,10 USA,Total:,1,30", {"Total:"}),
    "a continent beside its countries": ("USA,Asia,1,30 USA,China,1,20 USA,Japan,1,10", {"Asia"}),
    "all products": ("USA,CHN,TOTAL,30 USA,CHN,010121,20 USA,CHN,850511,10", {"TOTAL"}),
    "chapter 00 that is the sum": ("USA,CHN,00,30 USA,CHN,01,20 USA,CHN,85,10", {"00"}),
    "a total in a sentence": ("USA,CHN,1,20 USA,MEX,1,10 USA,TOTAL~ALL~COUNTRIES,1,30", {"TOTAL ALL COUNTRIES"}),
    "a total in French": ("USA,CHN,1,20 USA,MEX,1,10 USA,Tous~les~pays,1,30", {"Tous les pays"}),
    "the total of SDMX": ("USA,CHN,1,20 USA,MEX,1,10 USA,_T,1,30", {"_T"}),
    "all buyers": ("USA,CHN,1,20 DEU,CHN,1,10 All~importers,CHN,1,30", {"All importers"}),
    "the World of the UN's regions": ("840,001,1,30 840,156,1,20 840,484,1,10", {"001"}),
    "everybody outside the Union": ("DE,EXT_EU27_2020,1,30 DE,CN,1,20 DE,US,1,10 DE,FR,1,7", {"EXT_EU27_2020"}),
    "the euro area": ("USA,Euro~Area,1,30 USA,Germany,1,20 USA,China,1,10", {"Euro Area"}),
    "a club of countries": ("USA,OECD,1,30 USA,Japan,1,20 USA,China,1,10", {"OECD"}),
    "all products in words": ("USA,CHN,Total~-~all~products,30 USA,CHN,010121,20", {"Total - all products"}),
    "a label of three markets to the last digit": (
        "USA,QQ,1,33 USA,CHN,1,20 USA,MEX,1,13 USA,QQ,2,50 USA,CHN,2,43 USA,MEX,2,7 USA,QQ,3,9 USA,CHN,3,5 USA,MEX,3,4",
        {"QQ"},
    ),
    "headings over subheadings": ("USA,CHN,85,30 USA,CHN,850511,20 USA,CHN,850519,10 USA,CHN,0101,5", {"85"}),
    "headings of which one part is withheld": (
        "USA,CHN,01,30 USA,CHN,0101,30 USA,CHN,85,40 USA,CHN,8505,40 USA,MEX,85,9 USA,MEX,8505,8",
        {"01", "85"},
    ),
}
SOUND = {
    "one partner, and that the World": "USA,WLD,010121,30 USA,WLD,850511,20",
    "the Union without its members": "USA,EU27,1,30 USA,CHN,1,20 USA,GBR,1,10",
    "members buy and the Union sells": "USA,EU27,1,30 DEU,CHN,1,20",
    "the Union in one product and a member in another": "USA,EU27,1,30 USA,DEU,2,20",
    "regions only": "USA,Asia,1,30 USA,Europe,1,20 USA,Africa,1,10",
    "a rest of the world": "USA,ROW,1,30 USA,CHN,1,20 USA,MEX,1,10",
    "a sum of two others by chance": "USA,CHN,1,30 USA,MEX,1,20 USA,CAN,1,10",
    "a product that is the sum of two others by chance": "USA,CHN,850511,30 USA,CHN,850519,20 USA,CHN,850520,10",
    "sectors by number": "A,B,1,30 A,B,10,20 A,B,11,10 A,B,2,5 A,B,20,5",
    "economies by number": "0,1,a,9 0,2,a,20 0,3,a,5 1,0,a,3 1,2,a,7 1,3,a,8",
    "sections of the SITC from 0": "A,B,0,10 A,B,1,30 A,B,2,20",
    "all other partners": "USA,All~other~countries,1,30 USA,CHN,1,20 USA,MEX,1,10",
    "a club without its members": "USA,ASEAN,1,30 USA,China,1,20 USA,Mexico,1,10",
    "goods that are not specified": "USA,CHN,999999,30 USA,CHN,850511,20 USA,CHN,010121,10",
    "Wallis and Futuna": "USA,WLF,1,30 USA,CHN,1,20 USA,MEX,1,10",
    "Schedule C without groups": "USA,4280,1,30 USA,5700,1,20 USA,2010,1,10",
    "a chapter for one partner and lines for another": "USA,CHN,85,30 USA,MEX,850511,30",
}


def rows(text):
    return HEADER + text.replace(" ", "\n").replace("~", " ") + "\n"


@pytest.fixture
def folder_of(make_folder):
    return lambda text, about=ABOUT: make_folder({**ALONE, "dataset.toml": about, "flows.csv": rows(text)})


def totals_of(table):
    frame = table.astype(dict.fromkeys(("importer", "exporter", "product"), str))
    file = TableFile(file="flows.csv", frame=frame, warnings=(), decimal_comma=False, sha256="")
    found = read_all_rows({"flows": file}, frozenset({"flows"}), None, Reading()).totals
    return {label for total in found if total.certain for label in total.labels}


@pytest.mark.parametrize(("text", "labels"), TOTALS.values(), ids=TOTALS.keys())
def test_totals_beside_parts_are_an_error_that_names_them_and_can_be_left_out(folder_of, text, labels):
    folder = folder_of(text)
    errors = [problem for problem in calc.check_dataset(folder) if problem.severity == "error"]
    assert len(errors) == 1
    assert all(f"'{label}'" in errors[0].rule for label in labels)
    assert "--drop-totals" in errors[0].remedy
    with pytest.raises(calc.DataError, match="totals stand beside their parts"):
        calc.read_dataset(folder)
    dataset = calc.read_dataset(folder, drop_totals=True)
    kept = {line for line in text.split() if not {label.replace(" ", "~") for label in labels} & set(line.split(","))}
    assert dataset.flows.import_value.sum() == sum(float(line.rpartition(",")[2]) for line in kept)
    assert any("left out" in note.text for note in dataset.notes if note.kind == "reading")


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND.keys())
def test_sound_tables_have_no_totals(folder_of, text):
    problems = calc.check_dataset(folder_of(text))
    assert not [problem for problem in problems if problem.severity == "error" or "total" in problem.rule]


def test_what_the_parts_hold_of_a_total_is_said(folder_of):
    (error,) = calc.check_dataset(folder_of("USA,WLD,1,80 USA,CHN,1,20"))
    assert "US$ 80" in error.rule
    assert "25.0% of the total" in error.rule


def test_a_union_smaller_than_its_members_is_only_warned_of(folder_of):
    (warning,) = calc.check_dataset(folder_of("USA,EU27,1,5 USA,DEU,1,20 USA,FRA,1,10"))
    assert warning.severity == "warning"
    assert "'EU27'" in warning.rule


def test_a_label_that_is_the_sum_in_two_markets_only_is_warned_of(folder_of):
    folder = folder_of("USA,QQ,1,33 USA,CHN,1,20 USA,MEX,1,13 USA,QQ,2,50 USA,CHN,2,43 USA,MEX,2,7")
    (problem,) = [problem for problem in calc.check_dataset(folder) if "market" in problem.text]
    assert problem.severity == "warning"
    assert "'QQ' (the sum of the others in 2 of 2 markets)" in problem.text


def test_a_label_that_dataset_toml_calls_a_part_is_kept(folder_of):
    folder = folder_of("USA,WLD,1,30 USA,CHN,1,20", ABOUT + 'parts = ["WLD"]\n')
    assert calc.check_dataset(folder) == ()


def test_check_writes_a_copy_without_totals_that_is_sound(folder_of, tmp_path, capsys):
    folder = folder_of("USA,WLD,850511,30 USA,CHN,850511,20.5 USA,MEX,850511,9.5 USA,MEX,85,9.5")
    new = tmp_path / "clean"
    assert main(["check", str(folder)]) == 2
    assert main(["check", str(folder), "--drop-totals", str(new)]) == 0
    assert "left out: 'WLD'" in capsys.readouterr().out
    assert (new / "flows.csv").read_text(encoding="utf-8") == rows("USA,CHN,850511,20.5 USA,MEX,850511,9.5")
    assert main(["check", str(new)]) == 0


def test_run_leaves_totals_out_when_asked_and_says_so(folder_of, tmp_path, capsys):
    folder = folder_of("USA,WLD,1,30 USA,CHN,1,20 USA,MEX,1,10")
    scenario = tmp_path / "s.toml"
    scenario.write_text('draws = 0\n[[rule]]\nexporters = ["CHN"]\nvalue_pct = 10\n', encoding="utf-8")
    assert main(["run", str(scenario), "--data", str(folder)]) == 2
    assert main(["run", str(scenario), "--data", str(folder), "--drop-totals"]) == 0
    assert "Note: flows.csv, column exporter: totals beside their parts, left out" in capsys.readouterr().out


@st.composite
def tables(draw):
    """Trade of two buyers in products of six digits with values that no sum meets by chance."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sellers = draw(
        st.lists(st.sampled_from(["CHN", "MEX", "CAN", "JPN", "KOR", "VNM", "IND", "BRA"]), min_size=3, unique=True)
    )
    keys = [(b, s, p) for b in ("USA", "GBR") for s in sellers for p in ("010121", "010129", "850511", "850519")]
    kept = [key for key in keys if rng.random() < 0.9]
    frame = pd.DataFrame(kept, columns=["importer", "exporter", "product"])
    return frame.assign(value_usd=np.round(rng.lognormal(8, 2, len(frame)), 2))


@LAWS
@given(tables())
def test_random_trade_has_no_totals(table):
    assert totals_of(table) == set()


@LAWS
@given(tables(), st.sampled_from(["WLD", "World", "W00", "Total", "-", "ZZZ"]), st.randoms())
def test_a_row_of_all_partners_is_found_wherever_it_stands_whatever_its_name(table, name, random):
    sums = table.groupby(["importer", "product"], as_index=False)["value_usd"].sum().assign(exporter=name)
    both = pd.concat([table, sums], ignore_index=True).sample(frac=1, random_state=random.randrange(10**6))
    several = table.groupby(["importer", "product"]).size().ge(2).sum() >= 5
    assert totals_of(both) == ({name} if several or name != "ZZZ" else set())


@LAWS
@given(tables(), st.sampled_from([2, 4]))
def test_hs_headings_over_their_lines_are_found_at_every_level(table, size):
    heads = table.assign(product=table["product"].str[:size])
    heads = heads.groupby(["importer", "exporter", "product"], as_index=False)["value_usd"].sum()
    assert totals_of(pd.concat([table, heads], ignore_index=True)) == set(heads["product"])


@LAWS
@given(tables(), st.floats(0.01, 0.4))
def test_a_partner_whose_value_is_near_the_sum_but_not_it_stays(table, apart):
    sums = table.groupby(["importer", "product"], as_index=False)["value_usd"].sum()
    sums = sums.assign(exporter="ZZZ", value_usd=sums["value_usd"] * (1 + apart))
    assert totals_of(pd.concat([table, sums], ignore_index=True)) == set()
