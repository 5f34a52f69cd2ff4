"""The measure that decides on a line, on the example of the docstring."""

import numpy as np
import pandas as pd
import pytest

from calc.tariffs.deciding import Measure, deciding_measures
from calc.tariffs.fine_lines import Members, Side
from calc.tariffs.record import OPEN, START

PRODUCTS = ("72081000", "72191100", "72250000", "73010000")
PARTNERS = ("CHN", "GBR")
DAY = np.datetime64("2025-11-10")


def members_of(code):
    found = np.array([number for number, product in enumerate(PRODUCTS) if product.startswith(code)])
    return Members(
        product=found,
        depth=np.full(len(found), len(code)),
        effective=np.full(len(found), START),
        end=np.full(len(found), OPEN),
    )


@pytest.fixture
def side():
    """Four products from two partners: lines 0 to 3 from China, 4 to 7 from the United Kingdom."""
    count = len(PRODUCTS)
    return Side(
        imposer="USA",
        products=pd.Index(PRODUCTS),
        product=np.tile(np.arange(count), 2),
        cell=np.arange(2 * count),
        share=np.ones(2 * count),
        line=np.arange(2 * count),
        cell_of_line=np.arange(2 * count),
        base=np.zeros(2 * count),
        usmca_share=np.zeros(2 * count),
        content={},
        of_economy={"CHN": np.arange(count), "GBR": np.arange(count, 2 * count)},
        members={code: members_of(code) for code in ("72", "7208", "7219")},
    )


def measure(target, products, except_products="", rate=0.0):
    return Measure(
        target=target,
        products=products,
        except_products=except_products,
        rate_pct=rate,
        rate_type="add",
        basis="value",
        usmca_relief_pct=0.0,
        under_s232="stacks",
    )


EVERYWHERE, LONGER, NAMED = measure("WLD", "72"), measure("WLD", "7208"), measure("GBR", "72", "7219")


def decided(side, *programme):
    """Row that decides, by partner and first four digits."""
    found = deciding_measures(side, list(programme), DAY)
    count = len(PRODUCTS)
    return {
        (PARTNERS[line // count], PRODUCTS[line % count][:4]): int(row)
        for line, row in zip(found.lines, found.measure, strict=True)
    }


def test_the_longest_prefix_decides_then_the_named_target_and_its_exception_frees_the_line(side):
    assert decided(side, EVERYWHERE, LONGER, NAMED) == {
        ("CHN", "7225"): 0,
        ("CHN", "7219"): 0,
        ("CHN", "7208"): 1,
        ("GBR", "7225"): 2,
        ("GBR", "7208"): 1,
    }


def test_an_exception_from_a_measure_for_all_leaves_the_line_to_the_others(side):
    assert decided(side, EVERYWHERE, measure("WLD", "7219", "7219"))[("CHN", "7219")] == 0


def test_a_named_target_alone_reaches_no_other_partner(side):
    assert decided(side, NAMED) == {("GBR", "7208"): 0, ("GBR", "7225"): 0}


def test_a_target_that_sells_nothing_is_passed_over(side):
    assert decided(side, measure("JPN;CHN", "7208")) == {("CHN", "7208"): 0}
