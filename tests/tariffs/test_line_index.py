"""The lines that rules cover, found by partner and prefix, beside what is found by looking at every line."""

import time

import numpy as np
import pandas as pd
import pytest
from builders import LAWS
from hypothesis import given
from hypothesis import strategies as st

from calc.datasets.dataset import read_dataset
from calc.errors import ScenarioError
from calc.tariffs import policy
from calc.tariffs.policy import apply_rules
from calc.tariffs.rules import Rule, apply_action, line_coverage

ECONOMIES = ("AUS", "BRA", "CHN", "DEU", "USA")
GROUPS = {"AUS": "FAR", "BRA": "SOUTH;FAR", "CHN": "FAR", "DEU": "", "USA": ""}
PRODUCTS = ("010121", "010129", "020110", "850511", "850519", "8703", "c1", "c10")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Five economies that trade most of eight products, own sales among them, and two lists."""
    folder = tmp_path_factory.mktemp("world")
    rng = np.random.default_rng(5)
    keys = pd.MultiIndex.from_product([ECONOMIES, ECONOMIES, PRODUCTS]).to_frame(index=False)
    keys.columns = ["importer", "exporter", "product"]
    keys = keys[rng.random(len(keys)) < 0.8].sample(frac=1, random_state=1)
    keys.assign(value_usd=rng.lognormal(8, 1, len(keys)).round(2)).to_csv(folder / "flows.csv", index=False)
    rates = keys[keys["importer"] != keys["exporter"]].assign(tariff_pct=lambda t: rng.integers(0, 30, len(t)))
    rates.to_csv(folder / "tariffs.csv", index=False)
    groups = pd.DataFrame({"economy": ECONOMIES, "groups": [GROUPS[code] for code in ECONOMIES]})
    groups.assign(name=ECONOMIES, iso_numeric="").to_csv(folder / "countries.csv", index=False)
    about = 'title = "A world"\nyear = 2024\nvaluation = "fob"\nkind = "world"\nhome_sales = true\n'
    (folder / "dataset.toml").write_text(about)
    (folder / "product-lists").mkdir()
    (folder / "product-lists" / "part.csv").write_text("product,coverage_pct\n8505,100\n010121,40\n")
    return read_dataset(folder)


def chosen(codes, everyone):
    return {code for code in ECONOMIES if not codes or code in codes or set(GROUPS[code].split(";")) & set(codes)} & {
        *everyone
    }


def share_of(selectors, code):
    """Share of a product under selectors, from their definition."""
    shares = [0.0]
    for selector in selectors:
        if selector == "list:part":
            shares.append(1.0 if code.startswith("8505") else 0.4 if code == "010121" else 0.0)
        else:
            shares.append(float(code.startswith(selector) if selector.isdigit() else code == selector))
    return max(shares)


def by_looking(rule, dataset):
    """Coverage of each line, one line at a time."""
    flows = dataset.flows
    buyers = chosen(rule.importer, ECONOMIES)
    sellers = chosen(rule.exporters, ECONOMIES)
    sellers -= chosen(rule.except_exporters, ECONOMIES) if rule.except_exporters else set()
    coverage = []
    for n, i, j in zip(flows.importer, flows.exporter, flows.product, strict=True):
        buyer, seller, code = flows.economies[n], flows.economies[i], flows.products[j]
        share = share_of(rule.products, code) if rule.products else 1.0
        share *= 1 - share_of(rule.except_products, code)
        coverage.append(share if buyer in buyers and seller in sellers and buyer != seller else 0.0)
    return np.array(coverage)


economies = st.lists(st.sampled_from([*ECONOMIES, "FAR", "SOUTH"]), max_size=2, unique=True).map(tuple)
codes = st.sampled_from(["01", "0101", "010121", "02", "85", "850519", "8703", "87", "c1", "list:part"])
products = st.lists(codes, max_size=2, unique=True).map(tuple)


@st.composite
def rules(draw):
    """A rule on tariffs that may select anything."""
    return Rule(
        importer=draw(economies),
        exporters=draw(economies),
        except_exporters=draw(economies),
        products=draw(products),
        except_products=draw(products),
        action=draw(st.sampled_from(["add", "set", "multiply", "floor", "cap"])),
        value_pct=draw(st.integers(0, 60)),
    )


@LAWS
@given(several=st.lists(rules(), min_size=1, max_size=4))
def test_rules_do_what_each_does_to_every_line_one_after_another(world, several):
    tariff = world.flows.tariff_rate
    for rule in several:
        coverage = by_looking(rule, world)
        if not coverage.any():
            with pytest.raises(ScenarioError, match="matches no trade"):
                apply_rules((rule,), world)
            return
        assert (line_coverage(rule, world, "The rule") == coverage).all()
        tariff = apply_action(rule.action, tariff, rule.value_pct / 100, coverage)
    found = apply_rules(tuple(several), world)
    assert (found.tariff_new == tariff).all()
    assert (found.targeted == (tariff != world.flows.tariff_rate)).all()


def test_rules_leave_the_rates_of_the_dataset_as_they_are(world):
    before = world.flows.tariff_rate.copy()
    apply_rules((Rule(value_pct=10), Rule(instrument="export_tax", value_pct=10)), world)
    assert (world.flows.tariff_rate == before).all()


def test_rules_that_would_take_minutes_are_refused_by_the_number_of_lines(world, monkeypatch):
    monkeypatch.setattr(policy, "MOST_REACHED", 500)
    with pytest.raises(ScenarioError, match=r"Rule 4: the rules up to this one cover \d+ lines.*Use a schedule"):
        apply_rules((Rule(value_pct=1),) * 10, world)


def test_a_rule_for_one_partner_and_heading_costs_a_twentieth_of_one_for_all(us_2024):
    headings = sorted({code[:4] for code in us_2024.flows.products})[:200]
    narrow = []
    for heading in headings:
        rule = Rule(exporters=("CHN",), products=(heading,), value_pct=1)
        try:
            line_coverage(rule, us_2024, "The rule")
        except ScenarioError:  # nothing comes from China under this heading
            continue
        narrow.append(rule)

    def seconds(rules):
        begun = time.process_time()
        apply_rules(tuple(rules), us_2024)
        return (time.process_time() - begun) / len(rules)

    everything = min(seconds([Rule(value_pct=1)] * 20) for _ in range(3))
    assert min(seconds(narrow) for _ in range(3)) < everything / 20 + 1e-4
