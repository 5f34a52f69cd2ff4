"""The record of 29 September 2026 against the printed US schedule of that day, partner by partner."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calc.datasets.dataset import read_dataset
from calc.tariffs.law import BASE, built_in_record, rates_on
from calc.tariffs.record import COUNTED, WORLD, names

DAY = "2026-09-29"
TRUCE_ENDS = "2026-11-10"
TABLE = Path(__file__).parents[1] / "published" / "us_tariffs" / "hts_2026_rev20.csv"
PRINTED = pd.read_csv(TABLE, comment="#", dtype=str, keep_default_na=False).rename(columns={"from": "begins"})
LABOUR = PRINTED[PRINTED["authority"] == "s301_labour"]
MISSING = {"TUR": (12.5, "add")}  # heading 9903.05.79 is not in the copy; other readings of the schedule have it
PROGRAMMES = {
    "s232 cars": ("autos",),
    "s232 car parts": ("auto parts",),
    "s232 wood products": ("upholstered furniture", "cabinets"),
    "s232 unmanned aircraft": ("unmanned aircraft",),
    "s232 aluminium and derivatives": ("aluminium, Russia",),
    "s232 aluminium, steel and derivatives": ("metals annexes",),
    "s232 derivative": ("metals annexes",),
    "s232 steel, copper": ("metals annexes",),
    "List": ("list 1", "list 2", "list 3", "list 4A"),
    "Intermodal chassis": ("cranes and chassis",),
    "note 31": ("review 2024", "review 2025", "review 2026"),
    "U.S. note 50": ("Brazil",),
    "U.S. note 51": ("Canada",),
    "U.S. note 52": ("forced labour",),
}
# Headings that stand otherwise in the record, each by its cause
APART = {
    "9903.88.16": "list 4B is suspended",
    "9903.91.04": "it ended with 2025",
    "9903.91.14": "its rate is not in the copy; the record has 100%",
    "9903.88.69": "exclusions, a share of the duty",
    "9903.88.70": "exclusions, a share of the duty",
    "9903.94.31": "7.5 % on top of 2.5 %; the record has 10 % in total",
    "9903.04.62": "patented medicines have no rate by line",
    "9903.04.63": "patented medicines have no rate by line",
}


@pytest.fixture(scope="module")
def us_2024_hs10():
    return read_dataset("us-2024-hs10")


def in_force(day):
    table = built_in_record().measures
    when = np.datetime64(day)
    holds = (table["effective_date"].to_numpy() <= when) & (when < table["end_date"].to_numpy())
    return table[holds & (table["imposer"] == "USA").to_numpy() & table["status"].isin(COUNTED).to_numpy()]


def programmes_of(note):
    return next(found for words, found in PROGRAMMES.items() if note.startswith(words))


@pytest.mark.parametrize("row", [row for row in PRINTED.itertuples() if row.heading not in APART], ids=lambda r: r.note)
def test_each_printed_heading_stands_in_the_record_of_its_day_with_its_rate(row):
    measures = in_force(max(DAY, row.begins))
    measures = measures[measures["programme"].isin(programmes_of(row.note))]
    kind = np.asarray(measures["rate_type"] == row.kind, dtype=bool)
    found = measures[kind & np.isclose(measures["rate_pct"], float(row.rate_percent), rtol=0, atol=1e-12)]
    charged = {target for cell in found["target"] for target in names(cell)}
    assert charged >= set(row.exporter.split(";")) or WORLD in charged, f"{row.heading}: {row.exporter}"


def test_headings_that_stand_otherwise_are_few_and_in_the_schedule():
    assert set(APART) <= set(PRINTED["heading"])
    assert len(PRINTED) - PRINTED["heading"].isin(APART).sum() > 90


def test_the_forced_labour_duty_names_sixty_economies_and_no_other():
    printed = {row.exporter: (float(row.rate_percent), row.kind) for row in LABOUR.itertuples()} | MISSING
    measures = in_force(DAY)
    measures = measures[measures["authority"] == "s301_labour"]
    found = {target: (row.rate_pct, row.rate_type) for row in measures.itertuples() for target in names(row.target)}
    assert found == printed
    counts = pd.Series(list(printed.values())).value_counts()
    assert (counts[(10.0, "add")], counts[(12.5, "add")]) == (17, 38)
    assert counts[(10.0, "total")] + counts[(12.5, "total")] == 5


def test_each_partner_is_charged_the_printed_forced_labour_duty(us_2024_hs10):
    rates, flows = rates_on(DAY, us_2024_hs10), us_2024_hs10.flows
    printed = {row.exporter: (float(row.rate_percent), row.kind) for row in LABOUR.itertuples()} | MISSING
    labour = 100 * rates.authorities["s301_labour"]
    base = 100 * rates.authorities[BASE]
    free_of_other = rates.authorities["s232"] == 0
    for position, code in enumerate(flows.economies):
        mine = (flows.exporter == position) & free_of_other & (labour > 0)
        rate, kind = printed.get(code, (0.0, "add"))
        if rate == 0:
            assert not mine.any(), code
        elif kind == "total":
            assert base[mine] + labour[mine] == pytest.approx(rate), code
        elif code in ("CAN", "MEX"):
            assert labour[mine].max() == pytest.approx(rate), code  # less on what enters under USMCA
        else:
            assert labour[mine] == pytest.approx(rate), code
            assert mine.any(), code


def rate_of(rates, dataset, product, partner="CHN", authority="s301"):
    flows = dataset.flows
    at = (flows.products[flows.product] == product) & (flows.economies[flows.exporter] == partner)
    return 100 * rates.authorities[authority][at].item()


def test_chassis_and_cranes_pay_100_percent_from_10_november_and_other_trailers_do_not(us_2024_hs10):
    eve, day = rates_on("2026-11-09", us_2024_hs10), rates_on(TRUCE_ENDS, us_2024_hs10)
    for product in ("8426190000", "8716390090", "8716903000", "8716905010"):
        assert rate_of(eve, us_2024_hs10, product) == 25
        assert rate_of(day, us_2024_hs10, product) == 100
    assert rate_of(day, us_2024_hs10, "8716390050") == 25


def test_section_338_charges_half_of_the_value_of_listed_goods_of_canada_alone(us_2024_hs10):
    rates, flows = rates_on(DAY, us_2024_hs10), us_2024_hs10.flows
    charged = rates.authorities["s338"] > 0
    assert set(flows.economies[flows.exporter[charged]]) == {"CAN"}
    assert rates.authorities["s338"][charged] == pytest.approx(0.50)
    assert rate_of(rates, us_2024_hs10, "2203000030", "CAN", "s338") == 50


def test_unmanned_aircraft_pay_by_weight_and_partner(us_2024_hs10):
    rates = rates_on(DAY, us_2024_hs10)
    assert rate_of(rates, us_2024_hs10, "8806240000", "CHN", "s232") == pytest.approx(100)
    assert rate_of(rates, us_2024_hs10, "8806220000", "VNM", "s232") == pytest.approx(25)
    assert rate_of(rates, us_2024_hs10, "8806220000", "KOR", "s232") == pytest.approx(15)
    assert not rate_of(rates, us_2024_hs10, "8806220000", "VNM", "s301_labour")
    assert "s232" in rates_on("2026-09-02", us_2024_hs10).authorities
    assert not rate_of(rates_on("2026-09-02", us_2024_hs10), us_2024_hs10, "8806220000", "VNM", "s232")


# What the record says of days after its sources


def notes_on(day, dataset):
    return " ".join(rates_on(day, dataset).notes)


def test_the_end_of_the_truce_is_said_to_be_scheduled_with_what_it_brings(us_2024):
    for day in (TRUCE_ENDS, "2026-12-31"):
        notes = notes_on(day, us_2024)
        for words in ("9903.88.69", "9903.88.70", "cranes and intermodal chassis of China +100%"):
            assert words in notes
        assert notes.count("an extension since then is in no source here") == 3
    assert "an extension since then" not in notes_on("2026-11-09", us_2024)
    exclusions = built_in_record().measures.query("rate_type == 'relief'")
    assert set(exclusions["status"]) == {"in force", "scheduled"}


def test_chinas_suspended_points_are_named_on_every_day_after_the_truce():
    china = read_dataset("china-2017")
    for day in (TRUCE_ENDS, "2026-12-31", "2027-06-01"):
        assert (
            "China's 24 points and its export controls of October 2025, both suspended to 10 November 2026, and what"
            in notes_on(day, china)
        )
    assert "is suspended and is not in the rates" in notes_on("2026-11-09", china)
    assert "and what follows them" not in notes_on("2026-11-09", china)
