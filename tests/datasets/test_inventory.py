"""The files of a dataset: each with its source, rows and digest."""

import pytest

from calc.datasets.dataset import data_dir, dataset_names, read_dataset
from calc.datasets.inventory import content_of, dataset_files, dataset_years, read_sources
from calc.errors import DataError


@pytest.mark.parametrize("name", dataset_names())
def test_every_file_of_a_built_in_dataset_has_its_own_source(name):
    dataset = read_dataset(name)
    files = dataset_files(dataset)
    assert list(files["file"]) == list(dataset.sha256)
    assert list(files["sha256"]) == list(dataset.sha256.values())
    assert (files["terms"] != "").all()
    # what dataset.toml says of the whole would mean that sources.csv has no row
    assert not (files["source"] == dataset.source).any()
    tables = files[files["file"] != "dataset.toml"]
    assert (tables["rows"] > 0).all()
    assert tables["rows"].astype(int).loc[tables["content"] == "trade"].tolist() == [len(dataset.flows.market)]


def folders_with_sources():
    return [data_dir(), *(data_dir() / name for name in dataset_names())]


def test_sources_cite_what_the_readme_of_the_data_cites():
    readme = (data_dir() / "README.md").read_text(encoding="utf-8")
    for folder in folders_with_sources():
        for row in read_sources(folder).itertuples():
            assert row.citation in readme, f"{folder}: {row.file} cites what data/README.md does not: {row.citation}"


def test_every_row_of_the_sources_speaks_of_a_file():
    for folder in folders_with_sources():
        for row in read_sources(folder).itertuples():
            assert [*folder.glob(row.file), *folder.glob(f"*/{row.file}")], f"{row.file} is not in {folder}"


def test_a_folder_without_sources_has_no_rows_of_them(make_folder):
    assert read_sources(make_folder()).empty


def test_the_sources_of_ones_own_folder_are_read(make_folder):
    row = "flows.*,my office,2023,free,me"
    folder = make_folder({"sources.csv": f"file,source,year,terms,citation\n{row}\n"})
    files = dataset_files(read_dataset(folder)).set_index("file")
    assert files.loc["flows.csv", ["source", "year", "terms", "citation"]].tolist() == [
        "my office",
        "2023",
        "free",
        "me",
    ]
    assert files.loc["tariffs.csv", "source"] == "made up"


def test_sources_without_a_column_are_refused_by_its_name(make_folder):
    folder = make_folder({"sources.csv": "file,source,year,terms\n"})
    with pytest.raises(DataError, match=r"sources\.csv has no column citation"):
        read_sources(folder)


def test_a_folder_of_ones_own_has_the_words_of_its_dataset_toml(make_folder):
    dataset = read_dataset(make_folder())
    files = dataset_files(dataset).set_index("file")
    assert files.loc["flows.csv", ["rows", "source", "year", "terms"]].tolist() == [5, "made up", "2024", "none needed"]


def test_contents_are_told_in_words():
    assert content_of("elasticities-protee.csv") == "elasticities, set protee"
    assert content_of("elasticities.csv") == "elasticities"
    assert content_of("product-lists/steel-2025.csv") == "product list"
    assert content_of("value_added.parquet") == "value added"


def test_the_year_of_a_dataset_is_that_of_its_flows():
    assert dataset_years()["us-2024"] == read_dataset("us-2024").year == 2024
    assert set(dataset_years()) == set(dataset_names())
