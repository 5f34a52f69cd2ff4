"""The files of a dataset: each with its source, rows and digest."""

import pytest

from calc.datasets.dataset import data_dir, dataset_names, read_dataset
from calc.datasets.inventory import content_of, dataset_files, dataset_years, read_sources


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


def test_sources_cite_what_the_readme_of_the_data_cites():
    readme = (data_dir() / "README.md").read_text(encoding="utf-8")
    for row in read_sources().itertuples():
        assert row.citation in readme, f"{row.folder}/{row.file} cites what data/README.md does not: {row.citation}"


def test_every_row_of_the_sources_speaks_of_a_file():
    for row in read_sources().itertuples():
        found = [*data_dir().glob(f"{row.folder}/{row.file}"), *data_dir().glob(row.file)]
        assert found, f"{row.folder}/{row.file} is not among the data"


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
