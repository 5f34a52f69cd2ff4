"""The equations of the one-sector model: two solvers, the paper's own form, laws, and large shocks."""

from dataclasses import replace

import numpy as np
import pytest
from ignatenko import (
    ANNOUNCED,
    BASE,
    BASE_WITH_INPUTS,
    CHN,
    ECONOMIES,
    EXPONENT,
    GDP,
    NO_FIXED_COSTS,
    SHARE,
    TRADE,
    USA,
    N,
)

from calc.errors import ConvergenceError
from calc.models.equations.fixed_export_costs import (
    accounts_of,
    base_year,
    fixed_cost_shares,
    tariff_exponent,
)
from calc.models.equations.one_sector import (
    equilibrium_at,
    jacobian,
    own_blocks,
    solve_by_anderson,
    solve_by_newton,
)
from calc.models.equations.one_sector_outcome import outcome_of
from calc.models.equations.solve import TOLERANCE
from calc.published.ignatenko_2025 import (
    EXPERIMENTS,
    outcome,
    tariffs,
    world,
)

SOLVERS = (solve_by_anderson, solve_by_newton)


# The same equilibrium by two methods, and by the paper's own equations


def at_solution(shocked, solve=solve_by_anderson):
    return solve(shocked)[0]


def logs(at):
    return np.concatenate([at.cost_log, at.wage_log, at.price_log, at.employment_log, at.spending_log])


@pytest.mark.parametrize("case", EXPERIMENTS)
def test_newton_and_anderson_agree_to_1e_9(case):
    shocked = EXPERIMENTS[case]()
    (fast, fast_solution), (reference, solution) = solve_by_anderson(shocked), solve_by_newton(shocked)
    np.testing.assert_allclose(logs(fast), logs(reference), rtol=0, atol=1e-9)
    assert max(fast_solution.residual, solution.residual) <= TOLERANCE
    assert fast_solution.iterations <= 25
    assert solution.iterations <= 8


@pytest.mark.parametrize("case", EXPERIMENTS)
def test_the_equations_hold_as_the_paper_writes_them(case):
    shocked = EXPERIMENTS[case]()
    base, at, epsilon = shocked.base, at_solution(shocked), shocked.trade_elasticity
    beta, nu, phi = base.labor_share, base.fixed_cost_share, shocked.tariff_exponent
    wage, price, labor = np.exp(at.wage_log), np.exp(at.price_log), np.exp(at.employment_log)
    spending_hat = np.exp(at.spending_log)
    cost = wage**beta * price ** (1 - beta) / ((wage / price) ** (1 - beta) * labor) ** shocked.scale_elasticity
    share = base.trade / base.expenditure[:, None]
    demand = share * cost**-epsilon * (1 + shocked.tariff) ** (-epsilon * phi[:, None])
    total = demand.sum(axis=1)
    spending = base.expenditure * spending_hat
    trade = demand / total[:, None] * spending[:, None] / (1 + shocked.tariff)
    revenue = (shocked.tariff * trade).sum(axis=1)
    output = wage * labor * base.output
    sales = ((1 - nu)[:, None] * trade).sum(axis=0)
    transfer = base.transfer * output.sum() / base.output.sum()
    relief = 1 / (1 - revenue / output) if shocked.tax_relief else 1.0
    np.testing.assert_allclose(beta * sales + nu * trade.sum(axis=1), output, rtol=1e-10)
    np.testing.assert_allclose(revenue + output + transfer + (1 - beta) * sales, spending, rtol=1e-10)
    np.testing.assert_allclose(labor, (relief * wage / price) ** shocked.labor_supply_elasticity, rtol=1e-10)
    np.testing.assert_allclose((spending_hat / wage) ** (1 - phi) * total ** (-1 / epsilon), price, rtol=1e-10)
    level = base.expenditure @ (price - 1) if beta == 1 else base.output @ (wage - 1)
    assert abs(level) <= 1e-10 * base.output.sum()


