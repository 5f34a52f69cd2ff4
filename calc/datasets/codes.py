"""The codes and names by which statistical offices know economies, and the code that a dataset uses for each.

    iso3     CHN            ISO 3166-1 alpha-3, and what UN Comtrade and WITS write beside it (W00, ROM, S19)
    iso2     CN             ISO 3166-1 alpha-2, and UK and EL of EU statistics
    m49      156, 036, 36   UN M49, and what UN Comtrade and BACI write beside it (842, 699, 757, 490)
    census   5700           Schedule C of the US Census Bureau, with its groups of countries (0003, 4XXX) and '-'
    name     China          English names, and how the offices vary them

The tables stand in `data/codes/`. A code is an economy, a group beside its members, the total of all partners, or
a rest that no office splits.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from calc.datasets.data_folder import data_dir
from calc.datasets.total_words import means_all
from calc.errors import DataError, did_you_mean

CODES = "codes"
SYSTEMS: Mapping[str, str] = {
    "iso3": "ISO codes of three letters",
    "iso2": "ISO codes of two letters",
    "m49": "numbers of the UN (M49)",
    "census": "codes of the US Census Bureau (Schedule C)",
    "name": "English names",
}
_NEAR = 3
_OUTSIDE = "Outside "


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EconomyCodes:
    """What the labels of a column of economies stand for.

    Parameters
    ----------
    system : a key of `SYSTEMS`
    economy : code of each label in a dataset, empty for a group that has none [label]
    kind : "economy", "group", "total" or "rest" [label]
    name : in words [label]
    """

    system: str
    economy: pd.Index
    kind: pd.Index
    name: pd.Index


def economies_of(labels: pd.Index, system: str | None = None, *, place: str = "economies") -> EconomyCodes:
    """What labels of economies stand for; the system is the one that knows every label, unless it is given.

    Parameters
    ----------
    labels : each distinct label once, as it stands in the file
    system : a key of `SYSTEMS`; None to find it
    place : file and column, for messages

    Raises
    ------
    DataError
        No system knows every label: names the labels that stand apart, and what they probably are.

    Examples
    --------
    >>> economies_of(pd.Index(["842", "156"])).economy.tolist()
    ['USA', 'CHN']
    """
    folded = {name: _folded(labels, name) for name in ([system] if system else SYSTEMS)}
    known = {name: np.asarray(folded[name].isin(_table(name).index), dtype=bool) for name in folded}
    best = max(known, key=lambda name: int(known[name].sum()))
    if not known[best].all():
        raise DataError(_unknown(labels, known, best, place, given=system is not None))
    rows = _table(best).loc[folded[best]]
    return EconomyCodes(
        system=best, economy=pd.Index(rows["economy"]), kind=pd.Index(rows["kind"]), name=pd.Index(rows["name"])
    )


def sorts_of(labels: pd.Index) -> pd.DataFrame:
    """What labels stand for in a column that may hold any: kind, economy, name, system; empty where unknown.

    Their system is the one that knows most of them; a total or group of another system counts too. `sure` says
    whether the label is of their own system, or a word. One row a label.
    """
    found = {column: np.full(len(labels), "", dtype=object) for column in ("kind", "economy", "name", "system")}
    place, known = {}, {}
    for system in SYSTEMS:
        place[system] = _table(system).index.get_indexer(_folded(labels, system))
        known[system] = place[system] >= 0
        if known[system].all():
            break  # nothing is left for the other systems, whose tables take 50 ms to prepare
    best = max(known, key=lambda system: int(known[system].sum()))
    own = best if 2 * int(known[best].sum()) > len(labels) else ""
    words = np.asarray(labels.astype(str).str.contains(r"[^\W\d_]", regex=True), dtype=bool)
    for system in sorted(known, key=lambda system: system != own):
        rows = {column: np.asarray(_table(system)[column], dtype=object) for column in ("kind", "economy", "name")}
        kind = rows["kind"][place[system]]
        fits = known[system] & (found["kind"] == "")
        if system != own:
            fits &= (kind == "total") | ((kind == "group") & words)
        for column, values in rows.items():
            found[column][fits] = values[place[system][fits]]
        found["system"][fits] = system
    for k in np.flatnonzero((found["kind"] == "") & words).tolist():
        if means_all(str(labels[k])):
            found["kind"][k], found["economy"][k], found["name"][k] = "total", "WLD", "by its words"
    return pd.DataFrame({**found, "sure": (found["system"] == own) | words})


def meaning_of(label: str) -> str:
    """Code of the economy that a single label most probably means, whatever its system; empty if nothing knows it.

    Examples
    --------
    >>> meaning_of("156"), meaning_of("Korea, South"), meaning_of("Atlantis")
    ('CHN', 'KOR', '')
    """
    return next((known.economy for known in known_as(label)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What one label stands for in one system; the fields are those of `EconomyCodes`."""

    system: str
    economy: str
    kind: str
    name: str


@lru_cache(maxsize=2048)
def known_as(label: str) -> tuple[Known, ...]:
    """What a label stands for, in each system that has it; empty if none has."""
    found = []
    for system in SYSTEMS:
        table, key = _table(system), _fold(label, system)
        if key in table.index:
            row = table.loc[key]
            found.append(
                Known(system=system, economy=str(row["economy"]), kind=str(row["kind"]), name=str(row["name"]))
            )
    return tuple(found)


@lru_cache(maxsize=1)
def all_partner_codes() -> frozenset[str]:
    """What offices write for all partners together, in small letters: wld, w00, world, 000, mfn, -."""
    special = _special()
    codes = special["code"][special["kind"] == "total"].str.casefold()
    return (frozenset(codes) | {"0", "00", "000", "0000", "001", "mfn", "erga omnes"}) - {"1"}


