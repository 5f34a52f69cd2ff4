"""What all reports share: units of files, names of zips, READMEs."""

import numpy as np
import pandas as pd

from calc.reports.parts import readme, slug, with_units, zip_name


def test_each_row_of_metrics_comes_in_its_own_unit():
    table = pd.DataFrame(
        {"metric": ["import_volume_change", "net_welfare_change"], "value": [-0.25, 3e9], "rank": [1, 2]}
    )
    shown = with_units(table, ["value"])
    assert shown["metric"].tolist() == ["import_volume_change_pct", "net_welfare_change_usd"]
    assert shown["value"].tolist() == [-25.0, 3e9]
    assert shown["unit"].tolist() == ["percent", "US$"]
    assert shown["rank"].tolist() == [1, 2]
    assert table["value"].tolist() == [-0.25, 3e9]


def test_files_know_no_negative_zero():
    shown = with_units(pd.DataFrame({"metric": ["import_volume_change"], "value": [-0.0]}), ["value"])
    assert not np.signbit(shown["value"]).any()


def test_a_title_becomes_part_of_a_name_on_any_disk():
    assert slug("Truce lapses: 100% surtax, “again”") == "truce-lapses-100-surtax-again"
    assert slug("a" * 60) == "a" * 48
    assert slug("ab-cd", 3) == "ab"
    assert slug("关税") == "scenario"


def test_the_name_of_a_zip_follows_what_lies_inside_but_not_the_time():
    files = {"lines.csv": b"1", "MANIFEST.json": b"noon"}
    name = zip_name(("tariff", "USA"), files)
    assert name.startswith("tariff_USA_")
    assert name.endswith(".zip")
    assert zip_name(("tariff", "USA"), {**files, "MANIFEST.json": b"midnight"}) == name
    assert zip_name(("tariff", "USA"), {**files, "lines.csv": b"2"}) != name


def test_sections_of_a_readme_stand_apart_and_empty_ones_vanish():
    assert readme(["Title"], [], ["a", "b"]) == b"Title\n\na\nb\n"