@pytest.mark.parametrize("labor_share", [1.0, 0.49])
@pytest.mark.parametrize("relief", [True, False])
def test_jacobian_is_the_derivative_of_the_residuals(labor_share, relief):
    chosen, base = small_world(labor_share)
    shocked = world(np.full((len(chosen),) * 2, 0.2), base, relief=relief, exponent=EXPONENT[chosen])
    x = np.random.default_rng(1).normal(scale=0.05, size=2 * len(chosen))

    def residual(x):
        at = equilibrium_at(shocked, x)
        return np.concatenate([at.income_residual, at.cost_residual])

    step = 1e-6
    numeric = [(residual(x + step * e) - residual(x - step * e)) / (2 * step) for e in np.eye(len(x))]
    exact = jacobian(shocked, equilibrium_at(shocked, x))
    np.testing.assert_allclose(exact, np.array(numeric).T, atol=1e-8)
    blocks, own = own_blocks(shocked, equilibrium_at(shocked, x)), np.arange(len(chosen))
    pairs = exact.reshape(2, len(chosen), 2, len(chosen))[:, own, :, own]
    np.testing.assert_allclose(blocks, pairs, atol=1e-13)


# Laws


def test_accounts_balance_and_transfers_sum_to_zero():
    for base in (BASE, BASE_WITH_INPUTS, NO_FIXED_COSTS):
        assert abs(base.transfer.sum()) <= 1e-12 * np.abs(base.transfer).sum()
        kept = 1 - base.fixed_cost_share
        sales = kept @ base.trade
        np.testing.assert_allclose(
            base.expenditure, base.output + base.transfer + (1 - base.labor_share) * sales, rtol=1e-12
        )
    # income repeats GDP but for ν of what is sold abroad; none of it where own sales were cut off
    kept_own = ~BASE.without_own_sales
    expected = GDP + SHARE * ((1 - SHARE) @ TRADE)
    np.testing.assert_allclose(BASE.output[kept_own], expected[kept_own], rtol=1e-12)


@pytest.mark.parametrize("solve", SOLVERS)
@pytest.mark.parametrize("base", [BASE, BASE_WITH_INPUTS, NO_FIXED_COSTS], ids=["labour", "inputs", "no fixed costs"])
def test_without_a_tariff_nothing_changes_and_no_step_is_taken(base, solve):
    exponent = np.ones(N) if base is NO_FIXED_COSTS else EXPONENT
    shocked = world(np.zeros((N, N)), base, exponent=exponent)
    at, solution = solve(shocked)
    assert solution.iterations == 0
    np.testing.assert_allclose(logs(at), 0, atol=1e-13)
    found = outcome_of(shocked, at)
    np.testing.assert_allclose(found.welfare_change, 0, atol=1e-13)
    np.testing.assert_allclose(found.trade, base.trade, rtol=1e-13)


def test_money_has_no_unit():
    other = base_year(TRADE * 1e-6, GDP * 1e-6, fixed_cost_shares(TRADE * 1e-6, GDP * 1e-6, USA))
    tariff = tariffs(by_usa=ANNOUNCED, on_usa=0.1)
    np.testing.assert_allclose(logs(at_solution(world(tariff, other))), logs(at_solution(world(tariff))), atol=1e-10)


def test_names_do_not_matter():
    order = np.random.default_rng(2).permutation(N)
    shuffled = np.ix_(order, order)
    home = int(np.flatnonzero(order == USA)[0])
    share = fixed_cost_shares(TRADE[shuffled], GDP[order], home)
    base = base_year(TRADE[shuffled], GDP[order], share)
    tariff = tariffs(by_usa=ANNOUNCED, on_usa=0.1)
    found = at_solution(world(tariff[shuffled], base, exponent=tariff_exponent(share, 4.0)))
    np.testing.assert_allclose(found.wage_log, at_solution(world(tariff)).wage_log[order], atol=1e-10)


def test_the_dropped_market_clears_only_if_transfers_sum_to_zero():
    at, _ = solve_by_newton(EXPERIMENTS["ustr"]())
    largest = int(np.argmax(BASE.output))
    assert abs(at.income_residual[largest]) <= 1e-13
    given_away = replace(BASE, transfer=BASE.transfer - 1e-4 * BASE.output)
    with pytest.raises(ConvergenceError):
        solve_by_newton(world(np.zeros((N, N)), given_away))


