"""Results of export restrictions: what buyers pay, who earns the rent, and who steps in."""

import numpy as np
import pandas as pd
import streamlit as st

from calc.analysis.perspective import TARGETED_PRODUCERS
from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.page import answers
from calc.page.heading import Card
from calc.page.held import state
from calc.page.text import plain
from calc.result import Result
from calc.scenario import Scenario
from calc.tariffs.rules import Rule, line_coverage
from calc.words import amount, in_sentences, listing, money, small_percent

FINE_ENOUGH = 0.10  # part of an industry from which a ceiling on it says something of the goods that are restricted


def _export_lines(result: Result) -> pd.DataFrame | None:
    """Lines on which only exporters act; None where a tariff or trade cost is changed too, or nothing is."""
    lines = result.lines
    if result.inputs and "trade_cost" in result.inputs.instruments:
        return None
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


def export_words(result: Result, *, whose: str = "") -> str:
    """One sentence: what buyers pay for the restricted goods, who earns the rent, and who steps in.

    Parameters
    ----------
    whose : the importer whose purchases are shown, where the data have several: `the United States`
    """
    held = _export_lines(result)
    if held is None:
        return ""
    rows = result.summary.set_index("metric")["value"]
    value = held["import_value_base"]
    price = float((held["world_price_change"] * value).sum() / value.sum())
    gain = float(held["producer_surplus_change"].sum())
    who = listing(in_sentences(result, held["exporter"].astype(str).unique()))
    sellers = result.lines["exporter"].isin(held["exporter"])
    products = result.lines["product"].isin(held["product"]) & ~result.lines["targeted"] & ~sellers
    others = result.lines[products]
    moved = (others["import_value_new"] - others["import_value_base"]).groupby(others["exporter"], observed=True).sum()
    steps_in = moved.nlargest(2)
    steps_in = steps_in[steps_in > 0]
    sold = float(rows.get("other_suppliers_gain", 0.0))
    there = f" on sales to {whose}" if whose else ""
    more = f"{small_percent(abs(price)).lstrip('+')} {'more' if price >= 0 else 'less'}"
    sentence = (
        f"Before duty, buyers pay {more} for what {who} still ships; its exporters "
        f"{'lose' if gain < 0 else 'gain'} {amount(abs(gain))} a year{there}: scarcity rents less what "
        "they lose on goods not sold."
    )
    treasury = rows.get("export_tax_revenue_change", 0.0)
    if treasury:
        sentence += f" Its treasury collects {money(float(treasury), sign=treasury < 0)}."
    if len(steps_in) and sold > 0:
        most = listing(in_sentences(result, steps_in.index.astype(str)))
        sentence += f" Other suppliers sell {amount(sold)} more of these products, {most} most."
    return sentence


def too_coarse(part: float) -> str:
    """What data by industry cannot show of goods that are a small part of one; empty where they are a large part.

    Parameters
    ----------
    part : of the industry's trade that the restricted goods are, fraction
    """
    if not part < FINE_ENOUGH:
        return ""
    share = small_percent(part).lstrip("+")
    return (
        f"These data are by industry, and the restricted goods are {share} of what the industries sell: other goods of "
        "the industry fill the gap, so this answer says how little money is at stake, and nothing of scarcity."
    )


def restricted_part(scenario: Scenario, data: Dataset) -> float:
    """Part of the lines they touch that a scenario's export restrictions cover, by value; 1 without any."""
    value, covered, touched = data.flows.import_value, 0.0, 0.0
    for rule in _restrictions(scenario):
        try:
            coverage = line_coverage(rule, data, "The rule")
        except CalcError:
            continue
        covered += float((value * coverage).sum())
        touched += float((value * np.sign(coverage)).sum())
    return covered / touched if touched else 1.0


def say_too_coarse(scenario: Scenario, data: Dataset) -> None:
    """A warning where data by industry cannot show a restriction, with the preset that has it by product."""
    if not (words := too_coarse(restricted_part(scenario, data))):
        return
    st.warning(plain(words), icon=":material/straighten:")
    products = {rule.products for rule in _restrictions(scenario)}
    for preset in answers.preset_scenarios().values():
        by_product = preset.dataset != data.name and answers.dataset(preset.dataset).kind == "imports"
        if by_product and preset.rules and all(rule.products in products for rule in preset.rules):
            st.button(
                f"By product: open “{preset.title}”",
                on_click=state.hold_preset,
                args=(preset,),
                key="by_product",
                type="primary",
            )
            return


def _restrictions(scenario: Scenario) -> list[Rule]:
    return [rule for rule in scenario.rules if rule.instrument in ("export_tax", "export_volume")]
