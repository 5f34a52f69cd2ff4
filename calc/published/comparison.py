"""Our results against published tables: `SOURCES` and `published_cells`.

Every model but SMART, for which no worked example with its inputs was found in print; `SMART_WORDS` says what it is
held to instead.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from textwrap import shorten, wrap

import pandas as pd

from calc.models import armington, gsim, liberation_day, trade_equilibrium
from calc.published import caliendo_parro_2015, francois_hall_2003, ignatenko_2025, prices, revenue, worked_examples
from calc.published.cells import COLUMNS, citation_of

SMART_WORDS = (
    "SMART has no row here: we found no published worked example that gives its inputs. Its equations are tested "
    "by hand, against the two rules of Laird & Yeats, and to second order against the exact Armington model."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A paper, book or formula with printed numbers.

    Parameters
    ----------
    title : short name
    about : the model or equation that gives the numbers
    cited_in : file of the printed numbers that carries the citation
    compare : published numbers and ours, in the columns of `cells`
    left_out : what of it cannot be computed here, and why; empty if nothing
    """

    title: str
    about: str
    cited_in: str
    compare: Callable[[], pd.DataFrame]
    left_out: str = ""

    @property
    def citation(self) -> str:
        """Where the numbers are printed."""
        return citation_of(self.cited_in)


SOURCES: Mapping[str, Source] = {
    "caliendo_parro_2015": Source(
        title="Caliendo & Parro 2015",
        about=trade_equilibrium.MODEL.name,
        cited_in="caliendo_parro_2015/table_2.csv",
        compare=caliendo_parro_2015.compare,
        left_out="The paper's “welfare” is a first-order sum at base weights, not the change of real income: for "
        "Mexico it is +1.31%, real income +0.007%.",
    ),
    "ignatenko_2025": Source(
        title="Ignatenko et al. 2025",
        about=liberation_day.MODEL.name,
        cited_in="ignatenko_2025/table_1.csv",
        compare=ignatenko_2025.compare,
        left_out="Left out: the panels of Tables 4 and 9 with several sectors, whose input file was never published, "
        "and the optimal rates of Table 4, where the authors' optimiser stopped early.",
    ),
    "ignatenko_2025_appendix": Source(
        title="Ignatenko et al. 2025, appendix at second hand",
        about=liberation_day.MODEL.name,
        cited_in="ignatenko_2025/second_hand.csv",
        compare=ignatenko_2025.compare_second_hand,
        left_out="Left out: the panels of Table 10 with balanced trade, whose solution depends on the equation "
        "that a solver drops.",
    ),
    "francois_hall_2003": Source(
        title="Francois & Hall 2003",
        about=gsim.LINEAR_MODEL.name,
        cited_in="francois_hall_2003/world_prices.csv",
        compare=francois_hall_2003.compare,
    ),
    "emr": Source(
        title="EMR, first figure",
        about=armington.MODEL.name,
        cited_in="emr_figure.csv",
        compare=worked_examples.emr_figure,
    ),
    "amiti_2019": Source(
        title="Amiti, Redding & Weinstein 2019",
        about=f"{armington.MODEL.name}, cost to buyers",
        cited_in="amiti_2019_household_cost.json",
        compare=worked_examples.household_cost,
    ),
    "amiti_2026": Source(
        title="Amiti, Flanagan, Heise & Weinstein 2026",
        about="pass-through at the border",
        cited_in="amiti_2026_pass_through.csv",
        compare=worked_examples.pass_through,
        left_out="Left out: 0.92 for September and October 2025, printed without the coefficient behind it.",
    ),
    "ustr_2025": Source(
        title="Formula of 2 April 2025",
        about="reciprocal_rate, an arithmetic rule",
        cited_in="ustr_2025_reciprocal.csv",
        compare=worked_examples.ustr_formula,
    ),
    "krugman_obstfeld": Source(
        title="Krugman & Obstfeld",
        about="areas of a tariff",
        cited_in="krugman_obstfeld_tariff.json",
        compare=worked_examples.krugman_obstfeld,
    ),
    "worksheet_2011": Source(
        title="Worksheet of 2011",
        about="areas of a tariff",
        cited_in="worksheet_2011_large_country.json",
        compare=worked_examples.worksheet,
    ),
    "feenstra_taylor_2008": Source(
        title="Feenstra & Taylor 2008",
        about="gain of a preference",
        cited_in="feenstra_taylor_2008_diversion.json",
        compare=worked_examples.diversion,
    ),
    "budget_lab_prices": Source(
        title="The Budget Lab at Yale 2026, prices and households",
        about="consumer prices and cost of households",
        cited_in="consumer_prices/categories.csv",
        compare=prices.compare,
        left_out="Its percentage mark-up divides imported inputs by variable cost but keeps domestic requirements per "
        "unit of output: 10 points on all goods give 1.73% there, and 1.97% where both have the same base.",
    ),
    "budget_lab_revenue": Source(
        title="The Budget Lab at Yale 2025-26, revenue",
        about="revenue over ten fiscal years",
        cited_in="consumer_prices/revenue.csv",
        compare=revenue.compare,
        left_out="The path of GDP as charted is blended twice towards its long run; one blend is undone before the "
        "effect on revenue is worked out, as its own revenue does.",
    ),
    "boston_fed_2025": Source(
        title="Barbiero & Stein 2025",
        about="consumer prices, margins in dollars and in per cent",
        cited_in="consumer_prices/boston_fed.csv",
        compare=prices.boston_fed,
    ),
    "frbsf_2019": Source(
        title="Hale, Hobijn, Nechio & Wilson 2019",
        about="import content of consumption",
        cited_in="consumer_prices/import_content.csv",
        compare=prices.import_content,
    ),
}


