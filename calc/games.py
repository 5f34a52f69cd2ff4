"""`optimal_tariff` and `nash`: the best tariffs of one economy, and where a tariff war ends; every door calls them."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from calc.analysis.optimal import curves, optimum, war
from calc.analysis.optimal.curves import Curves
from calc.analysis.optimal.instruments import Kind
from calc.analysis.optimal.optimum import Optimum
from calc.analysis.optimal.player import BOUNDS, WELFARE, Bounds, Goal
from calc.analysis.optimal.war import Against, War
from calc.datasets.dataset import Dataset
from calc.files.write import write_files
from calc.question import asked_on
from calc.reports.games import optimum_files, optimum_text, war_files, war_text
from calc.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OptimalTariff:
    """The best tariffs of one economy while all others keep theirs, verified.

    Parameters
    ----------
    found : rates, gains, searches and the scenario that reproduces them
    dataset : on which they were found
    """

    found: Optimum
    dataset: Dataset

    @property
    def scenario(self) -> Scenario:
        """Reproduces the answer: `calc.run(found.scenario)`."""
        return self.found.scenario

    @property
    def rates(self) -> pd.DataFrame:
        """The best rates, one row each, beside the base's and the scenario's."""
        return self.found.rates

    @property
    def gains(self) -> pd.DataFrame:
        """What each economy gains against the base under the best rates, US$ and share of income."""
        return self.found.gains

    def save(self, folder: str | Path, *, force: bool = False) -> Path:
        """Write tables, scenarios, manifest and README into a folder, as `tariff-impact optimal --out` does.

        Raises
        ------
        DataError
            The folder holds files already and `force` is not given, or it cannot be written.
        """
        return write_files(optimum_files(self.found, self.dataset), folder, force=force)

    def __str__(self) -> str:
        """Rates and gains for a terminal."""
        return optimum_text(self.found, self.dataset)

    def __repr__(self) -> str:
        """One line: `Optimum of USA: 25.1% on imports, +1.81% …`."""
        return repr(self.found)


def optimal_tariff(
    scenario: str | Path | Scenario,
    economy: str,
    dataset: str | Path | Dataset | None = None,
    *,
    instruments: Kind = "uniform",
    exporters: Sequence[str] = (),
    products: Sequence[str] = (),
    bounds: Bounds = BOUNDS,
    objective: Goal = WELFARE,
    starts: int = 2,
    executor: Executor | None = None,
) -> OptimalTariff:
    """The tariffs that are best for an economy while all others keep theirs: the answer of `tariff-impact optimal`.

    The rules of the scenario hold for everything that the economy does not choose. An optimum is verified: the
    projected gradient is below 1e-8 of income, and neither a grid nor random deviations gain on it.

    Parameters
    ----------
    scenario, dataset : as for `run`; the model needs slopes, as those of general equilibrium, gsim and armington have
    economy : code of the importer that chooses
    instruments : `uniform` (one rate), `by_partner`, `by_product` or `all` (one rate a line)
    exporters, products : imports on which rates are chosen, selectors as in a rule; empty = all
    bounds : lowest and highest rate, fractions
    objective : `welfare` (real income where incomes move, net welfare elsewhere), `revenue`, or a weight for each
    starts : searches from different rates, where there are several
    executor : shares the searches, with the same numbers

    Raises
    ------
    ScenarioError, ParameterError, DataError
        What is asked cannot be answered by the model or the data.
    ConvergenceError
        No optimum was verified.

    Examples
    --------
    >>> import calc
    >>> best = calc.optimal_tariff("liberation_day", "USA")
    >>> round(best.rates["tariff_new"].item(), 3)
    0.251
    """
    asked, data = asked_on(scenario, dataset)
    found = optimum.optimal_tariff(
        asked,
        data,
        economy,
        instruments=instruments,
        exporters=exporters,
        products=products,
        bounds=bounds,
        objective=objective,
        starts=starts,
        executor=executor,
    )
    return OptimalTariff(found=found, dataset=data)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nash:
    """Where a tariff war ends, verified.

    Parameters
    ----------
    found : rates, gains, rounds, corners and the scenario that reproduces them
    dataset : on which they were found
    curves : best responses and the point of cooperation; None where they were not asked for
    """

    found: War
    dataset: Dataset
    curves: Curves | None

    @property
    def scenario(self) -> Scenario:
        """Reproduces the answer: `calc.run(found.scenario)`."""
        return self.found.scenario

    @property
    def rates(self) -> pd.DataFrame:
        """The rates at the end, one row each, beside the base's and the scenario's."""
        return self.found.rates

    @property
    def gains(self) -> pd.DataFrame:
        """What each economy gains against the base at the end, US$ and share of income."""
        return self.found.gains

    @property
    def corners(self) -> pd.DataFrame:
        """What each gains if nobody, one alone, …, or all choose the rates of the end."""
        return self.found.corners

    def save(self, folder: str | Path, *, force: bool = False) -> Path:
        """Write tables, scenarios, manifest and README into a folder, as `tariff-impact nash --out` does.

        Raises
        ------
        DataError
            The folder holds files already and `force` is not given, or it cannot be written.
        """
        return write_files(war_files(self.found, self.dataset, self.curves), folder, force=force)

    def __str__(self) -> str:
        """Rounds, rates and gains for a terminal."""
        return war_text(self.found, self.dataset, self.curves)

    def __repr__(self) -> str:
        """One line: `War of USA and CHN: 11.9% and 15.4% after 3 rounds`."""
        return repr(self.found)


def nash(
    scenario: str | Path | Scenario,
    economies: Sequence[str],
    dataset: str | Path | Dataset | None = None,
    *,
    instruments: Kind = "uniform",
    against: Against = "each_other",
    products: Sequence[str] = (),
    bounds: Bounds = BOUNDS,
    objective: Goal = WELFARE,
    starts: int = 2,
    with_curves: bool = False,
) -> Nash:
    """Tariffs at which no economy gains by changing its own: the answer of `tariff-impact nash`.

    Each in turn takes the best response to the others, until no rate moves; then nobody gains on a grid of its own
    rates or by random deviations.

    Parameters
    ----------
    scenario, dataset, instruments, products, bounds, objective : as for `optimal_tariff`, for each economy
    economies : codes of two or more importers
    against : rates fall on imports from `each_other`, or from `everyone`
    starts : wars from different rates
    with_curves : of two economies, also the best response to every rate of the other, and cooperation

    Raises
    ------
    ScenarioError, ParameterError, DataError
        What is asked cannot be answered by the model or the data.
    ConvergenceError
        The war does not settle, or somebody still gains where it does.

    Examples
    --------
    >>> import calc
    >>> war = calc.nash("liberation_day", ["USA", "CHN"], starts=1)
    >>> bool((war.rates["tariff_new"] < 0.2).all())
    True
    """
    asked, data = asked_on(scenario, dataset)
    found = war.nash(
        asked,
        data,
        economies,
        instruments=instruments,
        against=against,
        products=products,
        bounds=bounds,
        objective=objective,
        starts=starts,
    )
    drawn = None
    if with_curves:
        drawn = curves.response_curves(
            asked, data, economies, against=against, products=products, bounds=bounds, objective=objective
        )
    return Nash(found=found, dataset=data, curves=drawn)
