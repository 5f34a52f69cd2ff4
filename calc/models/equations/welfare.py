"""Surpluses, deadweight loss and the textbook areas of a tariff.

Every exact surplus goes through φ(z) = (e^z − 1)/z, φ(0) = 1, so that no elasticity needs a special case.
"""

from dataclasses import dataclass

import numpy as np

from calc.flows import Array


def _exprel(z: Array) -> Array:
    """φ(z), in half the time of SciPy's."""
    zero = z == 0
    change: Array = np.expm1(z)
    change /= np.where(zero, 1.0, z)
    change[zero] = 1.0
    return change


def consumer_surplus_change(expenditure: Array, price_log: Array, demand_elasticity: Array) -> Array:
    """Change of consumer surplus under demand of constant elasticity, exact.

        ΔCS = −V0 lnP φ((1+ε) lnP) = −V0 (P^(1+ε) − 1)/(1+ε)

    Parameters
    ----------
    expenditure : V0, US$ duty paid at base prices
    price_log : ln P, log change of the buyers' price
    demand_elasticity : ε, < 0
    """
    change: Array = -expenditure * price_log * _exprel((1 + demand_elasticity) * price_log)
    return change


def producer_surplus_change(value: Array, price_log: Array, supply_elasticity: Array) -> Array:
    """Change of producer surplus under supply of constant elasticity, exact; 0 where supply is infinitely elastic.

        ΔPS = M0 lnp φ((1+β) lnp) = M0 (p^(1+β) − 1)/(1+β)

    Parameters
    ----------
    value : M0, US$ at base producer prices
    price_log : ln p, log change of the producer price
    supply_elasticity : β, ≥ 0 or inf
    """
    finite = np.isfinite(supply_elasticity)
    if not finite.any():
        return np.zeros_like(value)
    exponent = (1 + np.where(finite, supply_elasticity, 0.0)) * price_log
    change: Array = np.where(finite, value * price_log * _exprel(exponent), 0.0)
    return change


def deadweight_loss(tariff_base: Array, tariff_new: Array, import_value_change: Array) -> Array:
    """Welfare lost with straight lines and a given world price: (t0 + t1)/2 · |ΔM|, US$, ≥ 0 for a rising tariff.

    From free trade (t0 = 0) this is Harberger's triangle ½ t |ΔM|.
    """
    return (tariff_base + tariff_new) / 2 * np.abs(import_value_change)


def cost_to_buyers(duty_paid: float, deadweight: float) -> float:
    """What a tariff costs buyers at full pass-through: the duty they pay and the deadweight loss, US$."""
    return duty_paid + deadweight


def border_pass_through(export_price_change: float, tariff_change: float) -> float:
    """Share of a duty that reaches the duty-paid price: 1 + d ln p*/dt.

    Parameters
    ----------
    export_price_change : relative change of the exporters' price, fraction, usually ≤ 0
    tariff_change : change of the tariff, fraction

    Source: Amiti, Flanagan, Heise & Weinstein (2026), who regress export prices on tariff changes.
    """
    return 1 + export_price_change / tariff_change


def market_pass_through(supply_elasticity: float, demand_elasticity: float) -> float:
    """Pass-through of a small duty on a whole market: β/(β − ε); 1 at β = inf."""
    return 1 / (1 - demand_elasticity / supply_elasticity)


@dataclass(frozen=True, slots=True)
class TariffAreas:
    """The five areas under a specific tariff with straight supply and demand lines.

    Parameters
    ----------
    a : gain of home producers
    b, d : production and consumption triangles
    c : duty paid by home buyers
    e : duty paid by foreign sellers, the terms-of-trade gain
    """

    a: float
    b: float
    c: float
    d: float
    e: float

    @property
    def consumer_surplus_change(self) -> float:
        """ΔCS = −(a + b + c + d)."""
        return -(self.a + self.b + self.c + self.d)

    @property
    def producer_surplus_change(self) -> float:
        """ΔPS = a."""
        return self.a

    @property
    def tariff_revenue(self) -> float:
        """R = c + e."""
        return self.c + self.e

    @property
    def deadweight_loss(self) -> float:
        """DWL = b + d."""
        return self.b + self.d

    @property
    def net_welfare_change(self) -> float:
        """Home's net gain: e − b − d."""
        return self.e - self.b - self.d


def tariff_areas(
    *,
    price_base: float,
    home_price_new: float,
    world_price_new: float,
    supply_base: float,
    supply_new: float,
    demand_base: float,
    demand_new: float,
) -> TariffAreas:
    """Textbook areas of a tariff from free trade (Krugman & Obstfeld, International Economics, ch. 9).

    With S home supply, D home demand, P0 the free-trade price, P1 the home and P1* the world price under the tariff:

        a = (P1−P0)(S0+S1)/2        b = (P1−P0)(S1−S0)/2        c = (P1−P0)(D1−S1)
        d = (P1−P0)(D0−D1)/2        e = (P0−P1*)(D1−S1)
    """
    rise = home_price_new - price_base
    imports_new = demand_new - supply_new
    return TariffAreas(
        a=rise * (supply_base + supply_new) / 2,
        b=rise * (supply_new - supply_base) / 2,
        c=rise * imports_new,
        d=rise * (demand_base - demand_new) / 2,
        e=(price_base - world_price_new) * imports_new,
    )


@dataclass(frozen=True, slots=True)
class PreferenceGain:
    """Effects per unit of imports that switch to a preferred partner, US$.

    Parameters
    ----------
    consumer_gain : gain of the buyer
    tariff_revenue_lost : duty no longer collected
    """

    consumer_gain: float
    tariff_revenue_lost: float

    @property
    def net_gain(self) -> float:
        """Buyer's gain less the revenue lost; negative where trade is diverted."""
        return self.consumer_gain - self.tariff_revenue_lost


def preference_gain_per_unit(
    *, third_price_duty_paid: float, third_tariff: float, partner_price: float
) -> PreferenceGain:
    """Buyer's gain and revenue lost on a unit diverted to a duty-free partner (Feenstra & Taylor 2008).

    gain = p_old − p_partner        revenue lost = t p*_third        p_old = (1+t) p*_third
    """
    third_world_price = third_price_duty_paid / (1 + third_tariff)
    return PreferenceGain(
        consumer_gain=third_price_duty_paid - partner_price,
        tariff_revenue_lost=third_tariff * third_world_price,
    )
