"""The dated record of tariff measures: read from a folder of tables, and refused where it contradicts itself.

    record.toml            title, as_of, source, licence, notes
    measures.csv           one measure a row: who charges whom, by which authority, how much, on what, from when to when
    products.csv           product lists: list, code (HS prefix), the days on which the code is on the list
    mfn.csv                product (eight digits), mfn_pct, rate_type: ordinary duties of the United States
    preference-shares.csv  hs2, exporter, share_pct: trade that enters free of them under agreements
    usmca-shares.csv       product, exporter, share_pct: trade that claims USMCA
    metal-content.csv      product, steel_pct, aluminium_pct, copper_pct: metal in derivative goods
    china-schedule.csv     product, effective_date, mfn_pct, s232_pct, s301_pct: China's rates on the United States

An effective date is the first day in force, an end date the first day no longer in force; no end date means open.
A rate_type `relief` is the share of a duty's imports that claim an exclusion: it lowers what trade pays on average.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from calc.datasets.catalogue import the_one_serving
from calc.datasets.codes import known_economies
from calc.datasets.dataset import data_dir
from calc.errors import closest
from calc.files.checks import raise_first
from calc.files.table_files import Problem, TableFile, parse_table, problem_at, read_bytes
from calc.files.toml_text import parse_toml
from calc.flows import BoolArray

DayArray = npt.NDArray[np.datetime64]

FOLDER = "tariff-actions"
ABOUT = "record.toml"
WORLD = "WLD"
ALL = "all"
CHINA_SCHEDULE = "china-schedule"
OPEN = np.datetime64("9999-12-31")
START = np.datetime64("0001-01-01")
COUNTED = ("in force", "ended", "void", "scheduled")
STATUSES = (*COUNTED, "suspended", "threatened")
RATE_TYPES = ("add", "total", "relief", "schedule", "none")
# Authorities for people; `ieepa` and `retaliation` stand for all that begin so.
AUTHORITY_WORDS: Mapping[str, str] = {
    "base": "Ordinary duty",
    "s301": "Section 301",
    "s301_labour": "Section 301 (forced labour)",
    "s232": "Section 232",
    "s201": "Section 201",
    "s122": "Section 122",
    "s338": "Section 338",
    "ieepa": "IEEPA",
    "ieepa_fentanyl": "IEEPA (fentanyl)",
    "ieepa_reciprocal": "IEEPA (reciprocal)",
    "ieepa_other": "IEEPA (other)",
    "export_control": "Export controls",
    "retaliation": "China's retaliation",
    "retaliation_s232": "Retaliation for Section 232",
    "retaliation_s301": "Retaliation for Section 301",
    "retaliation_fentanyl": "Retaliation for the fentanyl duty",
    "retaliation_reciprocal": "Retaliation for the reciprocal duty",
}
BASES = ("value", "steel", "aluminium", "copper")
UNDER_S232 = ("stacks", "yields")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "measures.csv": (
        "measure",
        "imposer",
        "target",
        "authority",
        "programme",
        "rate_pct",
        "rate_type",
        "products",
        "except_products",
        "basis",
        "usmca_relief_pct",
        "under_s232",
        "effective_date",
        "end_date",
        "status",
        "scope",
        "source",
    ),
    "products.csv": ("list", "code", "effective_date", "end_date"),
    "mfn.csv": ("product", "mfn_pct", "rate_type"),
    "preference-shares.csv": ("hs2", "exporter", "share_pct"),
    "usmca-shares.csv": ("product", "exporter", "share_pct"),
    "metal-content.csv": ("product", "steel_pct", "aluminium_pct", "copper_pct"),
    "china-schedule.csv": ("product", "effective_date", "mfn_pct", "s232_pct", "s301_pct"),
}
_WORDS = (
    ("status", STATUSES),
    ("rate_type", RATE_TYPES),
    ("basis", BASES),
    ("under_s232", UNDER_S232),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TariffRecord:
    """Measures by day, with everything that their rates need.

    Parameters
    ----------
    title, source, licence : words of record.toml
    as_of : last day that its sources cover
    measures : one measure a row; dates as datetime64, `end_date` open at `OPEN`; rates in per cent, NaN where none
    products : list, code, effective_date, end_date
    mfn : product, mfn_pct, rate_type
    preference_shares, usmca_shares, metal_content, china_schedule : as in their files, percentages
    notes : what is left out or carried over, in words
    sha256 : hex digest of every file read
    """

    title: str
    as_of: np.datetime64
    source: str
    licence: str
    measures: pd.DataFrame
    products: pd.DataFrame
    mfn: pd.DataFrame
    preference_shares: pd.DataFrame
    usmca_shares: pd.DataFrame
    metal_content: pd.DataFrame
    china_schedule: pd.DataFrame
    notes: tuple[str, ...]
    sha256: Mapping[str, str]


def read_record(folder: str | Path | None = None) -> TariffRecord:
    """The built-in record, or one in a folder of the same files.

    Raises
    ------
    DataError
        A file is missing or breaks a rule.
    """
    place = Path(folder) if folder is not None else data_dir() / FOLDER
    tables, about, sha256, problems = _read_files(place)
    if not problems:
        problems = _check_tables(tables, str(about["as_of"]))
    raise_first(problems)
    frames = {file: _typed(file, table.frame) for file, table in tables.items()}
    return TariffRecord(
        title=str(about["title"]),
        as_of=np.datetime64(str(about["as_of"])),
        source=str(about["source"]),
        licence=str(about["licence"]),
        measures=frames["measures.csv"],
        products=frames["products.csv"],
        mfn=frames["mfn.csv"],
        preference_shares=frames["preference-shares.csv"],
        usmca_shares=frames["usmca-shares.csv"],
        metal_content=frames["metal-content.csv"],
        china_schedule=frames["china-schedule.csv"],
        notes=tuple(about["notes"]),
        sha256=MappingProxyType(sha256),
    )


def check_record(folder: str | Path | None = None) -> tuple[Problem, ...]:
    """Every problem of a record; empty if it is valid."""
    tables, about, _, problems = _read_files(Path(folder) if folder is not None else data_dir() / FOLDER)
    return problems or _check_tables(tables, str(about["as_of"]))


def days(values: pd.Series, blank: np.datetime64) -> DayArray:
    """Dates of a column of text, `blank` where a cell is empty, NaT where it is not a date."""
    parsed = pd.to_datetime(values.where(values != "", None), format="%Y-%m-%d", errors="coerce")
    found: DayArray = parsed.to_numpy().astype("datetime64[D]")
    return np.where((values == "").to_numpy(), blank, found)


def _read_files(
    folder: Path,
) -> tuple[dict[str, TableFile], dict[str, list[str] | str], dict[str, str], tuple[Problem, ...]]:
    tables: dict[str, TableFile] = {}
    sha256: dict[str, str] = {}
    problems: list[Problem] = []
    about: dict[str, list[str] | str] = {}
    for file in (ABOUT, *COLUMNS):
        data = read_bytes(folder / file, file, folder)
        if isinstance(data, Problem):
            problems.append(data)
            continue
        sha256[file] = hashlib.sha256(data).hexdigest()
        if file == ABOUT:
            try:
                about = parse_toml(data.decode())
            except ValueError as error:  # also what is not UTF-8
                problems.append(Problem(file=file, rule=f"it is not TOML: {error}", remedy="correct the line"))
                continue
            missing = [key for key in ("title", "as_of", "source", "licence", "notes") if key not in about]
            if missing:
                problems.append(Problem(file=file, rule=f"{', '.join(missing)} is missing", remedy="add it"))
            continue
        table = parse_table(file, data)
        if isinstance(table, Problem):
            problems.append(table)
            continue
        missing = [name for name in COLUMNS[file] if name not in table.frame]
        if missing:
            rule = f"the column is missing; the file has {', '.join(table.frame.columns)}"
            problems.append(Problem(file=file, line=1, column=missing[0], rule=rule, remedy="add it"))
        tables[file] = table
    return tables, about, sha256, tuple(problems)


def _typed(file: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Columns of a checked table as dates and numbers."""
    typed = {}
    for name in COLUMNS[file]:
        if name == "effective_date":
            typed[name] = days(frame[name], START)
        elif name == "end_date":
            typed[name] = days(frame[name], OPEN)
        elif name.endswith("_pct"):
            typed[name] = pd.to_numeric(frame[name].where(frame[name] != "", None)).to_numpy(dtype=float)
        else:
            typed[name] = frame[name].to_numpy(dtype=object)
    return pd.DataFrame(typed)


