"""Results of export restrictions: what buyers pay, who earns the rent, and who steps in."""

import pandas as pd

from calc.analysis.perspective import TARGETED_PRODUCERS
from calc.page.heading import Card
from calc.result import Result
from calc.words import listing, money, small_percent


def _export_lines(result: Result) -> pd.DataFrame | None:
    """Lines on which only exporters act; None where a tariff is changed too, or nothing is."""
    lines = result.lines
    targeted = lines["targeted"].to_numpy()
    taxed = targeted & (lines["tariff_new"] != lines["tariff_base"]).to_numpy()
    return lines[targeted] if targeted.any() and not taxed.any() else None


def export_cards(result: Result) -> tuple[Card, ...]:
    """The cards of a result of export restrictions alone; none where tariffs are changed."""
    if _export_lines(result) is None:
        return ()
    return (
        ("affected_composite_price_change", "products concerned, all origins"),
        ("targeted_volume_change", "volume of the restricted goods"),
        (TARGETED_PRODUCERS, "on the restricted goods, rent included"),
        ("other_suppliers_gain", "extra sales of these products"),
    )


def export_words(result: Result) -> str:
    """One sentence: what buyers pay for the restricted goods, who earns the rent, and who steps in."""
    held = _export_lines(result)
    if held is None:
        return ""
    names = result.inputs.names if result.inputs else {}
    value = held["import_value_base"]
    price = float((held["world_price_change"] * value).sum() / value.sum())
    gain = float(held["producer_surplus_change"].sum())
    who = listing([names.get(code, code) for code in held["exporter"].astype(str).unique()])
    products = result.lines["product"].isin(held["product"]) & ~result.lines["targeted"]
    others = result.lines[products]
    moved = (others["import_value_new"] - others["import_value_base"]).groupby(others["exporter"], observed=True).sum()
    steps_in = moved.nlargest(2)
    steps_in = steps_in[steps_in > 0]
    more = f"{small_percent(abs(price)).lstrip('+')} {'more' if price >= 0 else 'less'}"
    sentence = (
        f"Before duty, buyers pay {more} for what {who} still ships; its exporters "
        f"{'lose' if gain < 0 else 'gain'} {money(abs(gain), sign=False)} a year: scarcity rents less what they "
        "lose on goods not sold."
    )
    treasury = result.summary.set_index("metric")["value"].get("export_tax_revenue_change", 0.0)
    if treasury:
        sentence += f" Its treasury collects {money(float(treasury), sign=treasury < 0)}."
    if len(steps_in):
        whose = listing([names.get(str(code), str(code)) for code in steps_in.index])
        sentence += f" {whose} step in with {money(float(steps_in.sum()), sign=False)} of sales."
    return sentence
