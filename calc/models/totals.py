"""Headline numbers from sums over lines and markets, the same for one answer and for many draws at once."""

from dataclasses import dataclass

import numpy as np

from calc.flows import Array

Sum = np.float64 | Array
"""A sum over lines or markets, or one such sum for each draw, [draw]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Totals:
    """Sums from which the headline numbers follow, US$; own sales count in the surpluses only.

    Parameters
    ----------
    import_value_base, import_value_change : Σ M0, Σ M1 − M0
    volume_change : Σ M0 (q − 1)
    price_effect, trade_creation, trade_diversion : as on lines
    tariff_revenue_base, tariff_revenue_change : Σ t0 M0, Σ t1 M1 − t0 M0
    duty_at_base_trade : Σ t1 M0
    targeted_base, targeted_spending : Σ M0, Σ M0 (1+t0) of targeted lines
    targeted_duty_base, targeted_duty_at_base_trade : Σ t0 M0, Σ t1 M0 of targeted lines
    targeted_change, targeted_volume_change : Σ M1 − M0, Σ M0 (q − 1) of targeted lines
    targeted_price_change : Σ M0 (1+t0) (p − 1) of targeted lines
    others_change : Σ M1 − M0 on the other lines of markets with a targeted line
    touched_base, touched_duty_base, touched_duty_at_base_trade : Σ M0, Σ t0 M0, Σ t1 M0 of these markets
    touched_volume_change : Σ M0 (q − 1) of these markets
    touched_spending, touched_price_change : Σ V0, Σ V0 (P − 1) of these markets
    spending, price_change : Σ V0, Σ V0 (P − 1) of all markets
    export_tax_revenue_change, consumer_surplus_change, producer_surplus_change : of everybody
    """

    import_value_base: Sum
    import_value_change: Sum
    volume_change: Sum
    price_effect: Sum
    trade_creation: Sum
    trade_diversion: Sum
    tariff_revenue_base: Sum
    tariff_revenue_change: Sum
    duty_at_base_trade: Sum
    targeted_base: Sum
    targeted_spending: Sum
    targeted_duty_base: Sum
    targeted_duty_at_base_trade: Sum
    targeted_change: Sum
    targeted_volume_change: Sum
    targeted_price_change: Sum
    others_change: Sum
    touched_base: Sum
    touched_duty_base: Sum
    touched_duty_at_base_trade: Sum
    touched_volume_change: Sum
    touched_spending: Sum
    touched_price_change: Sum
    spending: Sum
    price_change: Sum
    export_tax_revenue_change: Sum
    consumer_surplus_change: Sum
    producer_surplus_change: Sum


def headline_numbers(totals: Totals) -> dict[str, Sum]:
    """The headline numbers that every model gives, by metric; shares and means are 0 where nothing is weighted."""
    t = totals
    value_new = t.import_value_base + t.import_value_change
    duty_new = t.tariff_revenue_base + t.tariff_revenue_change
    surplus = t.consumer_surplus_change + t.producer_surplus_change

    def ratio(part: Sum, whole: Sum) -> Sum:
        """Part over whole; 0 where the whole is 0, because then nothing changed."""
        return part / whole if np.all(whole) else np.zeros_like(part)

    return {
        "import_value_base": t.import_value_base,
        "import_value_new": value_new,
        "import_value_change": t.import_value_change,
        "import_volume_change": ratio(t.volume_change, t.import_value_base),
        "price_effect": t.price_effect,
        "trade_creation": t.trade_creation,
        "trade_diversion": t.trade_diversion,
        "effective_tariff_base": ratio(t.tariff_revenue_base, t.import_value_base),
        "statutory_tariff_new": ratio(t.duty_at_base_trade, t.import_value_base),
        "effective_tariff_new": ratio(duty_new, value_new),
        "targeted_tariff_base": ratio(t.targeted_duty_base, t.targeted_base),
        "targeted_tariff_new": ratio(t.targeted_duty_at_base_trade, t.targeted_base),
        "targeted_import_value_base": t.targeted_base,
        "targeted_import_value_change": t.targeted_change,
        "targeted_import_value_relative_change": ratio(t.targeted_change, t.targeted_base),
        "targeted_landed_price_change": ratio(t.targeted_price_change, t.targeted_spending),
        "targeted_volume_change": ratio(t.targeted_volume_change, t.targeted_base),
        "other_suppliers_gain": t.others_change,
        "affected_composite_price_change": ratio(t.touched_price_change, t.touched_spending),
        "affected_import_value_base": t.touched_base,
        "affected_import_value_share": ratio(t.touched_base, t.import_value_base),
        "affected_import_value_change": t.targeted_change + t.others_change,
        "affected_volume_change": ratio(t.touched_volume_change, t.touched_base),
        "affected_tariff_base": ratio(t.touched_duty_base, t.touched_base),
        "affected_tariff_new": ratio(t.touched_duty_at_base_trade, t.touched_base),
        "import_price_change": ratio(t.price_change, t.spending),
        "tariff_revenue_base": t.tariff_revenue_base,
        "tariff_revenue_new": duty_new,
        "tariff_revenue_change": t.tariff_revenue_change,
        "export_tax_revenue_change": t.export_tax_revenue_change,
        "consumer_surplus_change": t.consumer_surplus_change,
        "producer_surplus_change": t.producer_surplus_change,
        "net_welfare_change": surplus + t.tariff_revenue_change + t.export_tax_revenue_change,
    }