def _check_tables(tables: Mapping[str, TableFile], as_of: str) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    for file, table in tables.items():
        problems += _check_cells(file, table)
    if not problems:
        problems += _check_products(tables)
        problems += _check_measures(tables, as_of)
    if not problems:
        problems += _check_periods(tables["measures.csv"])
    return tuple(problems)


def _check_cells(file: str, table: TableFile) -> list[Problem]:
    """Dates are dates, numbers numbers, shares from 0 to 100, and an end follows its start."""
    frame = table.frame
    problems: list[Problem] = []
    for name in [name for name in COLUMNS[file] if name.endswith("_date")]:
        bad = np.isnat(days(frame[name], OPEN))
        problems += problem_at(table, bad, name, "is not a date", "write it as 2025-11-10")
    for name in [name for name in COLUMNS[file] if name.endswith("_pct")]:
        number = pd.to_numeric(frame[name].where(frame[name] != "", None), errors="coerce").to_numpy(dtype=float)
        blank = np.asarray(frame[name] == "", dtype=bool)
        needed = np.full(len(frame), not (file == "measures.csv" and name == "rate_pct"))
        problems += problem_at(table, np.isnan(number) & (~blank | needed), name, "is not a number", "write per cent")
        high = 100.0 if name in ("share_pct", "usmca_relief_pct") or file == "metal-content.csv" else 1000.0
        outside = (np.nan_to_num(number) < 0) | (np.nan_to_num(number) > high)
        problems += problem_at(table, outside, name, f"is outside 0 to {high:g}%", "correct the rate")
    if "end_date" in frame and not problems:
        ends_first = days(frame["end_date"], OPEN) <= days(frame["effective_date"], START)
        rule = "is not after the effective date, and the end date is the first day no longer in force"
        problems += problem_at(table, ends_first, "end_date", rule, "correct one of the two dates")
    return problems


