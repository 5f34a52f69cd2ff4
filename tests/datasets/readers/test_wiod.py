"""Tables of WIOD, the grid of the workbook and the wide table, with the numbers of one small world."""

import io

import numpy as np
import openpyxl
import pytest
from official import converted, file_of, sound

from calc.datasets.readers.source_files import SourceFile
from calc.errors import DataError

# Two economies with two industries each; c3 and c4 are final demand. Rows add up to their total.
ECONOMIES = ("USA", "CHN")
INDUSTRIES = (("A01", "Crops"), ("H49", "Land transport"))
ROWS = {
    ("USA", 1): [10, 5, 4, 1, 45, 5, 30, 0],
    ("USA", 2): [20, 10, 0, 0, 70, 0, 0, 0],
    ("CHN", 1): [6, 5, 40, 10, 30, 9, 90, 10],
    ("CHN", 2): [4, 0, 20, 10, 0, 0, 16, 0],
}
COLUMNS = [(economy, number) for economy in ECONOMIES for number in (1, 2)] + [
    (economy, number) for economy in ECONOMIES for number in (3, 4)
]


def grid(name="WIOT2014_Nov16_ROW.xlsx"):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Intercountry Input-Output Table"])
    sheet.append(["(millions of US$)"])
    sheet.append(["(industry-by-industry)", "", "", ""] + [f"I{number}" for _, number in COLUMNS])
    sheet.append(["", "", "", ""] + ["Words"] * len(COLUMNS))
    sheet.append(["", "", "", ""] + [economy for economy, _ in COLUMNS] + ["TOT"])
    sheet.append(["", "", "", ""] + [f"c{number}" for _, number in COLUMNS] + ["GO"])
    for (economy, number), cells in ROWS.items():
        sheet.append([*INDUSTRIES[number - 1], economy, f"r{number}", *cells, sum(cells)])
    sheet.append(["VA", "Value added", "TOT", "VA", 60, 80, 136, 29])
    sink = io.BytesIO()
    book.save(sink)
    return SourceFile(name=name, content=sink.getvalue())


def wide(*changes):
    lines = [
        ",".join(
            ["IndustryCode", "IndustryDescription", "Country", "RNr", "Year", *(f"{e}{n}" for e, n in COLUMNS), "TOT"]
        )
    ]
    for (economy, number), cells in ROWS.items():
        code, words = INDUSTRIES[number - 1]
        lines.append(",".join(map(str, [code, words, economy, number, 2014, *cells, sum(cells)])))
    lines.append("VA,Value added,TOT,70,2014,60,80,136,29,0,0,0,0,0")
    text = "\n".join(lines)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return file_of("WIOT2014_wide.csv", text)


@pytest.mark.parametrize("make", [grid, wide])
def test_a_year_goes_through_the_door_with_its_accounts(make, tmp_path):
    dataset = sound(converted(make()), tmp_path / "wiod")
    assert (dataset.year, dataset.kind) == (2014, "world")
    assert list(dataset.flows.economies) == ["CHN", "USA"]
    assert list(dataset.flows.products) == ["c1", "c2"]
    assert list(dataset.products["description"]) == ["Crops (A01)", "Land transport (H49)"]
    assert list(dataset.products["kind"]) == ["goods", "services"]
    # output of US crops 100 less inputs 10 + 20 + 6 + 4 leaves 60; Chinese crops 200 less 4 + 40 + 20 leaves 136
    np.testing.assert_allclose(dataset.flows.accounts.value_added / 1e6, [[136, 29], [60, 80]])
    assert dataset.flows.import_value.sum() / 1e6 == sum(map(sum, ROWS.values()))


def test_a_row_that_does_not_add_up_is_refused():
    with pytest.raises(DataError, match="row USA industry 2: its cells do not add up to the total"):
        converted(wide(("USA,2,2014,20,", "USA,2,2014,2000,")))


def test_an_industry_without_its_row_is_refused():
    with pytest.raises(DataError, match="no row or no column of CHN industry 2"):
        converted(wide(("CHN,2,2014", "TOT,2,2014")))


def test_a_cell_that_is_no_number_is_refused_with_its_place():
    with pytest.raises(DataError, match=r"row \('USA', 2\), column \('USA', 1\): 'many' is not a number"):
        converted(wide(("USA,2,2014,20,", "USA,2,2014,many,")))


def test_a_binary_workbook_is_refused_with_what_to_do():
    with pytest.raises(DataError, match=r"is a binary workbook; save it as .xlsx or CSV"):
        converted(SourceFile(name="WIOT2014_Nov16_ROW.xlsb", content=b"PK\x03\x04"))


def test_a_name_without_year_is_refused():
    with pytest.raises(DataError, match="the name has no year"):
        converted(grid(name="wiot.xlsx"))
