"""Official files become dataset folders: the OECD's inter-country input-output table, in a table worked by hand."""

import numpy as np
import pandas as pd
import pytest
from builders import SMALL_ICIO, texts

from calc.cli import main
from calc.datasets.convert import convert
from calc.datasets.dataset import check_dataset, read_dataset
from calc.datasets.readers.icio import read_icio
from calc.datasets.readers.source_files import source_file
from calc.datasets.readers.world_table import WorldTable, world_accounts
from calc.errors import DataError

MILLION = 1e6


@pytest.fixture
def write(tmp_path):
    """Write a table, with some words replaced, as the OECD names it."""

    def make(*changes, name="2020_SML.csv", text=SMALL_ICIO):
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return make


def table_of(intermediate, final):
    size = np.shape(final)[-1]
    products = pd.Index([f"k{j}" for j in range(np.shape(final)[1])])
    return WorldTable(
        economies=pd.Index(list("ABC")[:size]),
        products=products,
        intermediate=np.asarray(intermediate, dtype=float),
        final=np.asarray(final, dtype=float),
    )


def test_a_year_of_the_icio_goes_through_the_door_with_its_accounts(write, tmp_path):
    folder = tmp_path / "mine" / "icio"
    notes = convert(write(), folder)
    assert any("no tariffs and no elasticities" in note for note in notes)
    assert check_dataset(folder) == ()
    dataset = read_dataset(folder)
    flows = dataset.flows
    assert (dataset.year, dataset.valuation, dataset.kind) == (2020, "fob", "world")
    assert list(flows.economies) == ["CHN", "USA"]
    assert list(flows.products) == ["C29", "H49"]
    value = {
        (flows.economies[n], flows.economies[i], flows.products[j]): worth / MILLION
        for n, i, j, worth in zip(flows.importer, flows.exporter, flows.product, flows.import_value, strict=True)
    }
    assert value == {
        ("USA", "USA", "C29"): 65,
        ("USA", "USA", "H49"): 100,
        ("USA", "CHN", "C29"): 50,
        ("USA", "CHN", "H49"): 4,
        ("CHN", "USA", "C29"): 35,
        ("CHN", "CHN", "C29"): 150,
        ("CHN", "CHN", "H49"): 46,
    }
    accounts = flows.accounts
    # taxes on products are part of value added
    assert (accounts.value_added / MILLION).tolist() == [[136, 29], [60, 80]]
    assert (accounts.final_demand / MILLION).tolist() == [[130, 16], [89, 70]]
    assert (accounts.input_output[1] / MILLION).tolist() == [[16, 10], [24, 10]]
    assert list(dataset.countries["name"]) == ["China", "United States"]
    assert list(dataset.countries["iso_numeric"]) == ["156", "840"]
    assert list(dataset.products["kind"]) == ["goods", "services"]
    assert list(dataset.products["description"]) == ["Manufacturing (C29)", "Transport and storage (H49)"]
    assert any("no tariffs and no elasticities" in note for note in texts(dataset.notes))


def test_the_command_line_converts_and_says_what_was_changed(write, tmp_path, capsys):
    # China runs down its stock of American cars by 5: the column turns negative, final demand of cars does not
    path = write(("45,5,30,0,100", "45,-40,30,0,55"), ("OUT,100,100", "OUT,55,100"), ("VA,58", "VA,13"))
    assert main(["convert", "icio", str(path), str(tmp_path / "new")]) == 0
    assert "Dataset written" in capsys.readouterr().err
    path = write(("45,5,30,0,100", "45,-50,30,0,45"), ("OUT,100,100", "OUT,45,100"), ("VA,58", "VA,3"))
    assert main(["convert", "icio", str(path), str(tmp_path / "other")]) == 0
    said = capsys.readouterr().out
    assert "Negative cells of final demand, set to 0: 1 (US$ 5.0 mn)." in said
    assert said.splitlines()[0].removeprefix("Note: ") in texts(read_dataset(tmp_path / "other").notes)
    # output is the sum of the row after that: 50, not 45
    assert read_dataset(tmp_path / "other").flows.accounts.value_added[1, 0] == 10 * MILLION
    assert main(["convert", "icio", str(path), str(tmp_path / "other")]) == 2
    assert "not an empty folder" in capsys.readouterr().err


def test_unknown_economies_are_kept_under_their_code(write, tmp_path):
    convert(write(("CHN", "ZZZ"), name="2018_SML.csv"), tmp_path / "new")
    dataset = read_dataset(tmp_path / "new")
    assert dataset.year == 2018
    assert list(dataset.countries["name"]) == ["United States", "ZZZ"]


