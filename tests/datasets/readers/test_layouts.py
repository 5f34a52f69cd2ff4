"""What holds of every official layout."""

import pytest
from official_samples import UPLOADS

from calc.datasets.readers.layouts import convert_files
from calc.datasets.readers.source_files import SourceFile

INPUT_OUTPUT = ("icio", "wiod")  # their headings hold codes of countries


@pytest.mark.parametrize("spelled", [str.upper, str.lower], ids=["capitals", "small letters"])
@pytest.mark.parametrize("layout", [name for name in UPLOADS if name not in INPUT_OUTPUT])
def test_headings_are_read_in_any_case(layout, spelled):
    files, year, value = UPLOADS[layout]
    sources = []
    for name, content in files.items():
        if name.endswith(".csv"):
            heading, _, rows = content.partition(b"\n")
            content = spelled(heading.decode()).encode() + b"\n" + rows
        sources.append(SourceFile(name=name, content=content))
    whole = convert_files(sources)
    assert whole.tables["flows"]["value_usd"].sum() == pytest.approx(value)
    assert whole.about["year"] == year
