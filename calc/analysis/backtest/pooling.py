"""A set of elasticities between one for all products and those of the data, chosen on 2018-19 alone.

    ln σ_p = ln σ̄ + λ (ln σ_data,p − mean ln σ_data)        λ = 0: σ̄ for all        λ = 1: the spread of the data

λ minimises the squared error of China against all others by chapter, weights of 2017. Its interval comes from drawing
chapters with replacement.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from calc.analysis.backtest.episodes import Episode, elasticities_of, import_ratio, predicted_cells, relative_cells
from calc.analysis.backtest.scores import DRAWS, ENDS
from calc.datasets.dataset import Dataset
from calc.datasets.layout import DEFAULT_SET
from calc.flows import Array, Elasticities, Flows, sum_by_market
from calc.scenario import Scenario

POOLED, SPREAD = "pooled", "broda-weinstein"  # the set that is made, and the one whose spread it has
SHARES = tuple(np.linspace(-1.0, 1.5, 11).tolist())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """The share λ of the spread of the data that 2018-19 supports.

    Parameters
    ----------
    share, low, high : λ, and its 5 and 95% points
    elasticity : σ̄, around which it spreads
    """

    share: float
    low: float
    high: float
    elasticity: float

    @property
    def supported(self) -> bool:
        """Whether the interval excludes 0: only then is the spread of the data more than noise."""
        return self.low > 0 or self.high < 0


def pooled_elasticity(spread: Array, weight: Array, share: float, centre: float) -> Array:
    """σ between one for all and the data (see the head of this file).

    Parameters
    ----------
    spread : σ of the data [market]
    weight : imports, which weigh their mean [market]
    share : λ
    centre : σ̄
    """
    log = np.log(spread)
    deviation = log - np.average(log, weights=weight)
    sigma: Array = centre * np.exp(share * deviation)
    return sigma


def with_pooled(dataset: Dataset, flows: Flows, share: float, centre: float) -> Dataset:
    """The dataset with the set `pooled` at a share λ, around the spread of Broda-Weinstein or else of its default.

    Parameters
    ----------
    flows : whose imports weigh the mean
    """
    spread = dataset.elasticities.get(SPREAD, dataset.elasticities[DEFAULT_SET])
    weight = sum_by_market(flows, flows.import_value)
    sigma = pooled_elasticity(spread.armington_elasticity, weight, share, centre)
    pooled: Elasticities = replace(spread, armington_elasticity=sigma)
    return replace(dataset, elasticities={**dataset.elasticities, POOLED: pooled})


def best_share(
    scenario: Scenario, dataset: Dataset, episode: Episode, centre: float, shares: Sequence[float] = SHARES
) -> Pooled:
    """λ by the relative criterion, and its interval.

    Parameters
    ----------
    scenario : model, pass-through and demand
    centre : σ̄
    shares : values of λ that are worked out; in between the error is taken as a parabola
    """
    asked = replace(scenario, elasticities=POOLED)
    errors = []
    for share in shares:
        data = with_pooled(dataset, episode.before, share, centre)
        ratio = import_ratio(asked, elasticities_of(asked, data), episode.before, episode.tariff_new)
        cells = relative_cells(predicted_cells(episode, ratio))
        errors.append((cells["weight"] * (cells["seen"] - cells["predicted"]) ** 2).to_numpy())
    by_chapter = np.array(errors)
    count = by_chapter.shape[1]
    often = np.random.default_rng(scenario.seed).multinomial(count, np.full(count, 1 / count), size=DRAWS)
    drawn = lowest_points(np.asarray(shares), by_chapter @ often.T)
    central = lowest_points(np.asarray(shares), by_chapter.sum(axis=1, keepdims=True))
    low, high = np.percentile(drawn, ENDS)
    return Pooled(share=float(central[0]), low=float(low), high=float(high), elasticity=centre)


def lowest_points(at: Array, errors: Array) -> Array:
    """Where the parabola through the lowest of equally spaced values and its two neighbours is lowest.

    Parameters
    ----------
    at : places, equally spaced [place]
    errors : [place, draw]
    """
    lowest = np.clip(errors.argmin(axis=0), 1, len(at) - 2)
    left, middle, right = (np.take_along_axis(errors, (lowest + k)[None, :], axis=0)[0] for k in (-1, 0, 1))
    bend = left - 2 * middle + right
    shift = np.where(bend > 0, (left - right) / (2 * np.where(bend > 0, bend, 1.0)), 0.0)
    found: Array = at[lowest] + np.clip(shift, -1.0, 1.0) * (at[1] - at[0])
    return found