def test_the_edition_of_2021_and_the_extended_one_are_refused_with_the_reason(write, tmp_path):
    with pytest.raises(DataError, match=r"edition of 2021 or before, which gives taxes by economy"):
        convert(write(("VA,58", "VALU,58"), (",OUT", ",TOTAL"), name="ICIO2021_2018.csv"), tmp_path / "new")
    with pytest.raises(DataError, match=r"extended edition, which splits China and Mexico by kind of firm \(CN1\)"):
        convert(write(("CHN_C29", "CN1_C29"), name="2018_extended.csv"), tmp_path / "new")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([("USA_H49,20,", "USA_H49,many,")], r"line 3, column USA_C29: 'many' is not a number"),
        ([("USA_H49,20,", "USA_H49,,")], r"row USA_H49, column USA_C29: the cell is empty"),
        ([("USA_H49,20,10,", "USA_H49,20,")], r"line 3: the line does not have the 10 fields of the header"),
        ([("USA_H49,20,10", "USA_H49,2000,10")], r"row USA_H49: the cells add up to 2,080 and OUT says 100"),
        ([("VA,58,79", "VA,58,790")], r"column USA_H49: the cells add up to 811 and OUT says 100"),
        ([("CHN_H49,4,0,20,10,0,0,16,0,50\n", "")], r"no row CHN_H49"),
        ([("CHN_H49,4", "CHN_C29,4")], r"the row CHN_C29 appears more than once"),
        ([("TLS,2", "TAXSUB,2")], r"a row is named 'TAXSUB'.*edition 2023"),
        ([("TLS,2,1,5,0,4,0,3,0,15\n", "")], r"no row or column TLS"),
        ([(",CHN_H49,USA_HFCE", ",CHN_H50,USA_HFCE")], r"there is a row CHN_H49 and no column"),
        ([("USA_HFCE", "USA_XXXX")], r"the column USA_XXXX is neither"),
        ([("CHN_HFCE", "USA_GGFC"), ("CHN_INVNT", "USA_NPISH")], r"without final demand.*CHN.*extended edition"),
        ([("V1,USA_C29", "V1,USA_H49")], r"line 1: this is not the header"),
    ],
)
def test_a_table_that_is_not_as_published_is_refused_in_words(write, tmp_path, changes, said):
    with pytest.raises(DataError, match=said):
        convert(write(*changes), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_missing_file_an_archive_and_a_name_without_year_are_refused(write, tmp_path):
    with pytest.raises(DataError, match="There is no file"):
        convert(tmp_path / "2020_SML.csv", tmp_path / "new")
    (tmp_path / "2016-2022_SML.zip").write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(DataError, match="is an archive; unpack it"):
        convert(tmp_path / "2016-2022_SML.zip", tmp_path / "new")
    with pytest.raises(DataError, match="the name has no year"):
        convert(write(name="icio.csv"), tmp_path / "new")


def test_a_file_with_the_mark_of_utf8_and_quotes_reads_the_same(write, tmp_path):
    plain = read_icio(source_file(write()))
    header, rest = SMALL_ICIO.split("\n", 1)
    quoted = "\ufeff" + ",".join(f'"{name}"' for name in header.split(",")) + "\r\n" + rest.replace("\n", "\r\n")
    (tmp_path / "2021_SML.csv").write_bytes(quoted.encode())
    other = read_icio(source_file(tmp_path / "2021_SML.csv"))
    assert np.array_equal(plain.intermediate, other.intermediate)
    assert np.array_equal(plain.final, other.final)


def test_duties_on_inputs_and_final_demand_leave_the_accounts_balanced():
    rng = np.random.default_rng(1)
    table = table_of(rng.uniform(0, 1, (3, 2, 3, 2)), rng.uniform(3, 9, (3, 2, 3)))
    rate = rng.uniform(0, 0.5, (3, 3, 2)) * (1 - np.eye(3))[:, :, None]
    found = world_accounts(table, rate)
    assert found.notes == ()
    bought = (found.trade * (1 + rate)).sum(axis=1)
    np.testing.assert_allclose(found.trade.sum(axis=0), found.value_added + found.inputs.sum(axis=1), rtol=1e-13)
    np.testing.assert_allclose(bought, found.final_demand + found.inputs.sum(axis=2), rtol=1e-13)
    # income = value added + duties + imports less exports
    net_imports = found.trade.sum(axis=(1, 2)) - found.trade.sum(axis=(0, 2))
    income = found.value_added.sum(axis=1) + (found.trade * rate).sum(axis=(1, 2)) + net_imports
    np.testing.assert_allclose(income, found.final_demand.sum(axis=1), rtol=1e-12)


def test_an_industry_without_value_added_takes_the_cost_share_of_the_world():
    # industry 0 of A turns 10 of inputs into 8 of output; in B it turns 2 into 8: the world's share is 1/4
    intermediate = np.zeros((2, 2, 2, 2))
    intermediate[0, 1, 0, 0] = 10
    intermediate[1, 1, 1, 0] = 2
    final = np.array([[[8, 0], [5, 0]], [[0, 8], [0, 3]]])
    found = world_accounts(table_of(intermediate, final))
    assert found.inputs[0, 1, 0] == 2
    assert found.value_added.tolist() == [[6, 15], [6, 5]]
    assert found.final_demand.tolist() == [[8, 13], [8, 3]]
    assert found.notes[0].startswith("Industries whose inputs were as large as their output: 1 (A k0).")


def test_industries_without_output_and_negative_inputs_are_counted():
    intermediate = np.zeros((2, 2, 2, 2))
    intermediate[0, 0, 1, 1] = -4 * MILLION
    intermediate[0, 0, 1, 0] = 2 * MILLION  # B's industry 0 buys and sells nothing
    final = np.array([[[9, 0], [9, 0]], [[0, 0], [0, 9]]]) * MILLION
    found = world_accounts(table_of(intermediate, final))
    assert found.notes[0] == "Negative cells of inputs, set to 0: 1 (US$ 4.0 mn)."
    assert found.notes[1].startswith("Industries whose inputs were as large as their output: 1 (B k0).")
    assert found.notes[2] == "Industries without output, which have no value added: 1 of 4 (B k0)."
    assert found.value_added[1, 0] == 0
    assert found.inputs[1].sum() == 0
    assert found.final_demand[1].tolist() == [2 * MILLION, 9 * MILLION]
