"""What is uncertain about elasticities and pass-through, and draws of it.

A draw shifts all products together and moves each product on its own:

    ln σ[j] = ln σ̄[j] + z1 s + u1[j] n        ln −ε[j] = ln −ε̄[j] + z2 s + u2[j] n        ρ uniform

where incomes move, σ − 1 = θ takes the place of σ. The common shifts z1, z2 and ρ are points of a scrambled Sobol
sequence, so that more draws only add to the first ones; the noise u of a draw comes from a generator of its own. Seed
and number of a draw say all of it: the same draw is the same world in every scenario on the same dataset.

σ and ε shift independently and each product's noise is independent, by convention: the sources have no covariances.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from calc.assumptions import ROWS
from calc.flows import Array, Elasticities, Flows
from calc.tariffs.rules import pass_through_supply_elasticity

DIMENSIONS = ("substitution_factor", "demand_factor", "pass_through_pct")
_LEAST, _FULL = ROWS["pass_through_pct"].tried
_WIDTH = (_FULL - _LEAST) / 100
_SOBOL_CELL = 2.0**-31  # half a cell of the 30-bit sequence, which moves its points off 0


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A factor around 1 whose logarithm is normal, as wide as a published range.

        sd = ln(high/low)/3.29,  since 5 and 95% of a normal lie 3.29 sd apart

    Parameters
    ----------
    low, high : 5 and 95% points in the source; their ratio counts, the centre is the scenario's own value
    source : where they come from
    """

    low: float
    high: float
    source: str

    @property
    def sd(self) -> float:
        """Standard deviation of the logarithm."""
        return float(np.log(self.high / self.low)) / 3.29

    @property
    def ends(self) -> tuple[float, float]:
        """The 5 and 95% points of the factor."""
        half = float(np.sqrt(self.high / self.low))
        return 1 / half, half


