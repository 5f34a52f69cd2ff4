"""DataWeb: a workbook with a sheet a measure, and a CSV with titles above the header."""

import io
import zipfile

import openpyxl
import pytest
from official import converted, file_of, flows_of, sound, tariffs_of

from calc.datasets.readers.source_files import SourceFile
from calc.errors import DataError

HEADER = ("Data Type", "HTS Number", "Country", "Year", "Month", "Description")


def workbook(**sheets):
    """A report: query parameters, then a sheet a measure with the measure's own column and a row of totals."""
    book = openpyxl.Workbook()
    book.active.title = "Query Parameters"
    book.active.append(("Trade Flow", "Imports for Consumption"))
    for name, rows in sheets.items():
        measure = name.replace("_", " ")
        sheet = book.create_sheet(measure)
        sheet.append((*HEADER, measure))
        for row in rows:
            sheet.append((measure, *row))
        sheet.append(("Total: ", "", "", "", "", "", "9,999"))
    sink = io.BytesIO()
    book.save(sink)
    return SourceFile(name="report.xlsx", content=sink.getvalue())


VALUES = [("850511", "China", 2024, month, "MAGNETS", 100.0) for month in range(1, 13)] + [
    ("850511", "Mexico", 2024, 1, "MAGNETS", 800.0)
]


def test_a_sheet_a_measure_gives_flows_and_the_rates_collected(tmp_path):
    duties = [("850511", "China", 2024, 1, "MAGNETS", 300.0)]
    whole = converted(workbook(Customs_Value=VALUES, Calculated_Duties=duties))
    assert flows_of(whole) == {"USA CHN 850511": 1200.0, "USA MEX 850511": 800.0}
    # 300 / 1,200, and nothing was collected on what came from Mexico
    assert tariffs_of(whole) == {"USA CHN 850511": 25.0, "USA MEX 850511": 0.0}
    assert whole.tables["products"]["description"].tolist() == ["MAGNETS"]
    assert sound(whole, tmp_path / "dataweb").year == 2024


def test_titles_above_the_header_are_passed_over_and_years_in_columns_chosen(tmp_path):
    report = file_of(
        "report.csv",
        "Customs Value by HTS Number and Country",
        "U.S. Imports for Consumption",
        "",
        "Data Type,HTS Number,Description,Country,2023,2024",
        'Customs Value,850511,Magnets,China,"1,000",700',
        "Customs Value,850511,Magnets,All Countries,1000,700",
        "Total:,,,,1000,700",
    )
    with pytest.raises(DataError, match="column time: the rows are of 2023, 2024"):
        converted(report)
    whole = converted(report, year="2023")
    assert flows_of(whole) == {"USA CHN 850511": 1000.0}
    assert any("left out: 1 (All Countries)" in note for note in whole.notes)
    sound(whole, tmp_path / "wide")


def test_a_report_that_adds_its_partners_up_needs_their_name():
    report = file_of("report.csv", "Data Type,HTS Number,Description,2024", "Customs Value,8505,Magnets,700")
    with pytest.raises(DataError, match=r"there is no column Country.*--where partner=EU27"):
        converted(report)
    assert flows_of(converted(report, partner="EU27")) == {"USA EU27 8505": 700.0}


def test_two_measures_of_value_are_refused_until_one_is_chosen():
    both = workbook(Customs_Value=VALUES, General_Customs_Value=VALUES[:1])
    with pytest.raises(DataError, match=r"\(Customs Value, General Customs Value\).*choose it"):
        converted(both)
    assert flows_of(converted(both, value="General Customs Value")) == {"USA CHN 850511": 100.0}


@pytest.mark.parametrize("part", ["[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet2.xml"])
def test_a_workbook_with_a_damaged_part_is_refused_in_words(part):
    whole, sink = io.BytesIO(workbook(Customs_Value=VALUES).content), io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(sink, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<not xml" if name == part else old.read(name))
    with pytest.raises(DataError, match=r"report.xlsx is not a complete Excel workbook"):
        converted(SourceFile(name="report.xlsx", content=sink.getvalue()))


def test_a_renamed_archive_is_no_workbook():
    with pytest.raises(DataError, match=r"report.xlsx is not a complete Excel workbook"):
        converted(SourceFile(name="report.xlsx", content=b"PKfield"))
