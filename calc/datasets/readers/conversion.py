"""What a reader makes of official files, and the choices that a file leaves open.

Nothing is chosen in silence: where a column says that rows differ in a way that a dataset does not hold (years,
directions of trade, kinds of duty), a choice `key=value` makes it, and without one the file is refused in a sentence
that names the column, what stands in it, and the choice. Rows of totals are left out, and counted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from calc.datasets.codes import EconomyCodes, economies_of, members_of
from calc.datasets.readers.choices import ALL, Chosen, shown
from calc.datasets.readers.sheets import Head, Sheet
from calc.datasets.readers.source_files import SourceFile, folded
from calc.errors import DataError

EU = "EU27"
KEYS = ("importer", "exporter", "product")
COMPLETE = 0.995  # share of the value that a level of the HS must hold to count as complete


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Converted:
    """What files of one layout hold, as tables of a dataset folder.

    Parameters
    ----------
    tables : by name: flows (importer, exporter, product, value_usd), and further tables of a dataset's folder
    rates : importer, exporter (empty for all), product, tariff_pct, not yet brought to any flows; None without
    descriptions : words for products by code
    about : keys of dataset.toml but for the notes
    notes : what was chosen, left out, split or added up, with counts
    chosen : keys of the choices that were used
    revision : year of the HS that the products are of; None if they are not of the HS, or nothing says it
    """

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    rates: pd.DataFrame | None = None
    descriptions: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    chosen: frozenset[str] = frozenset()
    revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """An official layout.

    Parameters
    ----------
    name : as in `--layout`
    title : of what, and of whom, in words
    source : where its columns are documented
    columns : names by which people know it, for messages
    recognise : whether a file that begins so is in this layout
    convert : dataset tables of files of this layout, with the choices made
    """

    name: str
    title: str
    source: str
    columns: tuple[str, ...]
    recognise: Callable[[Head], bool]
    convert: Callable[[Sequence[SourceFile], Mapping[str, str]], Converted]


def economy_column(
    sheet: Sheet, column: str, system: str | None, *, importer: bool, value: str | None = None
) -> Chosen:
    """The sheet with a column's labels as economies of a dataset; totals, and groups beside members, are left out.

    Parameters
    ----------
    system : key of `calc.datasets.codes.SYSTEMS`; None to find it
    importer : whether the column names importers, else exporters
    value : number column by which the countries left are compared with the total; None to leave it

    Raises
    ------
    DataError
        A label is unknown, or nothing but totals and groups is left.
    """
    labels = pd.Index(sheet.labels(column))
    codes = economies_of(labels, system, place=f"{sheet.file}, column {column}")
    kept = _parts(codes)
    side = "importers" if importer else "partners"
    if not kept.any():
        raise DataError(
            f"{sheet.file}, column {column}: the {side} are {shown(labels)} only, which are totals; download the trade "
            "country by country."
        )
    notes = []
    frame = sheet.frame
    if not kept.all():
        out = [str(label) for label in labels[~kept]]
        rows = frame[column].isin(out)
        notes.append(
            f"{sheet.file}, column {column}: rows of totals and groups of countries, left out: {int(rows.sum()):,} "
            f"({shown(out)})."
        )
        total = frame[column].isin([label for label, kind in zip(labels, codes.kind, strict=True) if kind == "total"])
        if value is not None and total.any() and frame[value][total].sum() > 0:
            share = frame[value][~rows].sum() / frame[value][total].sum()
            notes.append(f"{sheet.file}, column {column}: the {side} left have {share:.1%} of the totals.")
        frame = frame[~rows]
    rest = [str(label) for label, kind in zip(labels, codes.kind, strict=True) if kind == "rest"]
    if rest:
        notes.append(f"{sheet.file}, column {column}: not a single country, kept under one code: {shown(rest)}.")
    to = dict(zip(labels, codes.economy, strict=True))
    name = "importer" if importer else "exporter"
    frame = frame.assign(**{name: relabel(frame[column], to)})
    return Chosen(sheet=Sheet(file=sheet.file, frame=frame, header_line=sheet.header_line), notes=tuple(notes))


def _parts(codes: EconomyCodes) -> np.ndarray:
    """Labels that are parts and no sums of others [label]: a group counts where none of its members stand beside it."""
    kind, economy = np.asarray(codes.kind, dtype=str), np.asarray(codes.economy, dtype=str)
    members = set(economy[kind == "economy"])
    kept: np.ndarray = (kind == "economy") | (kind == "rest")
    if not members & members_of(EU):
        kept |= (kind == "group") & (economy == EU)
    return kept


def relabel(column: pd.Series, to: Mapping[str, str]) -> pd.Series:
    """A column of categories under other labels, of which several may fall together; labels out of use need none."""
    old = [str(label) for label in column.cat.categories]
    codes, labels = pd.factorize(pd.Index([to.get(label, "") for label in old], dtype=str))
    values = pd.Categorical.from_codes(np.append(codes, -1)[column.cat.codes.to_numpy()], categories=pd.Index(labels))
    return pd.Series(values, index=column.index)


def hs_column(sheet: Sheet, column: str, value: str, where: Mapping[str, str]) -> Chosen:
    """The sheet with `product` codes of one depth: the finest level of the HS that holds all the value.

    Parameters
    ----------
    value : number column by which a level is complete
    where : the choice `level` decides, such as level=6

    Raises
    ------
    DataError
        There is no row of the level chosen.
    """
    labels = sheet.labels(column)
    to = {label: _hs_code(label) for label in labels}
    frame = sheet.frame.assign(product=relabel(sheet.frame[column], to))
    notes: list[str] = []
    restored = [label for label, code in to.items() if code == f"0{label}"]
    if restored:
        notes.append(f"{sheet.file}, column {column}: leading zeros restored: {len(restored):,} codes.")
    level = relabel(sheet.frame[column], {label: str(len(code)) for label, code in to.items()})
    sums = frame.groupby(level, observed=True)[value].sum()
    sums = sums[sums.index != "0"]
    if sums.empty:
        raise DataError(f"{sheet.file}, column {column}: there are only totals; download the trade by product.")
    whole = [int(name) for name in sums.index if sums[name] >= COMPLETE * sums.max()]
    chosen = int(where["level"]) if where.get("level", "").isdigit() else max(whole)
    if str(chosen) not in sums.index:
        raise DataError(
            f"{sheet.file}, column {column}: no product has {chosen} digits; there are {shown(sums.index)}. Choose "
            f"--where level={max(whole)}."
        )
    rows = level == str(chosen)
    if not rows.all():
        others = ", ".join(name for name in sums.index if int(name) != chosen)
        words = f"HS levels of {others} digits" if others else "totals"
        notes.append(
            f"{sheet.file}, column {column}: the products of {chosen} digits were taken, with "
            f"{float(sums[str(chosen)]) / float(sums.max()):.1%} of the value; rows of {words} repeat it and were left "
            f"out: {int((~rows).sum()):,}."
        )
    sheet = Sheet(file=sheet.file, frame=frame[rows], header_line=sheet.header_line)
    return Chosen(sheet=sheet, notes=tuple(notes), keys=frozenset({"level"} & set(where)))


def _hs_code(label: str) -> str:
    """Digits of a code, with the zero that a spreadsheet drops; empty for totals such as TOTAL and AG6."""
    code = label.replace(".", "").replace(" ", "")
    if not code[:1].isdigit():
        return ""
    return f"0{code}" if code.isdigit() and len(code) % 2 else code


def added_up(sheet: Sheet, numbers: Mapping[str, float]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Flows by importer, exporter and product, and how many rows fell together.

    Parameters
    ----------
    numbers : factor to US$ by number column; the first of them must be above 0

    Raises
    ------
    DataError
        A row appears twice, or no flow has a value.
    """
    frame = sheet.frame
    repeated = frame.duplicated()
    if repeated.any():
        row = frame[repeated].iloc[0]
        raise DataError(
            f"{sheet.file}: rows that repeat an earlier one in every column: {int(repeated.sum()):,}, first "
            f"{row['importer']} {row['exporter']} {row['product']}; give each file once, and download overlapping "
            "selections again."
        )
    first = next(iter(numbers))
    table = frame.groupby(list(KEYS), observed=True, sort=True)[list(numbers)].sum().reset_index()
    for column, factor in numbers.items():
        table[column] = table[column] * factor
    table[list(KEYS)] = table[list(KEYS)].astype(str)
    notes = []
    if len(table) < len(frame):
        notes.append(f"{sheet.file}: rows of the same flow, added up: {len(frame):,} to {len(table):,}.")
    empty = ~(table[first] > 0)
    if empty.any():
        notes.append(f"{sheet.file}: flows without value, left out: {int(empty.sum()):,}.")
    if empty.all():
        raise DataError(f"{sheet.file}, column {first}: no flow has a value above 0; download it again.")
    own = table["importer"] == table["exporter"]
    if own.any():
        share = float(table[first][own].sum() / table[first].sum())
        notes.append(f"{sheet.file}: imports from the economy itself (goods returned), kept: {share:.2%} of the value.")
    return table[~empty].reset_index(drop=True), tuple(notes)


