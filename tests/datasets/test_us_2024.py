"""us-2024 against the tables it was made from, as far as they are public or in us-2024-hs10."""

import pandas as pd
import pytest

from calc.datasets.codes import members_of
from calc.datasets.dataset import data_dir, read_dataset

GROUPS = {"EU27": 27, "G7": 7, "USMCA": 3, "ASEAN": 10, "GCC": 6, "BRICS": 9, "MERCOSUR": 5}

# customs value and calculated duty by partner, Census table by chapter, 2024
PUBLISHED = {
    "CHN": (429_425_828_419, 46_661_215_871),
    "MEX": (503_438_605_302, 1_250_534_423),
    "DEU": (160_216_831_990, 2_210_187_998),
    "IRL": (99_695_947_686, 181_848_253),
    "FRA": (59_996_495_412, 702_415_190),
    "MAR": (1_739_780_800, 49_710_412),
    "LAO": (808_508_935, 41_319_514),
    "ISL": (1_081_172_038, 2_977_798),
    "AFG": (22_789_368, 298_836),
}


@pytest.fixture(scope="module")
def lines():
    """importer, exporter, product, value, duty and both kinds of basis of each flow."""
    folder = data_dir() / "us-2024"
    keys = ["importer", "exporter", "product"]
    flows, tariffs = (pd.read_parquet(folder / f"{name}.parquet") for name in ("flows", "tariffs"))
    table = flows.merge(tariffs, on=keys, suffixes=("", "_of_rate"), validate="one_to_one")
    return table.assign(duty=table["value_usd"] * table["tariff_pct"] / 100)


@pytest.fixture(scope="module")
def fifty():
    """Value and duty of EU27 and 49 single economies by HS6 code."""
    flows = read_dataset("us-2024-hs10").flows
    table = pd.DataFrame(
        {
            "exporter": flows.economies[flows.exporter],
            "product": flows.products[flows.product].str[:6],
            "value_usd": flows.import_value,
            "duty": flows.import_value * flows.tariff_rate,
        }
    )
    return table.groupby(["exporter", "product"]).sum()


def with_the_union_as_one(lines):
    exporter = lines["exporter"].where(~lines["exporter"].isin(members_of("EU27")), "EU27")
    return lines.assign(exporter=exporter).groupby(["exporter", "product"])[["value_usd", "duty"]].sum()


@pytest.mark.slow
def test_members_add_up_to_the_union_and_single_economies_are_as_at_hs10_code_by_code(lines, fifty):
    same = with_the_union_as_one(lines)
    same = same[same.index.get_level_values("exporter").isin(fifty.index.get_level_values("exporter"))]
    assert len(same) == len(fifty) == 87_927
    difference = (same - fifty).abs().max()
    assert difference["value_usd"] < 1e-3
    assert difference["duty"] < 1e-3


@pytest.mark.parametrize("partner", list(PUBLISHED))
def test_a_partner_has_its_published_imports_and_duty(lines, partner):
    value, duty = PUBLISHED[partner]
    own = lines.loc[lines["exporter"] == partner, ["value_usd", "duty"]].sum()
    assert own["value_usd"] == pytest.approx(value, abs=0.01)
    if partner not in members_of("EU27"):
        assert own["duty"] == pytest.approx(duty, abs=0.01)
    else:  # the rates of the union by product, not those of the member
        assert own["duty"] / value == pytest.approx(duty / value, abs=0.0010)


@pytest.mark.slow
def test_every_estimate_is_marked_line_by_line(lines):
    single = lines["exporter"].isin(set(read_dataset("us-2024-hs10").flows.economies))
    assert set(lines.loc[single, "basis"]) == {"observed"}
    assert set(lines.loc[single, "basis_of_rate"]) == {"collected"}
    assert lines.loc[~single, "basis_of_rate"].str.startswith("estimated: ").all()
    split = lines["basis"].str.startswith("estimated: ")
    assert set(lines.loc[split, "product"].str[:2]) == {"98"}
    assert lines.loc[split, "value_usd"].sum() / lines["value_usd"].sum() == pytest.approx(0.010, abs=0.0005)


def test_groups_have_their_real_members():
    groups = read_dataset("us-2024").countries.set_index("economy")["groups"].str.split(";")
    count = {name: int(groups.map(lambda own, name=name: name in own).sum()) for name in GROUPS}
    assert count == GROUPS
