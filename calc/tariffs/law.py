"""Tariffs in force on a date: base and additional rates of every line by authority, under the stacking rules.

The arithmetic runs on the finest lines there are (HS10 of the United States by partner), because lists meet inside an
HS6 code; rates of coarser lines are means with the 2024 imports of the same partner as weights.

    s232       largest rate x taxed share over programmes;  taxed share m = 1, or the metal content of a derivative
    s301       largest over lists;  stacks on everything
    floor      max(0, all-in rate − base)
    USMCA      rate x (1 − relief x USMCA share)
    others     rate x (1 − m where s232 > 0);  duties on China's fentanyl stack on top
    total      base + Σ authorities
    as traded  rate x (1 − share under exclusions): what a flow pays on average, though no entry pays a share of a duty
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from calc.datasets.catalogue import serving, the_one_serving
from calc.datasets.dataset import OWN, Dataset, dataset_names, kept_with_dataset, read_dataset
from calc.errors import ScenarioError, did_you_mean
from calc.flows import Array, BoolArray, sum_by_market
from calc.result import notes_of
from calc.tariffs.carrying import carrier, has_sectors
from calc.tariffs.days import Day, as_day
from calc.tariffs.deciding import Found, Measure, Programme, deciding_measures
from calc.tariffs.fine_lines import Side, sides_of
from calc.tariffs.record import COUNTED, OPEN, TariffRecord, read_record

BASE = "base"
_STEPS = (("retaliation_s232", "s232_pct"), ("retaliation_s301", "s301_pct"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DatedRates:
    """Statutory rates of one day on the lines of a dataset.

    Parameters
    ----------
    day : the day
    authorities : rate by authority, "base" first, fractions [line]; they add up to `total`
    total : t [line], what an entry pays that claims no exclusion; `as_traded` has what a flow pays on average
    after_exclusions : rate of an authority on the average import, where some claim an exclusion, fractions [line]
    known : the record covers the line [line]; elsewhere the base is the dataset's own rate
    measures : measures of that day and those that do not count, with `counted` and `open`
    notes : what the rates leave out, in words
    """

    day: np.datetime64
    authorities: Mapping[str, Array]
    total: Array
    after_exclusions: Mapping[str, Array]
    known: BoolArray
    measures: pd.DataFrame
    notes: tuple[str, ...]

    def as_traded(self) -> "DatedRates":
        """The rates that trade flows pay on average: less the share of the imports that claim an exclusion."""
        rates = {**self.authorities, **self.after_exclusions}
        return replace(self, authorities=rates, total=np.sum(list(rates.values()), axis=0), after_exclusions={})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Law:
    """The tariffs in force on a date on a dataset, from which rules start.

    Parameters
    ----------
    day : the day
    dataset : as read, with its own rates
    record : where the law is written
    """

    day: Day
    dataset: Dataset
    record: TariffRecord

    def rates(self, *, without: tuple[str, ...] = ()) -> DatedRates:
        """Its rates, as traded, without the authorities named; errors as `rates_on`."""
        return rates_on(self.day, self.dataset, without=without, record=self.record).as_traded()


@cache
def built_in_record() -> TariffRecord:
    """The record that ships with the project, read once."""
    return read_record()


def latest_day(record: TariffRecord | None = None) -> date:
    """The last day that the sources of the record cover: the tariffs of that day are the latest known, not scheduled.

    Parameters
    ----------
    record : the built-in record if absent
    """
    return date.fromisoformat(str((record or built_in_record()).as_of))


def authorities_named(words: tuple[str, ...], record: TariffRecord, where: str) -> tuple[str, ...]:
    """Authorities of the record that words name; `ieepa` stands for every authority that begins with `ieepa_`.

    Raises
    ------
    ScenarioError
        A word names none; the message says `where`.
    """
    known = (BASE, *sorted(set(record.measures["authority"])))
    found: dict[str, None] = {}
    for word in words:
        named = [word] if word in known else [name for name in known if name.startswith(f"{word}_")]
        if not named:
            raise ScenarioError(
                f"{where}: the record has no authority {word!r}{did_you_mean(word, known)}. Known: {', '.join(known)}."
            )
        found |= dict.fromkeys(named)
    return tuple(found)


def can_be_dated(dataset: Dataset) -> bool:
    """Whether the record may cover a dataset: HS codes that the United States or China buys, or their sectors."""
    flows = dataset.flows
    if has_sectors(dataset):
        return "USA" in flows.economies
    buyers = flows.economies[flows.buyers]
    coded = flows.products.str.isdigit() & (flows.products.str.len() >= 6)
    return bool(coded.any()) and bool(buyers.isin(["USA", "CHN"]).any())


def first_baseline(dataset: Dataset) -> date | None:
    """Date whose tariffs a change starts from unless something else is said: the last that the record covers.

    None, the rates in the data, where these are no duties collected in a past year, or the data are a visitor's own.
    """
    built_in_duties = dataset.rates == "collected" and not dataset.name.startswith(OWN)
    return latest_day() if built_in_duties and can_be_dated(dataset) else None


def rates_on(
    day: Day,
    dataset: Dataset,
    *,
    without: tuple[str, ...] = (),
    record: TariffRecord | None = None,
) -> DatedRates:
    """Base and additional rates of a day on the lines of a dataset, by authority.

    Parameters
    ----------
    day : one of the record, from 2018-01-01 to 2027-12-31
    dataset : products are HS codes of 6 to 10 digits, or world data with the sectors that these belong to
    without : authorities taken out, as if a court had struck them down
    record : the built-in record if absent

    Raises
    ------
    ScenarioError
        The day is outside the record, an authority is unknown, or no line of the dataset is in the record.
    """
    return _rates_on(dataset, as_day(day), without, record or built_in_record())


# A scenario between two days is asked again at every move of a slider.
@kept_with_dataset(most=4)
def _rates_on(dataset: Dataset, when: np.datetime64, without: tuple[str, ...], record: TariffRecord) -> DatedRates:
    unknown = set(without) - set(record.measures["authority"])
    if unknown:
        known_words = ", ".join(sorted(set(record.measures["authority"])))
        raise ScenarioError(f"The record has no authority {min(unknown)!r}. Known: {known_words}.")
    sides = sides_of(dataset, record)
    if not sides and has_sectors(dataset):
        return _on_sectors(dataset, when, without, record)
    if not sides:
        raise ScenarioError(
            f"The record has no rates for {dataset.name}: it covers imports of the United States and China by HS code. "
            f"Choose {' or '.join(_datable())}."
        )
    flows = dataset.flows
    table = _measures(record, when)
    counted = table[table["counted"] & ~table["authority"].isin(without)]
    known = np.zeros(len(flows.market), dtype=bool)
    authorities: dict[str, Array] = {BASE: flows.tariff_rate.copy()}
    after_exclusions: dict[str, Array] = {}
    for side in sides:
        known[side.line] = True
        authorities[BASE][side.line] = 0.0
        for name, rate, lowered in _side_rates(side, counted, record, when, without):
            for rates, part in ((authorities, rate), (after_exclusions, lowered)):
                if part is not None:
                    total = rates.setdefault(name, np.zeros(len(flows.market)))
                    total[side.line] += side.on_lines(part)
    return DatedRates(
        day=when,
        authorities=authorities,
        total=np.sum(list(authorities.values()), axis=0),
        after_exclusions=after_exclusions,
        known=known,
        measures=table[table["imposer"].isin([side.imposer for side in sides])].reset_index(drop=True),
        notes=_notes(record, table, when, known, dataset, sides),
    )


def _on_sectors(dataset: Dataset, when: np.datetime64, without: tuple[str, ...], record: TariffRecord) -> DatedRates:
    """Rates on world data by sector: means of those by HS code of US imports, partner by partner."""
    fine = _us_imports()
    rates, by = _rates_on(fine, when, without, record), carrier(fine, dataset)
    known, own = by.known, dataset.flows.tariff_rate
    authorities = {name: by.mean(rate) for name, rate in rates.authorities.items()}
    authorities[BASE] = np.where(known, authorities[BASE], own)
    words = (
        f"Rates of the United States are means over HS codes of {fine.name}, weighted by its imports of {fine.year}; "
        "other importers keep the rates of the data."
    )
    return DatedRates(
        day=when,
        authorities=authorities,
        total=np.sum(list(authorities.values()), axis=0),
        after_exclusions={name: by.mean(rate) for name, rate in rates.after_exclusions.items()},
        known=known,
        measures=rates.measures,
        notes=(words, *rates.notes),
    )


@cache
def _us_imports() -> Dataset:
    return read_dataset(the_one_serving("averages:USA"))


def _datable() -> list[str]:
    """Built-in datasets that the record is used with, in order."""
    return [name for name in dataset_names() if name in (*serving("fine-lines:"), *serving("averages:"))]


def dataset_on(day: Day, dataset: Dataset, *, record: TariffRecord | None = None) -> Dataset:
    """The dataset with the tariffs in force on a date as its base, and what these leave out among its notes.

    Imports before duty stay those of the dataset's year, as if they had been bought under those tariffs.

    Parameters
    ----------
    record : the built-in record if absent

    Raises
    ------
    ScenarioError
        As `rates_on`.
    """
    return _dataset_on(dataset, as_day(day), record or built_in_record())


# Every visitor of the page starts from one day, and a preset brings others.
@kept_with_dataset(most=4)
def _dataset_on(dataset: Dataset, when: np.datetime64, record: TariffRecord) -> Dataset:
    rates, flows = _rates_on(dataset, when, (), record).as_traded(), dataset.flows
    duty_paid = flows.import_value * (1 + rates.total)
    expenditure = sum_by_market(flows, duty_paid)
    dated = replace(
        flows,
        tariff_rate=rates.total,
        tariff_basis=None,
        expenditure=expenditure,
        expenditure_share=duty_paid / expenditure[flows.market],
    )
    words = f"Base tariffs are those in force on {rates.day}, on imports of {dataset.year} as if bought under them."
    kept = (note for note in dataset.notes if note.kind != "rates")  # they are about rates that are gone
    return replace(dataset, flows=dated, notes=(*kept, *notes_of("law", (words, *rates.notes))))


def _measures(record: TariffRecord, when: np.datetime64) -> pd.DataFrame:
    """Measures whose period holds the day; threatened, suspended and unpriced ones are there but do not count."""
    table = record.measures
    holds = (table["effective_date"].to_numpy() <= when) & (when < table["end_date"].to_numpy())
    found: pd.DataFrame = table[holds]
    counts = found["status"].isin(COUNTED) & (found["rate_type"] != "none")
    dated: pd.DataFrame = found.assign(counted=counts, open=found["end_date"].to_numpy() == OPEN)
    return dated


def _side_rates(
    side: Side, counted: pd.DataFrame, record: TariffRecord, when: np.datetime64, without: tuple[str, ...]
) -> Iterator[tuple[str, Array, Array | None]]:
    """Rate of each authority on the fine lines of one imposer, and that after exclusions, if there are any."""
    base = side.base
    if base is None:
        steps = _china_steps(side, record, when)
        base = steps[BASE]
        yield from ((name, steps[name], None) for name, _ in _STEPS if name not in without)
    yield BASE, base, None
    own = counted[(counted["imposer"] == side.imposer) & (counted["rate_type"] != "schedule")]
    taxed = np.zeros(len(side.product))
    # s232 first, because it displaces others
    programmes = _programmes(own)
    for authority in sorted(programmes, key=lambda name: (name != "s232", name)):
        of_authority = programmes[authority]
        if authority == "s232":
            rate, taxed = _section_232(side, of_authority, base, when)
            yield authority, rate, None
        else:
            yield authority, *_authority(side, of_authority, base, taxed, when)


def _programmes(own: pd.DataFrame) -> dict[str, list[Programme]]:
    """Measures by authority and programme, as plain rows: tables are slow in a loop."""
    found: dict[str, dict[str, Programme]] = {}
    columns = [own[name].tolist() for name in Measure._fields]
    keys = zip(own["authority"].tolist(), own["programme"].tolist(), strict=True)
    for (authority, programme), cells in zip(keys, zip(*columns, strict=True), strict=True):
        found.setdefault(authority, {}).setdefault(programme, []).append(Measure(*cells))
    return {authority: list(by_name.values()) for authority, by_name in found.items()}


def _section_232(side: Side, own: list[Programme], base: Array, when: np.datetime64) -> tuple[Array, Array]:
    """Rate under section 232, and the share of the value that it taxes [fine].

    t = max( max over programmes on full value, Σ over metals rate x content )
    """
    size = len(side.product)
    whole, by_content, content = np.zeros(size), np.zeros(size), np.zeros(size)
    for programme in own:
        found = deciding_measures(side, programme, when)
        value = _rates_of(side, programme, found, base)
        metal = programme[0].basis
        if metal == "value":
            whole[found.lines] = np.maximum(whole[found.lines], value)
        else:
            part = side.content[metal][side.product[found.lines]]
            by_content[found.lines] += value * part
            content[found.lines] += part
    taxed = np.where(whole >= by_content, (whole > 0).astype(float), np.minimum(content, 1.0))
    return np.maximum(whole, by_content), taxed


def _authority(
    side: Side, own: list[Programme], base: Array, taxed: Array, when: np.datetime64
) -> tuple[Array, Array | None]:
    """Rate of any other authority, the largest of its programmes, and that after exclusions, if any [fine]."""
    rate, relief = np.zeros(len(side.product)), np.zeros(len(side.product))
    for programme in own:
        found = deciding_measures(side, programme, when)
        value = _rates_of(side, programme, found, base)
        if programme[0].rate_type == "relief":
            relief[found.lines] = np.maximum(relief[found.lines], value)
            continue
        yields = np.array([row.under_s232 == "yields" for row in programme])
        if yields.any():
            value = np.where(yields[found.measure], value * (1 - taxed[found.lines]), value)
        rate[found.lines] = np.maximum(rate[found.lines], value)
    return rate, rate * (1 - relief) if relief.any() else None


def _rates_of(side: Side, programme: Programme, found: Found, base: Array) -> Array:
    """Rates of the measures found: floors net of the ordinary duty, less the relief of USMCA goods."""
    value = np.array([row.rate_pct for row in programme])[found.measure] / 100
    floors = np.array([row.rate_type == "total" for row in programme])
    if floors.any():
        value = np.where(floors[found.measure], np.maximum(0.0, value - base[found.lines]), value)
    relief = np.array([row.usmca_relief_pct for row in programme]) / 100
    if relief.any():
        value = value * (1 - relief[found.measure] * side.usmca_share[found.lines])
    return value


def _china_steps(side: Side, record: TariffRecord, when: np.datetime64) -> dict[str, Array]:
    """China's ordinary rate and its retaliation of 2018-20 on the fine lines, as the schedule of that day has them."""
    table = record.china_schedule
    past = (
        table[table["effective_date"].to_numpy() <= when].drop_duplicates("product", keep="last").set_index("product")
    )
    rows = past.reindex(side.products[side.product].str[:6])
    columns = ((BASE, "mfn_pct"), *_STEPS)
    return {name: rows[column].fillna(0.0).to_numpy() / 100 for name, column in columns}