def joined(sheets: Sequence[Sheet]) -> Sheet:
    """Sheets of one layout under one another, as downloads in parts come.

    Raises
    ------
    DataError
        They do not have the same columns.
    """
    if len(sheets) == 1:
        return sheets[0]
    columns = list(sheets[0].frame.columns)
    for sheet in sheets[1:]:
        if list(sheet.frame.columns) != columns:
            raise DataError(
                f"{sheet.file} has other columns than {sheets[0].file}; download both with the same selection."
            )
    text = [name for name in columns if isinstance(sheets[0].frame[name].dtype, pd.CategoricalDtype)]
    frame = pd.DataFrame(
        {
            name: pd.concat([sheet.frame[name] for sheet in sheets], ignore_index=True)
            if name not in text
            else pd.Series(pd.api.types.union_categoricals([sheet.frame[name] for sheet in sheets]))
            for name in columns
        }
    )
    return Sheet(file=" + ".join(sheet.file for sheet in sheets), frame=frame, header_line=sheets[0].header_line)


def totals_of(sheet: Sheet, column: str, totals: Sequence[str], words: str, where: Mapping[str, str]) -> Chosen:
    """The rows that are the total over a column, such as all modes of transport; needs importer, exporter, product.

    Parameters
    ----------
    totals : labels of the total
    words : what the column splits flows by, such as "mode of transport"
    where : the choice of the column's own name; `all` adds its rows up

    Raises
    ------
    DataError
        There are parts and no total, or a total for some of the flows only.
    """
    labels = sheet.labels(column)
    if len(labels) < 2 or folded(where.get(column, "")) == ALL:
        return Chosen(sheet=sheet)
    rows = sheet.frame[column].isin(list(totals))
    if not rows.any():
        raise DataError(
            f"{sheet.file}, column {column}: flows are split by {words} ({shown(labels)}) and there is no total among "
            f"them; choose one, --where {column}={labels[0]}, or add them up, --where {column}={ALL}."
        )
    keys = list(KEYS)
    whole = pd.MultiIndex.from_frame(sheet.frame[rows][keys].drop_duplicates())
    parts = pd.MultiIndex.from_frame(sheet.frame[~rows][keys].drop_duplicates())
    if without := list(parts.difference(whole)):
        raise DataError(
            f"{sheet.file}, column {column}: some flows have a total over every {words} and others, such as "
            f"{' '.join(map(str, without[0]))}, have only parts; choose one, --where {column}={labels[0]}, or download "
            "the totals."
        )
    note = (
        f"{sheet.file}, column {column}: flows are given in total and by {words}; the totals were taken and the "
        f"parts left out: {int((~rows).sum()):,} rows."
    )
    return Chosen(sheet=sheet.keep(rows), notes=(note,))


def words_by_code(sheet: Sheet, code: str, words: str | None) -> dict[str, str]:
    """Description of each label of `code`: the first that stands beside it."""
    if words is None:
        return {}
    pairs = sheet.frame[[code, words]].drop_duplicates(code).astype(str)
    return dict(zip(pairs[code], pairs[words], strict=True))