def _published(key: str, source: str) -> LogNormal:
    """The factor whose ends are those that the tornado tries."""
    low, high = ROWS[key].tried
    return LogNormal(low, high, source)


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with equal chance everywhere in an interval around the scenario's value, kept within 0 and 1.

    Parameters
    ----------
    width : length of the interval
    source : where it comes from
    """

    width: float
    source: str

    def around(self, centre: float) -> tuple[float, float]:
        """Ends of the interval: centred, then moved inside 0 to 1, so that a centre of 1 gives 1 − width to 1."""
        low = min(max(centre - self.width / 2, 0.0), 1 - self.width)
        return low, low + self.width


@dataclass(frozen=True, slots=True, kw_only=True)
class Distributions:
    """The distribution of each uncertain parameter.

    Parameters
    ----------
    armington_elasticity : common factor on σ, where incomes are fixed
    trade_elasticity : common factor on θ = σ − 1, where incomes move
    import_demand_elasticity : common factor on ε
    pass_through : ρ of the duty
    product_noise : n, standard deviation of the logarithm of a product's own factor on σ, θ and ε
    """

    armington_elasticity: LogNormal = field(
        default_factory=lambda: _published(
            "armington_elasticity", "Bajzik, Havranek, Irsova & Schwarz 2020, 3,524 estimates"
        )
    )
    trade_elasticity: LogNormal = field(
        default_factory=lambda: LogNormal(4.0, 8.0, "Ignatenko, Macedoni, Lashkaripour & Simonovska 2025")
    )
    import_demand_elasticity: LogNormal = field(
        default_factory=lambda: _published(
            "import_demand_elasticity", "a convention: half to one and a half times the value"
        )
    )
    pass_through: Interval = field(
        default_factory=lambda: Interval(
            _WIDTH, "Amiti, Flanagan, Heise & Weinstein 2026 and Gopinath & Neiman: 0.80 to 1 at the border"
        )
    )
    product_noise: float = 0.25

    def described(self, names: tuple[str, ...], *, general_equilibrium: bool) -> dict[str, object]:
        """The distributions behind some parameters, as plain values for a file."""
        used = {name: asdict(getattr(self, part)) for name, part in self.parts(general_equilibrium).items()}
        return {name: used[name] for name in names} | {"product_noise_sd_log": self.product_noise}

    def parts(self, general_equilibrium: bool) -> Mapping[str, str]:
        """Parameter of a draw -> field of its distribution."""
        sigma = "trade_elasticity" if general_equilibrium else "armington_elasticity"
        return dict(zip(DIMENSIONS, (sigma, "import_demand_elasticity", "pass_through"), strict=True))


EVIDENCE = Distributions()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shifts:
    """What a number of draws have in common for all products, [draw].

    Parameters
    ----------
    substitution, demand : factors on σ (or θ) and on ε
    pass_through : ρ, fraction; None where it is not drawn
    """

    substitution: Array
    demand: Array
    pass_through: Array | None

    def part(self, first: int, last: int) -> "Shifts":
        """Draws `first` to `last`, the last left out."""
        at = slice(first, last)
        return Shifts(
            substitution=self.substitution[at],
            demand=self.demand[at],
            pass_through=None if self.pass_through is None else self.pass_through[at],
        )


def unit_points(count: int, seed: int, *, dimensions: int = len(DIMENSIONS)) -> Array:
    """The first points of a scrambled Sobol sequence in the unit cube, [dimension, draw], none of them 0 or 1."""
    from scipy.stats import qmc  # half a second to import, and no point answer needs it

    sobol = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed))
    points: Array = sobol.random_base2(max(int(count - 1).bit_length(), 0))[:count].T
    return points + _SOBOL_CELL


def shifts_at(
    points: Array, distributions: Distributions, *, pass_through: float | None, general_equilibrium: bool
) -> Shifts:
    """Common shifts at points of the unit cube, by the inverse of each distribution.

    Parameters
    ----------
    points : [parameter, draw], in the order of `DIMENSIONS`
    pass_through : ρ of the scenario, fraction; None where it is not drawn
    general_equilibrium : the shift is one of θ
    """
    sigma = distributions.trade_elasticity if general_equilibrium else distributions.armington_elasticity
    rho = None
    if pass_through is not None:
        low, high = distributions.pass_through.around(pass_through)
        rho = low + (high - low) * points[2] if high > low else np.full(points.shape[1], pass_through)
    return Shifts(
        substitution=np.exp(sigma.sd * ndtri(points[0])),
        demand=np.exp(distributions.import_demand_elasticity.sd * ndtri(points[1])),
        pass_through=rho,
    )


@lru_cache(maxsize=8)  # 200 draws, 90 MB on the largest built-in dataset; a slider asks for the same again and again
def product_factors(sd: float, seed: int, first: int, count: int, products: int) -> tuple[Array, Array]:
    """Each product's own factors on σ (or θ) and on ε in some draws, [product, draw].

    One product has none: there the noise, which is between products, would only widen the common shift.

    Parameters
    ----------
    sd : standard deviation of the logarithm
    seed, first, count : which draws
    products : number of products of the dataset
    """
    factors = np.ones((2, products, count))
    if sd > 0 and products > 1:
        for k in range(count):
            rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(first + k,)))
            factors[:, :, k] = rng.standard_normal((2, products))
        factors *= sd
        np.exp(factors, out=factors)
    factors.flags.writeable = False  # everybody gets the same array
    return factors[0], factors[1]


def drawn_elasticities(
    central: Elasticities,
    flows: Flows,
    shifts: Shifts,
    noise: tuple[Array, Array],
    draw: int,
    *,
    general_equilibrium: bool,
) -> Elasticities:
    """The elasticities of one draw.

        σ = σ̄ f g[j], where incomes move 1 + θ̄ f g[j]        ε = ε̄ f′ g′[j]        β = σρ/(1−ρ) where ρ is drawn

    Parameters
    ----------
    central : the scenario's own
    shifts, noise : f, f′, ρ [draw] and g, g′ [product, draw]
    draw : which of them
    """
    product = flows.product[flows.market_start]
    factor = shifts.substitution[draw] * noise[0][product, draw]
    sigma = central.armington_elasticity
    # written so that a factor of 1 leaves σ as it is, to the last digit
    sigma = sigma + (sigma - 1) * (factor - 1) if general_equilibrium else sigma * factor
    beta = central.export_supply_elasticity
    if shifts.pass_through is not None:
        beta = pass_through_supply_elasticity(float(shifts.pass_through[draw]), sigma[flows.market])
    return Elasticities(
        import_demand_elasticity=central.import_demand_elasticity * (shifts.demand[draw] * noise[1][product, draw]),
        armington_elasticity=sigma,
        export_supply_elasticity=beta,
        basis=central.basis,
    )


def parameter_names(*, general_equilibrium: bool, supply_drawn: bool) -> tuple[str, ...]:
    """Which parameters a draw moves: θ where incomes move; else σ, ε, and ρ where β follows from it."""
    if general_equilibrium:
        return DIMENSIONS[:1]
    return DIMENSIONS if supply_drawn else DIMENSIONS[:2]
