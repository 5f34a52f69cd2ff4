"""Numbers of the goods hit and of all imports: they stand side by side, and a fixed basket never lies."""

import numpy as np
import pytest
from builders import LAWS, elasticities_of, flows_of, policy_of
from hypothesis import given
from hypothesis import strategies as st

from calc.analysis.perspective import goods_hit, partner_changes
from calc.analysis.uncertainty import run_draws
from calc.models import armington
from calc.question import point_answer
from calc.scenario import Scenario
from calc.tariffs.rules import Rule

HORSES = Scenario(rules=(Rule(importer=("USA",), exporters=("CHN",), products=("010121",), value_pct=50.0),))


def test_the_goods_hit_are_the_products_touched_from_all_origins(small):
    result = point_answer(HORSES, small)
    hit = goods_hit(result)
    # horses of the US from China (100) and Mexico (50), of 730 in all
    assert result.value("affected_import_value_base") == 150
    assert result.value("affected_import_value_share") == pytest.approx(150 / 730)
    assert set(hit.lines["product"]) == {"010121"}
    assert hit.lines["import_value_base"].sum() == 150
    change = hit.lines["import_value_new"] - hit.lines["import_value_base"]
    assert result.value("affected_import_value_change") == pytest.approx(change.sum(), rel=1e-12)
    volume = (hit.lines["volume_change"] * hit.lines["import_value_base"]).sum() / 150
    assert result.value("affected_volume_change") == pytest.approx(volume, rel=1e-12)
    assert result.value("affected_tariff_base") == pytest.approx(25 / 150)
    assert result.value("affected_tariff_new") == pytest.approx(75 / 150)
    assert partner_changes(hit)["imports_base"].sum() == 150
    assert result.goods_hit_alone


def test_an_answer_on_most_imports_opens_with_all_of_them(small):
    result = point_answer(Scenario(rules=(Rule(importer=("USA",), value_pct=10.0),)), small)
    assert not result.goods_hit_alone
    assert not point_answer(Scenario(), small).goods_hit_alone


def test_ranges_of_the_goods_hit_are_those_of_all_imports_on_a_smaller_base(us_2024):
    coffee = Scenario(
        rules=(Rule(importer=("USA",), exporters=("BRA",), products=("0901",), value_pct=50.0),), draws=20
    )
    drawn = run_draws(coffee, us_2024)
    numbers = drawn.values  # a field of its own, not that of a table
    share = drawn.central.value("affected_import_value_share")
    assert share < 0.01
    np.testing.assert_allclose(numbers["import_volume_change"], share * numbers["affected_volume_change"], rtol=1e-9)
    ends = drawn.summary.set_index("metric")
    for name in ("affected_volume_change", "affected_composite_price_change", "import_price_change"):
        assert ends.loc[name, "low"] < ends.loc[name, "value"] < ends.loc[name, "high"]


values = st.lists(st.floats(1, 1e6), min_size=6, max_size=6)
rises = st.lists(st.floats(0, 2), min_size=6, max_size=6)


@LAWS
@given(values=values, rises=rises, rates=rises, spared=st.sets(st.integers(0, 2), max_size=3))
def test_exempting_goods_never_raises_the_price_of_all_imports_where_tariffs_rise(values, rises, rates, spared):
    flows = flows_of(np.reshape(values, (3, 2)), np.reshape(rates, (3, 2)))
    asked = flows.tariff_rate + np.array(rises)
    exempt = np.where(np.isin(flows.product, list(spared)), flows.tariff_rate, asked)
    elasticities = elasticities_of(flows)

    def price(tariff):
        result = armington.simulate(flows, policy_of(flows, tariff=tariff), elasticities)
        return result.value("import_price_change")

    assert price(exempt) <= price(asked) + 1e-12
