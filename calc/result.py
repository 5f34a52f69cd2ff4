"""`Result`, the one answer class of all models, with what it was computed from and how it was solved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import pandas as pd

NoteKind = Literal["data", "reading", "rates", "law", "rules", "floor", "model", "linear", "range"]
_MOST = 0.5  # of imports, from which on numbers of the goods hit are hardly other than those of all
Table = Literal["lines", "markets", "economies"]
TABLES: tuple[Table, ...] = ("lines", "markets", "economies")
OF_THE_DATA: tuple[NoteKind, ...] = ("data", "rates")  # said by the dataset, whatever is asked of it


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence that the reader of a result should know, and what it is about.

    Parameters
    ----------
    kind : data: the dataset as a whole | reading: which rows of a file were taken, and what for |
        rates: the dataset's own rates | law: the tariffs in force on a date | rules: what a rule left as it was |
        floor: where a tariff could not be taken away, because there was none |
        model: how the model was solved, and what it leaves out | linear: how far a linear model is off |
        range: what the draws hold
    text : the sentence
    """

    kind: NoteKind
    text: str

    def __str__(self) -> str:
        """The sentence alone."""
        return self.text


def notes_of(kind: NoteKind, texts: Iterable[str]) -> tuple[Note, ...]:
    """Sentences as notes of one kind."""
    return tuple(Note(kind, text) for text in texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """How an equilibrium was reached.

    Parameters
    ----------
    residual : largest relative residual of the equations solved
    iterations : iterations of the solver; 0 where the answer is a formula
    seconds : time in the solver
    """

    residual: float = 0.0
    iterations: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inputs:
    """What a result was computed from: enough to cite it and to run it again.

    Parameters
    ----------
    scenario_toml : the scenario as a file
    attachments : other files the scenario names, by file name
    policy : the rules in words, one sentence each
    partners, goods : of all rules, in words: `the EU`, `coffee`; empty where the rules name several, or goods none
    instruments : of the rules, each once
    compared_with : the tariffs before them in words; empty where the rates in the data are neither dated nor collected
    dataset : name of the dataset
    dataset_title, year, source, licence, citation, estimated : as the dataset states them
    names, in_sentences : of each economy, by code: `United States`, `the United States`
    sha256 : digest of every input file
    reading : options of the command line by which the dataset's rows were chosen, each behind a blank
    """

    scenario_toml: str
    attachments: Mapping[str, bytes]
    policy: tuple[str, ...]
    partners: str
    goods: str
    compared_with: str
    instruments: tuple[str, ...]
    dataset: str
    dataset_title: str
    year: int
    source: str
    licence: str
    citation: str
    estimated: bool
    names: Mapping[str, str]
    in_sentences: Mapping[str, str]
    sha256: Mapping[str, str]
    reading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Result:
    """The answer of a model to a scenario; rates and changes are fractions, money is US$.

    Parameters
    ----------
    model : name in `models.known.MODELS`
    scenario : title of the scenario
    summary : metric, value, low, high; one row a headline number
    lines : one row an importer x exporter x product, own sales left out; `targeted`: a rule changed the line
    markets : one row an importer x product
    economies : one row an economy; a cell the data do not cover is empty
    parameters : assumptions by name, as used
    notes : what the reader should know, by kind
    solution : residual, iterations, seconds
    inputs : what the answer was computed from; absent when a model is called by itself
    ranges : kind (summary | economy), economy, metric, value, low, median, high; empty where nothing was drawn
    """

    model: str
    summary: pd.DataFrame
    lines: pd.DataFrame
    markets: pd.DataFrame
    economies: pd.DataFrame
    scenario: str = ""
    parameters: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[Note, ...] = ()
    solution: Solution = Solution()
    inputs: Inputs | None = None
    ranges: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def incomes_move(self) -> bool:
        """Whether incomes answer to the policy: real income is then what an economy gains, not the sum of surpluses."""
        return "real_income_change" in self.economies

    @property
    def goods_hit_alone(self) -> bool:
        """Whether an answer is first said of the goods that it hits: they are less than half of the imports.

        Numbers of the goods hit and of all imports stand side by side in the summary, under different names.
        """
        if self.incomes_move:
            return False
        name = "affected_import_value_share"
        return name in self.summary["metric"].tolist() and 0 < self.value(name) < _MOST

    def value(self, metric: str) -> float:
        """One headline number, a fraction or US$; KeyError if the model does not give it.

        Examples
        --------
        >>> import calc
        >>> calc.run("no_change", draws=0).value("import_value_change")
        0.0
        """
        metrics = self.summary["metric"].tolist()
        if metric not in metrics:
            raise KeyError(metric)
        return float(self.summary["value"].iloc[metrics.index(metric)])

    def save(
        self, folder: str | Path, *, force: bool = False, excel: bool = False, byte_order_mark: bool = False
    ) -> Path:
        """Write the report into a folder, as `tariff-impact run --out` does.

        Parameters
        ----------
        force : replace a report that is already there
        excel : add a workbook
        byte_order_mark : start CSV files with the mark by which Excel knows UTF-8

        Raises
        ------
        CalcError
            The result was not made by `run`, or the workbook writer is not installed.
        DataError
            The folder holds files already and `force` is not given, or it cannot be written.

        Examples
        --------
        >>> import calc
        >>> folder = calc.run("universal_10", draws=0).save("saved")
        >>> (folder / "scenario.toml").exists()
        True
        """
        # Reports stand above results and import them, so this one is imported when it is needed.
        from calc.reports.report import write_report

        return write_report(self, folder, excel=excel, byte_order_mark=byte_order_mark, force=force)

    def __repr__(self) -> str:
        """One line: `Result of armington on us-2024. The United States adds 100 points to its tariff on China, …`."""
        # as in `save`: the words about a result stand above it
        from calc.words import headline

        if self.inputs is None:
            return f"Result of {self.model}: {len(self.lines):,} lines"
        return f"Result of {self.model} on {self.inputs.dataset}. {headline(self)}"