def countries_of(economies: pd.Index, names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """The countries table of a dataset: economy, name, iso_numeric, groups; one row a code, in the order given.

    Parameters
    ----------
    names : words for codes that the tables do not know; without them the code is the name
    """
    words = {"EU27": "European Union", "ROW": "Rest of the world", "NES": "Areas not elsewhere specified"} | dict(
        names or {}
    )
    known = _economies().set_index("economy").reindex(economies)
    fallback = pd.Series([words.get(code, code) for code in economies], index=known.index)
    return pd.DataFrame(
        {
            "economy": economies,
            "name": known["name"].fillna(fallback).to_numpy(),
            "iso_numeric": known["m49"].fillna("").to_numpy(),
            "groups": known["groups"].fillna("").to_numpy(),
        }
    )


def members_of(group: str) -> frozenset[str]:
    """Economies of a group such as EU27, OECD, or Outside EU27."""
    if group.startswith(_OUTSIDE):
        return known_economies() - members_of(group.removeprefix(_OUTSIDE))
    return _groups().get(group, frozenset())


def known_economies() -> frozenset[str]:
    """Codes of all economies."""
    return frozenset(_economies()["economy"])


def named_group(group: str) -> str:
    """A group with its name in words where it has one: "European Union, EU27"; else the group alone."""
    table = _table("iso3")
    words = str(table["name"].loc[group]) if group in table.index else ""
    return f"{words}, {group}" if words and words != group else group


@lru_cache(maxsize=1)
def _groups() -> Mapping[str, frozenset[str]]:
    """Economies of each group: those of the datasets, and those of official tables that no dataset uses as its own."""
    members: dict[str, set[str]] = {}
    own, table = _economies(), pd.read_csv(data_dir() / CODES / "groups.csv", dtype=str)
    for economy, groups in zip(own["economy"], own["groups"], strict=True):
        for group in groups.split(";"):
            members.setdefault(group, set()).add(economy)
    members |= {group: set(names.split()) for group, names in zip(table["group"], table["members"], strict=True)}
    return {group: frozenset(names) for group, names in members.items()}


@lru_cache(maxsize=1)
def _economies() -> pd.DataFrame:
    return pd.read_csv(data_dir() / CODES / "economies.csv", dtype=str, keep_default_na=False)


@lru_cache(maxsize=1)
def _special() -> pd.DataFrame:
    """Groups, totals and rests in each system."""
    return pd.read_csv(data_dir() / CODES / "special.csv", dtype=str, keep_default_na=False)


@lru_cache(maxsize=len(SYSTEMS))
def _table(system: str) -> pd.DataFrame:
    """economy, kind and name by folded label of one system."""
    own = _economies()
    special = _special()
    parts = [special[special["system"] == system][["code", "economy", "kind", "name"]]]
    column = "economy" if system == "iso3" else system
    words = own.assign(code=own[column].str.split(" ")).explode("code") if system == "census" else own
    words = words.assign(code=words["code"] if system == "census" else words[column], kind="economy")
    parts.append(words[words["code"] != ""][["code", "economy", "kind", "name"]])
    if system == "name":
        variants = pd.read_csv(data_dir() / CODES / "names.csv", dtype=str, keep_default_na=False)
        named = variants.rename(columns={"name": "code"}).merge(own[["economy", "name"]], on="economy", how="left")
        parts.append(named.assign(kind="economy")[["code", "economy", "kind", "name"]])
    table = pd.concat(parts, ignore_index=True)
    table["code"] = _folded(pd.Index(table["code"]), system)
    return table.drop_duplicates("code").set_index("code")


def _folded(labels: pd.Index, system: str) -> pd.Index:
    """Labels as they are looked up."""
    return pd.Index([_fold(str(label), system) for label in labels], dtype=str)


def _fold(label: str, system: str) -> str:
    """A label without blanks, case, leading zeros of M49, accents and marks of names."""
    text = label.strip()
    if system == "m49":
        number = text.removesuffix(".0")
        return number.lstrip("0") or number[-1:] if number[:1] == "0" and number.isdigit() else number
    if system == "name":
        return _folded_name(text)
    if system == "census" and len(text) <= 3 and text.isascii() and text.isdigit():
        return text.zfill(4)
    return text.upper()


def _folded_name(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.partition(" --- ")[0]).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", " ", plain.casefold().replace("&", " and ").replace("'", "")).split()
    return " ".join(word for word in words if word != "the")


def _unknown(labels: pd.Index, known: Mapping[str, np.ndarray], best: str, place: str, *, given: bool) -> str:
    apart = [str(label) for label in labels[~known[best]]]
    shown = ", ".join(repr(label) for label in apart[:_NEAR]) + (", …" if len(apart) > _NEAR else "")
    if not known[best].any():
        return (
            f"{place}: no known system of codes ({'; '.join(SYSTEMS.values())}) has {shown}; "
            "write ISO codes of three letters, such as CHN."
        )
    meant = {label: meaning_of(label) for label in apart[:_NEAR]}
    if not given and all(meant.values()):
        remedy = "; write " + ", ".join(f"{code} for {label!r}" for label, code in meant.items())
        return f"{place}: most codes are {SYSTEMS[best]}, and {shown} are not{remedy}."
    near = did_you_mean(apart[0], _table(best).index) if best in ("iso3", "name") else ""
    return f"{place}: codes are {SYSTEMS[best]}, and {shown} {'is' if len(apart) == 1 else 'are'} not among them{near}."