def test_world_spending_is_world_income_and_revenue():
    for case in ("ustr_reciprocal", "ustr_lump_sum"):
        shocked = EXPERIMENTS[case]()
        at = at_solution(shocked)
        spending = BASE.expenditure @ np.exp(at.spending_log)
        assert spending == pytest.approx(at.income.sum() + (at.revenue_share * at.income).sum(), rel=1e-12)


def test_without_fixed_costs_deficits_keep_their_share_in_world_output():
    shocked, found = outcome("eaton_kortum_krugman")
    grown = at_solution(shocked).income.sum() / shocked.base.output.sum()
    np.testing.assert_allclose(found.deficit, found.deficit_base * grown, rtol=1e-9, atol=1e-9 * GDP.min())


def test_without_labour_supply_the_use_of_the_revenue_is_all_the_same():
    tariff = tariffs(by_usa=ANNOUNCED)
    relief, handed_out = (at_solution(world(tariff, relief=relief, kappa=0.0)) for relief in (True, False))
    np.testing.assert_allclose(relief.employment_log, 0, atol=1e-14)
    np.testing.assert_allclose(logs(relief), logs(handed_out), atol=1e-11)
    nearly = at_solution(world(tariff, kappa=1e-6))
    np.testing.assert_allclose(logs(nearly), logs(relief), atol=1e-6)


def test_without_scale_economies_unit_cost_is_the_wage():
    at = at_solution(world(tariffs(by_usa=ANNOUNCED), psi=0.0))
    np.testing.assert_allclose(at.cost_log, at.wage_log, atol=1e-11)
    nearly = at_solution(world(tariffs(by_usa=ANNOUNCED), psi=1e-6))
    np.testing.assert_allclose(nearly.wage_log, at.wage_log, atol=1e-6)


def test_inputs_fade_as_labour_becomes_the_whole_cost():
    tariff = tariffs(by_usa=ANNOUNCED, on_usa=0.1)
    nearly = outcome_of(shocked := world(tariff, base_year(TRADE, GDP, SHARE, 1 - 1e-7)), solve_by_anderson(shocked)[0])
    without = outcome_of(shocked := world(tariff), solve_by_anderson(shocked)[0])
    for name in ("welfare_change", "employment_change", "exports_to_gdp_change"):
        np.testing.assert_allclose(getattr(nearly, name), getattr(without, name), atol=1e-5)


# Two economies alike, by hand


def two_alike(own=0.7, nu=0.2, labor_share=1.0):
    trade = 100.0 * np.array([[own, 1 - own], [1 - own, own]])
    return accounts_of(trade, np.full(2, nu), labor_share)


@pytest.mark.parametrize("relief", [True, False])
@pytest.mark.parametrize("rate", [-0.2, 0.1, 1.0, 20.0])
def test_two_economies_alike_by_hand(rate, relief):
    """With w = 1 and T = 0 by symmetry: M = Y', E'/M = B/C, v = L^(εψ), L = (h/P)^κ, P = Ê^(1−φ) S^(−1/ε).

    ln P = a ln L + b,  a = 1−φ−ψ,  b = (1−φ) ln(B/C) − ln(B)/ε,  ln L = κ(ln h − ln P)  →  ln P = (aκ ln h + b)/(1+aκ)
    """
    own, epsilon, kappa, psi, phi = 0.7, 4.0, 0.5, 0.67 / 4, 1.3
    tariff = rate * (1 - np.eye(2))
    shocked = world(tariff, two_alike(own), relief=relief, exponent=np.full(2, phi))
    taxed = own + (1 - own) * (1 + rate) ** (-epsilon * phi)
    untaxed = own + (1 - own) * (1 + rate) ** (-epsilon * phi - 1)
    revenue_share = taxed / untaxed - 1
    a, b = 1 - phi - psi, (1 - phi) * np.log(taxed / untaxed) - np.log(taxed) / epsilon
    relief_log = -np.log(1 - revenue_share) if relief else 0.0
    price_log = (a * kappa * relief_log + b) / (1 + a * kappa)
    employment_log = kappa * (relief_log - price_log)
    for solve in SOLVERS:
        at = solve(shocked)[0]
        np.testing.assert_allclose(at.price_log - at.wage_log, price_log, atol=1e-10)
        np.testing.assert_allclose(at.employment_log, employment_log, atol=1e-10)
    found = outcome_of(shocked, at)
    if rate == 20:  # nothing is left of trade: prices rise to λ^(−1/(ε(1+aκ))), and income with scale
        np.testing.assert_allclose(found.exports_to_gdp_change, -1, atol=1e-6)
        assert price_log == pytest.approx(-np.log(own) / epsilon / (1 + a * kappa), abs=1e-5)
    # Ŵ by its definition: δ = E/(E − κ/(1+κ)(1−ρ)Y), E = Y, Ê = L(1+ρ)
    kept = 1 - revenue_share if relief else 1.0
    weight = 1 / (1 - kappa / (1 + kappa) * kept)
    welfare = (weight * (1 + revenue_share) + 1 - weight) * np.exp(employment_log - price_log) - 1
    np.testing.assert_allclose(found.welfare_change, welfare, atol=1e-10)


