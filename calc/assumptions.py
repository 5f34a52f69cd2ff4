"""Assumptions: what the calculation takes as given, one row each.

A row stands beside its field in `Assumptions` and says all that the rest of the house needs to know of it: scenario
files, `--set`, links, the sidebar, the tornado and the documentation read it. A new assumption is its row and the line
of arithmetic that uses it, in `question.chosen_elasticities` or in the models whose records list it as an option.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from calc.errors import ScenarioError
from calc.values import check_choice, check_number
from calc.words import months_words, percent_as_given

Value = float | str
Scope = Literal["every model", "incomes fixed", "option", "US lines"]
FROM_SET = "from the set"
INFINITE = float("inf")
BY_PARTNER_AND_SECTOR = "by_partner_and_sector"
LONG_RUN = "long run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the words an assumption can be.

    Parameters
    ----------
    words : for page and report, as they follow the label: `Trade deficits: closed`
    note : a sentence for the notes of an answer, where there is more to say
    """

    words: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """All there is to know of one assumption.

    Parameters
    ----------
    key : name of its field in `Assumptions`, in files and in links
    default : its value unless stated; None: what the dataset or the model says
    label, help : a few words, and a sentence or two
    unit : of the number: `%`, `months`, or nothing
    unset : word of a file for the default of a number that has none
    low, high, rule : smallest and largest number, and the two in words
    shown_low, shown_high, step, format : of its box on the page, which may be narrower
    placeholder : words in its box while it is empty
    choices : word of a file -> what it means; the first is what the model does by default; empty for a number
    scope : who uses it: every model, those in which incomes are fixed, those whose record lists it as an option, or
        every model on imports of the United States by HS code
    own_elasticity : a value for all products in place of those of the set
    source : where the evidence for its range comes from
    tried : values the tornado tries; of a choice, the others are tried
    tried_around : where given, the values tried are published around this one, and the scenario's own is multiplied
    """

    key: str = ""
    default: Value | None = None
    label: str
    help: str
    unit: str = ""
    unset: str = ""
    low: float = -INFINITE
    high: float = INFINITE
    rule: str = ""
    shown_low: float = 0.0
    shown_high: float = 100.0
    step: float | None = None
    format: str | None = None
    placeholder: str = ""
    choices: Mapping[str, Choice] = field(default_factory=dict)
    scope: Scope
    own_elasticity: bool = False
    source: str
    tried: tuple[float, ...] = ()
    tried_around: float | None = None

    @property
    def first(self) -> str:
        """The choice that the model makes by default; empty for a number."""
        return next(iter(self.choices), "")

    @property
    def factors(self) -> tuple[float, ...]:
        """What the scenario's own value is multiplied by, where the values tried stand around one of their own."""
        return () if self.tried_around is None else tuple(value / self.tried_around for value in self.tried)

    def words(self, value: Value) -> str:
        """A value for people: `80%`, `closed`."""
        if isinstance(value, str):
            return self.choices[value].words
        if self.unit == "months":
            return months_words(value)
        return percent_as_given(value) if self.unit == "%" else f"{value:g}"

    def read(self, text: str) -> Value | None:
        """A value from text, such as that of `--set`, not yet checked; None where it says the default.

        Raises
        ------
        ScenarioError
            A number was expected.
        """
        if self.choices:
            return text.strip()
        if self.unset and text.strip() == self.unset:
            return None
        try:
            return float(text)
        except ValueError as error:
            raise ScenarioError(f"{text!r} is not a number.", key=self.key) from error

    def check(self, value: object) -> None:
        """Refuse a value that is not one of this assumption.

        Raises
        ------
        ScenarioError
            An unknown choice, not a number, or a number out of range.
        """
        if self.choices:
            check_choice(self.key, value, self.choices)
            return
        number = check_number(self.key, value)
        if not self.low <= number <= self.high:
            raise ScenarioError(f"{self.key} must be {self.rule}; it is {number:g}.", key=self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Values the calculation takes as given; None leaves what the dataset or the model says. `ROWS` describes each.

    Raises
    ------
    ScenarioError
        A value out of its range, an unknown choice, or two that contradict each other.

    Examples
    --------
    >>> import calc
    >>> half = calc.Assumptions(pass_through_pct=50.0)
    >>> calc.Scenario(assumptions=half).assumptions.pass_through_pct
    50.0
    """

    elasticity_multiplier: float = field(
        default=1.0,
        metadata={
            "row": Assumption(
                label="Multiplier of the elasticities",
                help="Scales demand and substitution elasticities together (the trade elasticity where incomes "
                "move); not supply.",
                low=1e-6,
                high=100.0,
                rule="a factor above 0, at most 100",
                shown_low=0.25,
                shown_high=2.0,
                step=0.05,
                format="%.2f",
                scope="every model",
                source="low and high as substitution: 2.5 and 5.1 over 3.8 (Bajzik, Havranek, Irsova & Schwarz 2020)",
            )
        },
    )
    pass_through_pct: float | None = field(
        default=None,
        metadata={
            "row": Assumption(
                label="Pass-through to buyers",
                help=(
                    "Share of a duty on one supplier that is passed on to the price buyers pay; the exporter "
                    "absorbs the rest."
                ),
                unit="%",
                low=0.0,
                high=100.0,
                rule="a percentage from 0 to 100",
                step=5.0,
                format="%.0f",
                placeholder="from the supply elasticities",
                scope="incomes fixed",
                source="0.80 in 2018–19 to 0.94 in 2025 at the border (Gopinath & Neiman; Amiti, Flanagan, Heise & "
                "Weinstein 2026); 1 is full pass-through",
                tried=(80.0, 100.0),
            )
        },
    )
    months: float | None = field(
        default=None,
        metadata={
            "row": Assumption(
                label="Months since the measure",
                help="How long buyers have had to adjust. Substitution and demand rise from 1.4 at first to 3.7 after "
                "15 months, in proportion to their values in the long run, and stay there.",
                unit="months",
                unset=LONG_RUN,
                low=1.0,
                high=60.0,
                rule=f"from 1 to 60 months, or “{LONG_RUN}”",
                shown_low=1.0,
                shown_high=60.0,
                step=1.0,
                format="%.0f",
                placeholder=LONG_RUN,
                scope="incomes fixed",
                source="import elasticity 1.4 in the short run, 3.7 in the long run, reached within 15 months: US "
                "tariffs of 2018 (Tamberi 2025, CITP Working Paper 027); straight in between by convention",
                tried=(3.0, 12.0),
            )
        },
    )
    import_demand_elasticity: float | None = field(
        default=None,
        metadata={
            "row": Assumption(
                label="Import demand",
                help="Per cent by which all imports of a product change when their price rises by 1%; below 0.",
                low=-1000.0,
                high=-1e-9,
                rule="below 0",
                shown_low=-100.0,
                shown_high=-0.01,
                placeholder=FROM_SET,
                scope="incomes fixed",
                own_elasticity=True,
                source="a convention: half to one and a half times the value of the set",
                tried=(0.5, 1.5),
                tried_around=1.0,
            )
        },
    )
    armington_elasticity: float | None = field(
        default=None,
        metadata={
            "row": Assumption(
                label="Substitution between origins",
                help="Per cent by which buyers shift from one origin to another when their prices move apart by 1%. "
                "Where incomes move it must be above 1, and the trade elasticity is one less.",
                low=1e-9,
                high=1000.0,
                rule="above 0",
                shown_low=0.01,
                placeholder=FROM_SET,
                scope="every model",
                own_elasticity=True,
                source="2.5 to 5.1 around a median of 3.8, of 3,524 estimates "
                "(Bajzik, Havranek, Irsova & Schwarz 2020)",
                tried=(2.5, 5.1),
                tried_around=3.8,
            )
        },
    )
    export_supply_elasticity: float | None = field(
        default=None,
        metadata={
            "row": Assumption(
                label="Export supply",
                help="Per cent by which exporters sell more when their price rises by 1%. Replaces pass-through.",
                low=0.0,
                rule="0 or above, inf for a given world price",
                shown_high=1000.0,
                placeholder=FROM_SET,
                scope="incomes fixed",
                own_elasticity=True,
                source="tried as pass-through, which it sets",
            )
        },
    )
    deficits: str | None = field(
        default=None,
        metadata={
            "row": Assumption(
                label="Trade deficits",
                help="How each economy's trade deficit responds.",
                choices={
                    "fixed": Choice(
                        words="kept as they are",
                        note="Each economy's trade deficit keeps its value in units of world value added.",
                    ),
                    "share": Choice(
                        words="share in income kept",
                        note="Each economy's trade deficit keeps its share in value added; the remainder is "
                        "spread over the world.",
                    ),
                    "zero": Choice(words="closed", note="All trade is balanced, in the base and in the scenario."),
                },
                scope="option",
                source="a choice of the model, not an estimate",
            )
        },
    )
    revenue_use: str | None = field(
        default=None,
        metadata={
            "row": Assumption(
                label="Tariff revenue",
                help="What the duty collected is used for.",
                choices={
                    "tax_relief": Choice(words="cuts the labour tax", note="Tariff revenue lowers the tax on labour."),
                    "lump_sum": Choice(words="paid to households", note="Tariff revenue is paid to households."),
                },
                scope="option",
                source="a choice of the model, not an estimate (Ignatenko et al. 2025 report both)",
            )
        },
    )

    inputs: str | None = field(
        default=None,
        metadata={
            "row": Assumption(
                label="Costs of producers",
                help="What producers pay for beside labour.",
                choices={
                    "none": Choice(words="labour alone"),
                    "composite": Choice(
                        words="labour and the world's goods",
                        note="Labour is 49% of costs, the composite of the world's goods the rest.",
                    ),
                },
                scope="option",
                source="a choice of the model, not an estimate (Ignatenko et al. 2025 report both)",
            )
        },
    )
    fixed_costs: str | None = field(
        default=None,
        metadata={
            "row": Assumption(
                label="Fixed costs of exporting",
                help="Whether exporters pay a fixed cost in each market, which a tariff makes harder to recover.",
                choices={
                    "paid": Choice(words="paid in the destination"),
                    "none": Choice(
                        words="none",
                        note="Exporting has no fixed costs: the model of Eaton, Kortum and Krugman, as in the paper's "
                        "comparison.",
                    ),
                },
                scope="option",
                source="a choice of the model, not an estimate (Ignatenko et al. 2025 report both)",
            )
        },
    )
    collection: str | None = field(
        default=None,
        metadata={
            "row": Assumption(
                label="Collection of duties",
                help="Whether all of a change of tariffs is collected, or what was not collected of each partner and "
                "sector between June 2025 and February 2026 is left out. Known for US imports.",
                choices={
                    "full": Choice(words="in full"),
                    BY_PARTNER_AND_SECTOR: Choice(words="as collected in 2025–26"),
                },
                scope="US lines",
                source="shares estimated by The Budget Lab at Yale (Tariff-Model, June 2026) on duty collected",
            )
        },
    )

    def __post_init__(self) -> None:
        """Check every value by its row."""
        for key, row in ROWS.items():
            if row.unset and getattr(self, key) == row.unset:
                object.__setattr__(self, key, None)  # a word of a file; the object keeps numbers only
        for key, value in stated(self).items():
            ROWS[key].check(value)
        if self.pass_through_pct is not None and self.export_supply_elasticity is not None:
            raise ScenarioError(
                "pass_through_pct sets the export supply elasticity; give one of the two.", key="pass_through_pct"
            )


ROWS: Mapping[str, Assumption] = {
    found.name: replace(found.metadata["row"], key=found.name, default=found.default) for found in fields(Assumptions)
}


def stated(assumptions: Assumptions) -> dict[str, Value]:
    """The assumptions that have a value, by key."""
    return {key: value for key, value in asdict(assumptions).items() if value is not None}


def by_partner_and_sector(assumptions: Assumptions) -> bool:
    """Whether what is not collected of each partner and sector is already left out of the rates."""
    return assumptions.collection == BY_PARTNER_AND_SECTOR


def with_value(assumptions: Assumptions, key: str, value: Value | None) -> Assumptions:
    """The assumptions with one at another value; of pass-through and supply elasticity the new one stays alone."""
    changes: dict[str, Any] = {key: value}
    if value is not None and key in (pair := {"pass_through_pct", "export_supply_elasticity"}):
        changes |= dict.fromkeys(pair - {key})
    return replace(assumptions, **changes)


def rows_used(options: tuple[str, ...], *, incomes_move: bool, us_lines: bool) -> tuple[Assumption, ...]:
    """The assumptions that a model uses.

    Parameters
    ----------
    options : keys that only this model and few others know
    incomes_move : whether incomes answer in the model
    us_lines : whether the data have imports of the United States by HS code
    """
    scopes = ["every model", *(() if incomes_move else ("incomes fixed",)), *(("US lines",) if us_lines else ())]
    return tuple(row for row in ROWS.values() if row.scope in scopes or row.key in options)