def published_cells(names: Iterable[str] = tuple(SOURCES)) -> pd.DataFrame:
    """Every published cell and ours: source, about, and the columns of `cells`.

    Parameters
    ----------
    names : keys of `SOURCES`, in the order wanted

    Examples
    --------
    >>> import calc
    >>> cells = calc.published_cells(["emr"])
    >>> bool(cells["within"].all())
    True
    """
    parts = [SOURCES[name].compare().assign(source=SOURCES[name].title, about=SOURCES[name].about) for name in names]
    return pd.concat(parts, ignore_index=True)[["source", "about", *COLUMNS]]


def verdict(cells: pd.DataFrame) -> str:
    """How many cells agree, in one sentence: `254 of 257 published cells within their tolerance; 3 missed, …`."""
    within, missed = int(cells["within"].sum()), cells[~cells["within"]]
    words = f"{within:,} of {len(cells):,} published cells within their tolerance"
    if missed.empty:
        return f"{words}."
    return f"{words}; {len(missed)} missed, {'each with its reason' if explained(cells) else 'NOT all with a reason'}."


def explained(cells: pd.DataFrame) -> bool:
    """Whether every cell that is missed says why."""
    return bool((cells["within"] | (cells["remark"] != "")).all())


def as_text(cells: pd.DataFrame) -> str:
    """The verdict, then the cells of each source: at most 100 columns, for a terminal."""
    lines = [verdict(cells)]
    for title, own in cells.groupby("source", sort=False):
        about = own["about"].iloc[0]
        agreed = f"({int(own['within'].sum()):,} of {len(own):,} within their tolerance)"
        lines += ["", *wrap(f"{title}: {about} {agreed}", 100)]
        lines.append(f"  {'case':<39}{'economy':<9}{'quantity':<24}{'published':>12}{'ours':>12}")
        for row in own.to_dict("records"):
            case = " ".join(filter(None, (str(row["table"]), row["case"])))
            who = "-".join(filter(None, (row["economy"], row["partner"])))
            lines.append(
                f"  {shorten(case, 38, placeholder='…'):<39}{shorten(who, 8, placeholder='…'):<9}"
                f"{shorten(row['quantity'], 23, placeholder='…'):<24}{row['published']:>12.4f}{row['ours']:>12.4f}"
            )
            remark = row["remark"] if row["within"] else f"MISSED: {row['remark']}"
            lines += wrap(remark, 100, initial_indent=" " * 6, subsequent_indent=" " * 6)
    return "\n".join(lines)
