"""Numbers that others printed: each file of `data/published` against the function that should give it."""

import json

import numpy as np
import pandas as pd
import pytest

from calc.datasets.dataset import read_dataset
from calc.models.known import MODELS
from calc.published import comparison, worked_examples
from calc.published.cells import COLUMNS, beside, published_dir, read_example, read_table
from calc.question import point_answer
from calc.scenario import Scenario
from calc.tariffs.rules import Rule

CELLS = comparison.published_cells()
# Numbers of cells by source, so that none is lost on the way.
COUNTS = {
    "Caliendo & Parro 2015": 12 + 12 + 6 + 3,
    "Ignatenko et al. 2025": 36 + 48 + 8 + 24 + 48,
    "Ignatenko et al. 2025, appendix at second hand": 28,
    "Francois & Hall 2003": 4,
    "EMR, first figure": 3,
    "Amiti, Redding & Weinstein 2019": 2,
    "Amiti, Flanagan, Heise & Weinstein 2026": 2,
    "Formula of 2 April 2025": 4 + 7,
    "Krugman & Obstfeld": 23 + 3 + 4,
    "Worksheet of 2011": 5,
    "Feenstra & Taylor 2008": 2,
    "The Budget Lab at Yale 2026, prices and households": 65 + 4 + 40 + 2,
    "The Budget Lab at Yale 2025-26, revenue": 30 + 10,
    "Barbiero & Stein 2025": 4,
    "Hale, Hobijn, Nechio & Wilson 2019": 1,
}
# One rule of rounding does not give every rate of 2 April 2025; 1 − 1.10^−6 is 0.4355, printed as 0.43.
# The upper figure of 60% on China rests on how margins answer, which its paper does not give.
MISSED = {("Korea", 25, 26), ("India", 26, 27), ("USA", 0.43, 0.4355)}
NOT_REPRODUCED = ("upper figure", 2.2, pytest.approx(1.89, abs=0.02))


@pytest.mark.parametrize(
    "path",
    sorted(p for p in published_dir().iterdir() if p.suffix in (".csv", ".json")),
    ids=lambda path: path.name,
)
def test_every_published_file_says_where_it_is_from(path):
    text = path.read_text(encoding="utf-8")
    citation = json.loads(text)["citation"] if path.suffix == ".json" else text.splitlines()[0].removeprefix("# ")
    assert path.suffix == ".json" or text.startswith("# ")
    assert len(citation) > 40


@pytest.mark.parametrize("name", comparison.SOURCES)
def test_every_source_is_cited(name):
    source = comparison.SOURCES[name]
    assert len(source.citation) > 40
    assert source.about.split(",")[0] in MODELS or not source.about.startswith(tuple(MODELS))


def test_the_comparison_holds_every_printed_cell():
    assert list(CELLS.columns) == ["source", "about", *COLUMNS]
    assert dict(CELLS.groupby("source").size()) == COUNTS
    assert CELLS[["published", "ours", "tolerance"]].notna().all().all()


def test_every_cell_is_within_its_tolerance_but_the_four_that_are_named():
    missed = CELLS[~CELLS["within"]]
    found = {(row.economy, row.published, round(row.ours, 4)) for row in missed.itertuples()}
    (other,) = found - MISSED
    assert found > MISSED
    assert other == NOT_REPRODUCED
    assert (missed["remark"] != "").all()
    words = "436 of 440 published cells within their tolerance; 4 missed, each with its reason."
    assert comparison.verdict(CELLS) == words


def test_another_tolerance_than_half_the_last_digit_has_its_reason():
    other = ~np.isclose(CELLS["tolerance"], 0.5 * 10.0 ** -CELLS["digits"].astype(float))
    assert set(CELLS[other]["source"]) == {
        "EMR, first figure",
        "Krugman & Obstfeld",
        "Worksheet of 2011",
        "Feenstra & Taylor 2008",
        "The Budget Lab at Yale 2026, prices and households",
        "The Budget Lab at Yale 2025-26, revenue",
        "Hale, Hobijn, Nechio & Wilson 2019",
    }
    assert (CELLS[other]["remark"] != "").all()