def _notes(
    record: TariffRecord,
    table: pd.DataFrame,
    when: np.datetime64,
    known: BoolArray,
    dataset: Dataset,
    sides: tuple[Side, ...],
) -> tuple[str, ...]:
    own = table[table["imposer"].isin([side.imposer for side in sides])]
    notes = [*record.notes, *(note for side in sides for note in side.notes)]
    for status, words in (
        ("threatened", "was only threatened and is not in the rates"),
        ("suspended", "is suspended and is not in the rates"),
    ):
        notes += [f"{row.scope}: {words}." for row in own[own["status"] == status].itertuples()]
    unpriced = own[(own["rate_type"] == "none") & own["status"].isin(COUNTED) & (own["authority"] != "export_control")]
    notes += [f"Without a rate in the record: {row.scope}." for row in unpriced.itertuples()]
    foreseen = own[own["counted"] & (own["status"] == "scheduled")]
    notes += [f"Scheduled: {row.scope}." for row in foreseen.itertuples()]
    if when > record.as_of:
        notes.append(f"The sources end on {record.as_of}; rates for {when} are as scheduled then.")
    outside = int(np.count_nonzero(~known & ~dataset.flows.domestic))
    if outside:
        value = dataset.flows.import_value[~known & ~dataset.flows.domestic].sum() / dataset.flows.import_value.sum()
        notes.append(
            f"{outside:,} lines ({value:.1%} of the value) are not in the record; they keep the dataset's rate."
        )
    return tuple(notes)
