"""The finest tariff lines each country's duties are calculated on, with the product lists matched to them.

For the United States these are its HS10 lines by partner of 2024, whatever the dataset: lists meet inside an HS6 code.
A partner without such lines borrows them: a member those of its group (Germany those of EU27), any other the mix of all
partners together. For China they are the dataset's own lines. Prepared once for a dataset.

    line of the dataset -> cell (partner that lends its fine lines x product) -> fine lines

The members of a group share its cells, and the rate of a cell is reckoned once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from calc.datasets.catalogue import the_one_serving
from calc.datasets.codes import members_of
from calc.datasets.dataset import Dataset, data_dir, kept_with_dataset
from calc.datasets.lookup import longest_prefix
from calc.flows import Array, BoolArray, Flows, IntArray, sum_by_code
from calc.tariffs.record import ALL, CHINA_SCHEDULE, DayArray, TariffRecord, names

ShortArray = npt.NDArray[np.int16]

_REST = ""  # partners that no row of the record names: their rates are the same, and so are their fine lines


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Members:
    """Codes of one product list matched to the products of a side, short prefixes first [match]."""

    product: IntArray
    depth: IntArray
    effective: DayArray
    end: DayArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """Fine lines of one imposer.

    Parameters
    ----------
    imposer : economy
    products : codes
    product, cell : code and cell of each fine line [fine]
    share : share of the fine line in its cell; sums to 1 [fine]
    line, cell_of_line : lines of the dataset that the side speaks of, and the cell of each [line of the side]
    base : ordinary duty [fine]; None where it changes with the day
    usmca_share : s [fine]
    content : metal content by metal [product]
    of_economy : fine lines of each partner
    members : product lists
    notes : whose fine lines stand for whom
    """

    imposer: str
    products: pd.Index
    product: IntArray
    cell: IntArray
    share: Array
    line: IntArray
    cell_of_line: IntArray
    base: Array | None
    usmca_share: Array
    content: Mapping[str, Array]
    of_economy: Mapping[str, IntArray]
    members: Mapping[str, Members]
    notes: tuple[str, ...] = ()

    def on_lines(self, rate: Array) -> Array:
        """Rate of each line of the side, the mean over its fine lines [line of the side]."""
        by_cell = sum_by_code(self.cell, self.share * rate, int(self.cell_of_line.max()) + 1)
        return by_cell[self.cell_of_line]


@kept_with_dataset(most=1)
def sides_of(dataset: Dataset, record: TariffRecord) -> tuple[Side, ...]:
    """Fine lines of the importers that the record knows, prepared once for a dataset."""
    flows = dataset.flows
    digits = flows.products.str.isdigit() & (flows.products.str.len() >= 6)
    found = (make(dataset, record, np.asarray(digits, dtype=bool)) for make in (_us_side, _china_side))
    return tuple(side for side in found if side is not None)


def _us_side(dataset: Dataset, record: TariffRecord, digits: BoolArray) -> Side | None:
    flows = dataset.flows
    american = flows.importer == flows.economies.get_indexer(pd.Index(["USA"]))[0]
    lines = np.flatnonzero(american & ~flows.domestic & digits[flows.product])
    if not len(lines):
        return None
    lender, fine = _borrowed(flows.economies, np.unique(flows.exporter[lines]), record)
    # each fine line belongs to the product whose code begins it
    home = longest_prefix(flows.products, pd.Index(fine["product"]))
    lenders = pd.Index(fine["exporter"].unique())
    size = len(flows.products)
    key = lenders.get_indexer(lender)[flows.exporter[lines]] * size + flows.product[lines]
    wanted = np.where(home >= 0, lenders.get_indexer(pd.Index(fine["exporter"])) * size + home, -1)
    keys = np.intersect1d(key, wanted)  # the cells
    if not len(keys):
        return None
    cell = pd.Index(keys).get_indexer(pd.Index(wanted))
    fine, cell = fine[cell >= 0].reset_index(drop=True), cell[cell >= 0]
    cell_of_line = pd.Index(keys).get_indexer(pd.Index(key))
    line, cell_of_line = lines[cell_of_line >= 0], cell_of_line[cell_of_line >= 0]
    value = fine["value_usd"].to_numpy(dtype=float)
    share = value / sum_by_code(cell, value, len(keys))[cell]
    product, labels = pd.factorize(fine["product"])
    products = pd.Index(labels)
    exporter = fine["exporter"].to_numpy()
    usmca = _joined(record.usmca_shares, ["product", "exporter"], fine)
    chapters = pd.DataFrame({"hs2": fine["product"].str[:2], "exporter": exporter})
    preference = _joined(record.preference_shares, ["hs2", "exporter"], chapters)
    row = longest_prefix(record.mfn["product"], products)
    ordinary = np.where(row >= 0, record.mfn["mfn_pct"].to_numpy()[row] / 100, 0.0)
    metal = record.metal_content.set_index("product").reindex(products)
    return Side(
        imposer="USA",
        products=products,
        product=product,
        cell=cell,
        share=share,
        line=line,
        cell_of_line=cell_of_line,
        base=ordinary[product] * (1 - preference) * (1 - usmca),
        usmca_share=usmca,
        content={name: metal[f"{name}_pct"].fillna(0.0).to_numpy() / 100 for name in ("steel", "aluminium", "copper")},
        of_economy=_lines_of(exporter),
        members=_match(record, products),
        notes=_whose(flows, line, lender),
    )


def _borrowed(economies: pd.Index, sellers: IntArray, record: TariffRecord) -> tuple[pd.Index, pd.DataFrame]:
    """Partner whose fine lines each economy has [economy], and the fine lines: exporter, product, value_usd.

    A partner that has none, and is in no group that has them, takes the mix of all partners: under its own code where
    a measure names it, else as one of the rest.

    Parameters
    ----------
    sellers : positions of the economies that sell to the United States
    """
    file = data_dir() / the_one_serving("fine-lines:USA") / "flows.parquet"
    fine = pd.read_parquet(file, columns=["exporter", "product", "value_usd"])
    own = pd.Index(fine["exporter"].unique())
    group = {member: code for code in own for member in members_of(code)}
    named = {target for cell in record.measures["target"] for target in names(cell)}
    lender = economies.to_numpy(dtype=object, copy=True)
    for seller in np.setdiff1d(sellers, economies.get_indexer(own)):
        code = economies[seller]
        lender[seller] = group.get(code, code if code in named else _REST)
    outside = pd.Index(np.unique(lender[sellers])).difference(own)
    if len(outside):
        mix = fine.groupby("product", as_index=False, sort=False)["value_usd"].sum()
        fine = pd.concat([fine, *(mix.assign(exporter=code) for code in outside)], ignore_index=True)
    return pd.Index(lender), fine


def _whose(flows: Flows, line: IntArray, lender: pd.Index) -> tuple[str, ...]:
    """Whose fine lines stand for whom, with their number and share of the value."""
    exporter, value = flows.exporter[line], flows.import_value[line]
    code = lender.to_numpy()
    groups = np.array([economy in members_of(name) for economy, name in zip(flows.economies, code, strict=True)])
    mixed = (~groups & (code != flows.economies.to_numpy()))[exporter]
    groups = groups[exporter]
    words = (
        (groups, "of members of a group take its HS10 lines and preferences"),
        (mixed, "of partners without HS10 lines take those of all partners, without preferences, at the rates for all"),
    )
    whole = flows.import_value.sum()
    return tuple(
        f"Estimated: {int(part.sum()):,} lines ({value[part].sum() / whole:.1%} of the value) {said}."
        for part, said in words
        if part.any()
    )


def _china_side(dataset: Dataset, record: TariffRecord, digits: BoolArray) -> Side | None:
    flows = dataset.flows
    american = flows.exporter == flows.economies.get_indexer(pd.Index(["USA"]))[0]
    mine = (flows.importer == flows.economies.get_indexer(pd.Index(["CHN"]))[0]) & american & digits[flows.product]
    listed = flows.products.str[:6].isin(record.china_schedule["product"])
    lines = np.flatnonzero(mine & np.asarray(listed, dtype=bool)[flows.product])
    if not len(lines):
        return None
    return Side(
        imposer="CHN",
        products=flows.products,
        product=flows.product[lines],
        cell=np.arange(len(lines)),
        share=np.ones(len(lines)),
        line=lines,
        cell_of_line=np.arange(len(lines)),
        base=None,
        usmca_share=np.zeros(len(lines)),
        content={},
        of_economy=_lines_of(flows.economies.to_numpy()[flows.exporter[lines]]),
        members=_match(record, flows.products),
    )


def _lines_of(exporter: npt.NDArray[np.object_]) -> dict[str, IntArray]:
    codes, labels = pd.factorize(exporter)
    return {str(name): np.flatnonzero(codes == code) for code, name in enumerate(labels)}


def _joined(shares: pd.DataFrame, keys: list[str], lines: pd.DataFrame) -> Array:
    """Share of each line as a fraction, 0 where the table has none."""
    index = pd.MultiIndex.from_frame(shares[keys])
    row = index.get_indexer(pd.MultiIndex.from_frame(lines[keys]))
    found: Array = np.where(row >= 0, shares["share_pct"].to_numpy()[row] / 100, 0.0)
    return found


def _match(record: TariffRecord, products: pd.Index) -> dict[str, Members]:
    """Products that begin with each code of each list; a code finer than a product counts for the whole of it."""
    table = record.products
    size = table["code"].str.len().to_numpy(dtype=int)
    depth_of_products = int(products.str.len().max())
    matches = []
    for length in np.unique(size):
        rows = np.flatnonzero(size == length)
        codes = pd.DataFrame({"code": table["code"].to_numpy()[rows], "row": rows})
        short = min(int(length), depth_of_products)
        codes["code"] = codes["code"].str[:short]
        begins = pd.DataFrame({"code": products.str[:short], "product": np.arange(len(products))})
        matches.append(codes.merge(begins, on="code"))
    found = pd.concat(matches, ignore_index=True)
    members = {}
    row, product = found["row"].to_numpy(), found["product"].to_numpy()
    labels = table["list"].to_numpy()[row]
    effective, end = table["effective_date"].to_numpy()[row], table["end_date"].to_numpy()[row]
    for name in pd.unique(table["list"]):
        of_list = labels == name
        members[str(name)] = Members(
            product=product[of_list], depth=size[row][of_list], effective=effective[of_list], end=end[of_list]
        )
    return members


def membership(side: Side, lists: Sequence[str], when: np.datetime64) -> ShortArray:
    """Length of the longest code of the lists that begins each product on a day, 0 for all, −1 for none [product]."""
    depth = np.full(len(side.products), -1, dtype=np.int16)
    for name in lists:
        if name == ALL:
            depth = np.maximum(depth, 0)
        elif name != CHINA_SCHEDULE:
            found = side.members[name]
            holds = (found.effective <= when) & (when < found.end)
            of_list = np.full(len(side.products), -1, dtype=np.int16)
            of_list[found.product[holds]] = found.depth[holds]  # short prefixes first, so that the longest stays
            depth = np.maximum(depth, of_list)
    return depth