def test_a_cell_off_by_more_than_half_its_last_digit_is_missed():
    cells = pd.DataFrame({"quantity": ["a", "b", "c"], "published": [1.25, 1.25, 1.25], "digits": [2, 2, 2]})
    table = beside(cells, [1.255, 1.2551, 1.2449])
    assert list(table["within"]) == [True, False, False]
    table = table.assign(source="x", about="x")
    assert comparison.verdict(table).endswith("2 missed, NOT all with a reason.")
    assert not comparison.explained(table)
    assert comparison.explained(table.assign(remark="why"))


def test_the_comparison_as_text_has_every_cell_and_the_verdict():
    first, *rows = comparison.as_text(CELLS).splitlines()
    assert first == comparison.verdict(CELLS)
    assert max(map(len, rows)) <= 100
    numbers = [f"{row.published:>12.4f}{row.ours:>12.4f}" for row in CELLS.itertuples()]
    assert [row[-24:] for row in rows if row[-24:] in set(numbers)] == numbers


def test_every_model_but_smart_has_a_printed_number():
    spoken_of = {about.split(",")[0] for about in CELLS["about"]}
    assert spoken_of & set(MODELS) == {"armington", "gsim_linear", "liberation_day", "trade_equilibrium"}
    assert "SMART" in comparison.SMART_WORDS


def test_the_emr_figure_comes_through_the_door_of_a_dataset(make_folder):
    table = read_table("emr_figure")
    flows = table.assign(importer="N", product="steel")[["importer", "exporter", "product", "value_usd"]]
    supply = "".join(f"steel,{row.exporter},,,{row.export_supply_elasticity}\n" for row in table.itertuples())
    folder = make_folder(
        {
            "flows.csv": flows.to_csv(index=False),
            "tariffs.csv": None,
            "products.csv": None,
            "countries.csv": None,
            "elasticities.csv": "product,exporter,import_demand_elasticity,armington_elasticity,"
            f"export_supply_elasticity\nsteel,,-1,4,\n{supply}",
        }
    )
    taxed = table[table["tariff_new_pct"] > 0].iloc[0]
    rule = Rule(exporters=(taxed.exporter,), value_pct=float(taxed.tariff_new_pct))
    lines = point_answer(Scenario(rules=(rule,)), read_dataset(folder)).lines
    assert list(lines["exporter"]) == list(table["exporter"])
    assert list(lines["export_supply_elasticity"]) == list(table["export_supply_elasticity"])
    printed = table["printed_pct"].to_numpy() / 100
    assert lines["landed_price_change"].to_numpy() == pytest.approx(printed, abs=0.03e-2)


def test_the_fall_of_imports_of_the_new_york_fed_is_its_formula():
    # demand for a taxed variety falls by 1 − 1.10^−6: one exporter of many, so that σ alone counts
    fall = worked_examples.household_cost().set_index("quantity")["ours"].loc["fall_of_imports"]
    assert fall == pytest.approx(1 - 1.10**-6, rel=1e-9)


def test_prices_of_krugman_and_obstfelds_nearly_small_country_are_fractions():
    example = read_example("krugman_obstfeld_tariff")
    small, large = (worked_examples.linear_tariff(example[case]) for case in ("nearly_small", "large"))
    # 12/11, 23/22, 17/11; 400/11, 200/11. Against the large country the world price hardly falls, so home loses.
    prices = [small[name] for name in ("free_price", "world_price", "home_price")]
    assert prices == pytest.approx([12 / 11, 23 / 22, 17 / 11], rel=1e-14)
    assert [small["free_imports"], small["imports"]] == pytest.approx([400 / 11, 200 / 11], rel=1e-13)
    assert small["net_welfare_change"] < 0 < large["net_welfare_change"]


def test_textbook_answers_are_met_to_the_last_digit():
    exact = CELLS[CELLS["tolerance"] == worked_examples.EXACT]
    assert len(exact) == 23 + 5 + 2
    np.testing.assert_allclose(exact["ours"], exact["published"], rtol=0, atol=1e-12)
