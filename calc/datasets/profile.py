"""What was understood of a dataset folder, in a few lines, for a person to see a wrong reading at a glance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from calc.datasets.codes import SYSTEMS, sorts_of
from calc.datasets.dataset import Content, Dataset, build
from calc.datasets.layout import DEFAULT_SET
from calc.datasets.table_rows import readable
from calc.datasets.totals import own_rows
from calc.files.checks import Codes
from calc.files.table_files import shown
from calc.flows import Array

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the tables of a folder hold, as they were understood.

    Parameters
    ----------
    rows, value : of flows, and their US$, totals among them
    importers, partners, products : labels, those with most value first
    codes : how partners are written, in words
    levels : rows by number of digits of the product; 0 for codes that are not digits
    year, flow : what columns say of every row, or else dataset.toml; empty where nothing does
    totals : labels of totals by column
    counted_twice : US$ of their rows
    own_rows, own_value : rows in which an economy buys from itself, and their US$
    own_words : what these rows are taken for
    tariff_share, elasticity_share, group_share : share of the value with a tariff above 0, with an elasticity of its
        own, and from an economy in a group; None where there is an error
    """

    rows: int
    value: float
    importers: tuple[str, ...]
    partners: tuple[str, ...]
    products: tuple[str, ...]
    codes: str
    levels: Mapping[int, int]
    year: str
    flow: str
    totals: Mapping[str, tuple[str, ...]]
    counted_twice: float
    own_rows: int
    own_value: float
    own_words: str
    tariff_share: float | None = None
    elasticity_share: float | None = None
    group_share: float | None = None

    def lines(self) -> tuple[str, ...]:
        """The profile as text, a line a fact."""
        return tuple(f"{name}: {words}" for name, words in self.facts().items())

    def facts(self) -> dict[str, str]:
        """The profile in words by the name of each fact."""
        depth = [
            f"{size} digits: {count:,} rows" if size else f"no digits: {count:,} rows"
            for size, count in self.levels.items()
        ]
        totals = [f"{column} {_some(labels)}" for column, labels in self.totals.items()]
        facts = {
            "Rows": f"{self.rows:,} flows, US$ {self.value:,.0f}",
            "Importers": _some(self.importers),
            "Partners": f"{_some(self.partners)}{f'; {self.codes}' if self.codes else ''}",
            "Products": f"{_some(self.products)}; {', '.join(depth)}",
            "Year": self.year or "not said",
            "Direction": self.flow or "no column says so; taken as imports of the importer",
            "Totals": f"{'; '.join(totals)}; US$ {self.counted_twice:,.0f}" if totals else "none found",
        }
        if self.own_rows:
            facts["Own rows"] = f"{self.own_rows:,} rows, US$ {self.own_value:,.0f}, taken as {self.own_words}"
        shares = (
            ("With a tariff above 0", self.tariff_share),
            ("With an elasticity of its own", self.elasticity_share),
            ("From an economy in a group", self.group_share),
        )
        return facts | {name: f"{share:.1%} of the value" for name, share in shares if share is not None}


def profile_of(content: Content) -> Profile | None:
    """The profile of what was read of a folder; None where its flows cannot be read."""
    flows = content.tables.rows.get("flows")
    if flows is None or not readable(flows):
        return None
    value, codes = flows.numbers["value_usd"], flows.codes
    about, said, own = content.about, content.tables.said, own_rows(flows)
    product = codes["product"]
    size = np.where(product.labels.str.fullmatch(r"\d+"), product.labels.str.len(), 0).astype(int)[product.codes]
    levels, counts = np.unique(size, return_counts=True)
    systems = sorts_of(codes["exporter"].labels)["system"]
    system = systems[systems != ""].mode()
    totals = content.tables.totals
    columns = dict.fromkeys(total.column for total in totals)
    at_home = about is not None and about.own_rows_are_sales
    profile = Profile(
        rows=len(value),
        value=float(value.sum()),
        importers=_labels(codes["importer"], value),
        partners=_labels(codes["exporter"], value),
        products=_labels(product, value),
        codes=SYSTEMS[str(system.iloc[0])] if len(system) else "",
        levels=dict(zip(levels.tolist(), counts.tolist(), strict=True)),
        year=said.get("year") or said.get("period") or (f"{about.year} (dataset.toml)" if about else ""),
        flow=said.get("flow", ""),
        totals={column: tuple(n for t in totals if t.column == column for n in t.labels) for column in columns},
        counted_twice=sum(total.value for total in totals if total.certain),
        own_rows=int(own.sum()),
        own_value=float(value[own].sum()),
        own_words="domestic sales" if at_home else "imports (goods returned)",
    )
    if any(problem.severity == "error" for problem in content.problems):
        return profile
    return with_shares(profile, build("", content))


def with_shares(profile: Profile, dataset: Dataset) -> Profile:
    """A profile with the shares of trade that have a tariff, an elasticity and a group."""
    flows, weight = dataset.flows, dataset.flows.import_value / dataset.flows.import_value.sum()
    basis = dataset.elasticities[DEFAULT_SET].basis
    stated = np.asarray(basis.categories != "default", dtype=bool)[basis.codes][flows.market]
    grouped = np.asarray(dataset.countries["groups"].astype(str) != "", dtype=bool)[flows.exporter]
    shares = [float(weight[rows].sum()) for rows in (flows.tariff_rate > 0, stated, grouped)]
    return replace(profile, tariff_share=shares[0], elasticity_share=shares[1], group_share=shares[2])


def _labels(codes: Codes, value: Array) -> tuple[str, ...]:
    """Labels in use, those with most value first."""
    sums = np.bincount(codes.codes, weights=value, minlength=len(codes.labels))
    used = np.bincount(codes.codes, minlength=len(codes.labels)) > 0
    order = np.argsort(-sums, kind="stable")
    return tuple(str(label) for label in codes.labels[order[used[order]]])


def _some(labels: Sequence[str]) -> str:
    names = ", ".join(shown(label) for label in labels[:_SHOWN])
    return f"{len(labels):,} ({names}{', …' if len(labels) > _SHOWN else ''})"
