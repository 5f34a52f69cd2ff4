"""Lines by HS code carried to sectors: where they go, and that nothing is lost or counted twice."""

import numpy as np
import pandas as pd
import pytest

from calc.datasets.dataset import read_dataset
from calc.tariffs.carrying import carrier, has_sectors, sector_of, sectors
from calc.tariffs.law import can_be_dated, dataset_on, rates_on


@pytest.fixture(scope="module")
def fine():
    return read_dataset("us-2024")


@pytest.fixture(scope="module")
def world():
    return read_dataset("world-io-2023")


def test_codes_belong_to_the_sectors_of_isic():
    codes = pd.Index(["870323", "8703230110", "854231", "280530", "850511", "271019", "980100"])
    assert list(sector_of(codes)) == ["c15", "c15", "c14", "c9", "c14", "c8", ""]
    assert sectors()[0] == "c1"
    assert len(sectors()) == 16


def test_data_with_these_sectors_can_be_carried_to_and_no_others(world, fine):
    assert has_sectors(world)
    assert has_sectors(read_dataset("wiod-2011"))
    assert not has_sectors(fine)
    assert not has_sectors(read_dataset("pairs-2023"))


def test_every_dollar_in_a_sector_is_carried_once(fine, world):
    by = carrier(fine, world)
    value = fine.flows.import_value
    assert by.carried_value.sum() == pytest.approx(value[by.placed].sum(), rel=1e-12)
    assert value[by.sectored & ~by.placed].sum() < 1e-5 * value.sum()  # flows that the world data do not have
    assert np.unique(by.line).size == by.line.size
    beyond = value[~by.sectored].sum() / value.sum()
    assert beyond == pytest.approx(0.039, abs=0.001)  # chapters 98 and 99


def test_partners_that_the_world_does_not_have_count_with_the_rest(fine, world):
    by, flows, wide = carrier(fine, world), fine.flows, world.flows
    lines = np.flatnonzero(np.isin(flows.economies[flows.exporter], ["VNM", "CHE"]) & by.placed)
    cells = by.cell[np.isin(by.line, lines)]
    assert set(wide.economies[wide.exporter[cells]]) == {"ROW"}


@pytest.mark.slow
def test_a_group_stands_for_each_of_its_members(world):
    by, flows, wide = carrier(read_dataset("us-2024-hs10"), world), read_dataset("us-2024-hs10").flows, world.flows
    union = flows.economies.get_loc("EU27")
    line = int(by.line[flows.exporter[by.line] == union][0])
    sellers = set(wide.economies[wide.exporter[by.cell[by.line == line]]])
    members = world.countries["groups"].str.contains("EU27")
    assert sellers <= set(world.countries.loc[members, "economy"])
    assert len(sellers) > 20


def test_means_of_collected_duty_are_the_base_rates_of_the_world_which_come_from_them(fine, world):
    by = carrier(fine, world)
    gap = np.abs(by.mean(fine.flows.tariff_rate) - world.flows.tariff_rate)[by.known]
    assert (gap * by.carried_value[by.known]).sum() / by.carried_value.sum() < 0.0005


@pytest.mark.slow
def test_tariffs_in_force_on_a_date_reach_world_data_as_means_of_their_lines(fine, world):
    day = "2025-10-30"
    by, there, here = carrier(fine, world), rates_on(day, fine), rates_on(day, world)
    assert can_be_dated(world)
    np.testing.assert_allclose(here.total[by.known], by.mean(there.total)[by.known], rtol=0, atol=1e-12)
    np.testing.assert_allclose(sum(here.authorities.values()), here.total, rtol=0, atol=1e-12)
    others = ~by.known
    assert np.array_equal(here.total[others], world.flows.tariff_rate[others])
    base = dataset_on(day, world)
    assert np.array_equal(base.flows.tariff_rate, here.as_traded().total)
    assert any("other importers keep the rates of the data" in note.text for note in base.notes)