# Large shocks


@pytest.mark.parametrize(("rate", "relief"), [(0.25, True), (0.5, False)])
def test_a_tariff_war_of_all_is_reached_in_parts(rate, relief):
    """At once it fails: in the base's trade, duties on the Marshall Islands' imports exceed all their wages."""
    shocked = world(rate * (1 - np.eye(N)), relief=relief)
    at, solution = solve_by_anderson(shocked)
    assert solution.residual <= TOLERANCE
    if relief:
        assert np.isnan(equilibrium_at(shocked, np.zeros(2 * N)).wage_log[ECONOMIES.index("MHL")])
        assert at.revenue_share.max() < 1


def test_large_tariffs_of_one_economy_converge():
    for rate in (1.0, 2.0):
        for relief in (True, False):
            shocked = world(tariffs(by_usa=rate, on_usa=rate), relief=relief)
            assert solve_by_anderson(shocked)[1].residual <= TOLERANCE


def small_world(labor_share=1.0):
    """The United States, China and ten others."""
    chosen = np.array([USA, CHN, *range(0, N, 20)])
    return chosen, accounts_of(BASE.trade[np.ix_(chosen, chosen)], SHARE[chosen], labor_share)


@pytest.mark.parametrize("solve", SOLVERS)
@pytest.mark.parametrize("labor_share", [1.0, 0.49])
@pytest.mark.parametrize("relief", [True, False])
def test_absurd_tariffs_are_refused_with_the_residual(labor_share, relief, solve):
    chosen, base = small_world(labor_share)
    tariff = 10.0 * (1 - np.eye(len(chosen)))
    with pytest.raises(ConvergenceError, match=r"World markets do not clear.*residual") as caught:
        solve(world(tariff, base, relief=relief, exponent=EXPONENT[chosen]))
    assert not caught.value.residual <= TOLERANCE


def test_absurd_tariffs_of_all_the_world_are_refused():
    for base in (BASE, BASE_WITH_INPUTS):
        with pytest.raises(ConvergenceError, match="World markets do not clear"):
            solve_by_anderson(world(10.0 * (1 - np.eye(N)), base))


def test_an_economy_without_trade_has_no_wage_to_find():
    with pytest.raises(ConvergenceError, match="World markets do not clear"):
        solve_by_anderson(world(np.zeros((2, 2)), two_alike(1.0), exponent=np.ones(2)))


# Speed, run by hand: pytest -m benchmark --benchmark-only


@pytest.mark.benchmark
def test_speed_of_194_economies_within_10_ms(benchmark):
    benchmark(solve_by_anderson, EXPERIMENTS["ustr_reciprocal"]())


@pytest.mark.benchmark
def test_speed_of_194_economies_with_inputs_by_newton_within_50_ms(benchmark):
    benchmark(solve_by_newton, EXPERIMENTS["inputs_reciprocal"]())


@pytest.mark.benchmark
def test_speed_of_1_000_scenarios_within_10_s(benchmark):
    def many():
        for rate in np.linspace(0.001, 1.0, 1000):
            shocked = world(tariffs(by_usa=rate))
            outcome_of(shocked, solve_by_anderson(shocked)[0])

    benchmark.pedantic(many, rounds=1)