def _check_products(tables: Mapping[str, TableFile]) -> list[Problem]:
    """Codes are HS prefixes that begin, or lie under, a heading of the tariff; a list names a code once a day."""
    table = tables["products.csv"]
    codes = table.frame["code"]
    known = set(tables["mfn.csv"].frame["product"].str[:4]) | set(tables["china-schedule.csv"].frame["product"].str[:4])
    known |= {code[:2] for code in known} | {"98", "99"}
    right = np.asarray(codes.str.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{8}|\d{10}"), dtype=bool)
    home = np.asarray(codes.str[:4].isin(known) | codes.str[:2].isin(("98", "99")), dtype=bool)
    problems = list(
        problem_at(table, ~right, "code", "is not an HS code of 2 to 10 digits", "write it with its leading zeros")
        + problem_at(table, right & ~home, "code", "is under no heading of the tariff schedule", "correct the code")
    )
    if not problems:
        key = table.frame["list"] + " " + codes
        problems += _overlaps(table, key, "code", "is on its list twice on the same day")
    return problems


def _check_measures(tables: Mapping[str, TableFile], as_of: str) -> list[Problem]:
    """Words, economies and lists are known; a rate is given where one is charged; status and dates agree."""
    table = tables["measures.csv"]
    frame = table.frame
    problems: list[Problem] = []
    problems += problem_at(
        table, frame["measure"].duplicated().to_numpy(), "measure", "repeats an earlier measure", "give it a new number"
    )
    for name, words in _WORDS:
        bad = ~frame[name].isin(words).to_numpy()
        problems += problem_at(table, bad, name, f"is not one of {', '.join(words)}", "choose one of them")
    problems += _check_economies(table)
    lists = set(tables["products.csv"].frame["list"]) | {ALL, CHINA_SCHEDULE}
    for name in ("products", "except_products"):
        unknown = frame[name].map(lambda cell: next((x for x in cell.split(";") if x and x not in lists), ""))
        bad = (unknown != "").to_numpy()
        close = closest(str(unknown[bad].iloc[0]), lists) if bad.any() else None
        remedy = (
            f"did you mean {close!r}? Otherwise add the list to products.csv" if close else "add it to products.csv"
        )
        problems += problem_at(table, bad, name, "names a list that products.csv does not have", remedy)
    problems += problem_at(table, (frame["products"] == "").to_numpy(), "products", "is empty", "write a list, or all")
    charged = ~frame["rate_type"].isin(("schedule", "none"))
    rule = "has no rate, and its rate_type needs one"
    bad = (charged & (frame["rate_pct"] == "")).to_numpy()
    problems += problem_at(table, bad, "rate_pct", rule, "write per cent, or rate_type none")
    closed = (frame["status"].isin(("ended", "void")) & (frame["end_date"] == "")).to_numpy()
    remedy = "write the end date, or status in force"
    problems += problem_at(table, closed, "status", "contradicts the empty end date", remedy)
    unseen = frame["status"].isin(("ended", "void")).to_numpy() & (
        days(frame["end_date"], START) > np.datetime64(as_of)
    )
    rule = f"is said of an end after {as_of}, where the sources end"
    remedy = "write in force, and what follows in a row with status scheduled"
    problems += problem_at(table, unseen, "status", rule, remedy)
    problems += problem_at(
        table,
        (frame["source"].str.strip() == "").to_numpy(),
        "source",
        "is empty",
        "name where the measure is published",
    )
    return problems


def _check_economies(table: TableFile) -> list[Problem]:
    countries = pd.read_csv(
        data_dir() / the_one_serving("fine-lines:USA") / "countries.csv", dtype=str, keep_default_na=False
    )
    known = {*countries["economy"], *known_economies(), WORLD}
    problems: list[Problem] = []
    for name in ("imposer", "target"):
        first = table.frame[name].map(lambda cell: next((x for x in cell.split(";") if x not in known), None))
        bad = first.notna().to_numpy()
        close = closest(str(first[bad].iloc[0]), known) if bad.any() else None
        remedy = f"did you mean {close!r}? Otherwise use a code of countries.csv" if close else "use a known code"
        problems += problem_at(table, bad, name, "names an economy that is not known", remedy)
    return problems


def _check_periods(table: TableFile) -> list[Problem]:
    """Measures of one programme on the same lists and target follow one another without overlap and without gap."""
    frame = table.frame
    counted = frame["status"].isin(COUNTED) & (frame["rate_type"] != "none")
    rows = frame.index[counted.to_numpy()]
    key = frame[["imposer", "authority", "programme", "products", "basis", "target"]].loc[rows]
    key = key.assign(target=key["target"].str.split(";")).explode("target")
    joined = key.agg("|".join, axis=1)
    problems = _overlaps(
        table, joined, "effective_date", "overlaps another measure of the same programme, list and target"
    )
    if problems:
        return problems
    # a rate for all partners may fill the days between two rates for one of them
    ends, starts = days(frame["end_date"], OPEN), days(frame["effective_date"], START)
    position = frame.index.get_indexer(joined.index)
    labels = joined.to_numpy(dtype=str)
    order = np.lexsort((starts[position], labels))
    same = labels[order][1:] == labels[order][:-1]
    earlier, later = position[order][:-1], position[order][1:]
    gap = np.zeros(len(frame), dtype=bool)
    programme = (
        frame[["imposer", "authority", "programme", "products", "basis"]].agg("|".join, axis=1).to_numpy(dtype=str)
    )
    world = (frame["target"] == WORLD).to_numpy() & counted.to_numpy()
    for before, after in zip(earlier[same], later[same], strict=True):
        filled = world & (programme == programme[after]) & (starts <= ends[before]) & (ends >= starts[after])
        gap[after] |= bool(starts[after] > ends[before]) and not filled.any()
    rule = "leaves a gap after the measure before it"
    return list(problem_at(table, gap, "effective_date", rule, "close the gap, or write the days between at rate 0"))


def _overlaps(table: TableFile, key: pd.Series, column: str, rule: str) -> list[Problem]:
    """Rows whose key was on an earlier row with a period that is not over; `key` is indexed like the table's frame."""
    frame = table.frame
    position = frame.index.get_indexer(key.index)
    starts, ends = days(frame["effective_date"], START)[position], days(frame["end_date"], OPEN)[position]
    labels = key.to_numpy(dtype=str)
    order = np.lexsort((starts, labels))
    clash = (labels[order][1:] == labels[order][:-1]) & (starts[order][1:] < ends[order][:-1])
    bad: BoolArray = np.zeros(len(frame), dtype=bool)
    bad[position[order[1:][clash]]] = True
    return list(problem_at(table, bad, column, rule, "end the earlier one first, or delete one of them"))


def names(cell: str) -> Sequence[str]:
    """Entries of a cell that holds several, separated by semicolons."""
    return tuple(name for name in cell.split(";") if name)
