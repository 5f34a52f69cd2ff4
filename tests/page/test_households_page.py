"""The Households view: what it says, refuses, holds in the address and exports."""

import io
import shlex
import zipfile
from datetime import date

import pandas as pd
import pyarrow as pa
import pytest
from pages import headline_of, open_view, words_of

from calc.analysis.households.household_cost import headline_of as household_headline
from calc.analysis.households.household_cost import household_cost
from calc.analysis.households.revenue_path import IEEPA_REFUND_BN, RevenueAssumptions
from calc.charts.basic import CHANGES
from calc.cli import main
from calc.page import answers, export, household_answers
from calc.page.held.link import pack
from calc.page.household_answers import Setting
from calc.page.households import details, revenue, view
from calc.page.households.details import DETAILS, SPENDING, mean_basket
from calc.page.households.view import MARKUPS, MEASURES
from calc.question import point_answer
from calc.scenario_file import presets, read_scenario

pytestmark = pytest.mark.slow

FILES = ("consumer_prices.csv", "households.csv", "revenue.csv", "industries.csv")


@pytest.fixture(scope="module")
def truce_lapses():
    return read_scenario(presets()["truce_lapses"])


def test_the_headline_is_that_of_the_command_and_every_number_has_its_range(truce_lapses):
    page = open_view("Households", **parameters_of("truce_lapses"))
    drawn = household_answers.cost_with_range(truce_lapses, Setting())
    assert headline_of(page) == household_headline(drawn)
    cards = list(page.metric)
    assert cards[1].value == f"${drawn.cost.mean_cost:,.0f}"
    assert all(" to " in card.delta for card in cards[:3])
    words = words_of(page)
    for part in ("Trade of 2024", "accounts of 2017", drawn.basis):
        assert part in words
    assert "200 draws" in words


def test_who_pays_adds_up_to_the_net_of_the_answer(truce_lapses):
    page = open_view("Households", draws="0")
    buyers, treasury, net, sellers, together = rows_of_chart(page, "Bars that add up")
    assert buyers["gain"] + treasury["gain"] == pytest.approx(net["gain"])
    assert net["gain"] + sellers["gain"] == pytest.approx(together["gain"])
    result = point_answer(truce_lapses, answers.dataset("us-2024"))
    assert together["gain"] == pytest.approx(result.value("net_welfare_change"))
    assert treasury["from"] == pytest.approx(buyers["to"])
    assert together["to"] == pytest.approx(sellers["to"])


def rows_of_chart(page, alt):
    """Rows that a chart draws; the chart is known by how its words begin."""
    (chart,) = [found.proto for found in page.get("vega_lite_chart") if found.proto.alt.startswith(alt)]
    data = next(data for data in chart.datasets if data.name == CHANGES)
    return pa.ipc.open_stream(data.data.data).read_all().to_pylist()


@pytest.mark.parametrize("name", ["universal_10", "geneva_truce"])
def test_other_scenarios_have_their_own_cost(name):
    page = open_view("Households", draws="0", **parameters_of(name))
    expected = household_cost(point_answer(read_scenario(presets()[name]), answers.dataset("us-2024")))
    assert headline_of(page) == str(expected)


def parameters_of(name):
    return {"rules": pack(read_scenario(presets()[name]))}


def test_measure_margins_and_the_named_setting_come_back_from_the_link(truce_lapses):
    page = open_view(
        "Households", draws="0", price_measure="composite", markup="producer_percentage", price_setting="parity"
    )
    expected = household_answers.cost_of(
        truce_lapses, Setting(measure="composite", markup="producer_percentage", parity=True)
    )
    assert headline_of(page) == str(expected)
    assert expected.prices.factor == pytest.approx(1.326)
    assert set(MEASURES) == {"landed", "composite"}
    assert set(MARKUPS) == {"dollar", "producer_percentage"}
    assert page.query_params["price_measure"] == "composite"


@pytest.mark.parametrize("detail", DETAILS)
def test_every_part_opens_from_a_link(detail):
    page = open_view("Households", draws="0", household_detail=detail)
    assert headline_of(page).startswith("Consumer prices rise")


def test_own_spending_costs_what_its_categories_rise_and_comes_back_from_the_link(truce_lapses):
    page = open_view("Households", household_detail="own", spending_6="1000")
    rise = household_answers.cost_of(truce_lapses, Setting()).prices.by_major_category()["price_change"].iloc[5]
    assert f"${1000 * rise:,.0f} more a year ($" in words_of(page)
    assert len(mean_basket()) == len(SPENDING)


def test_spending_of_the_mean_household_costs_about_its_mean_cost(truce_lapses):
    page = open_view("Households", draws="0", household_detail="own")
    page.button(key="fill_spending").click().run()
    cost = household_answers.cost_of(truce_lapses, Setting()).cost.mean_cost
    words = words_of(page)
    paid = float(words.split("This household pays $")[1].split(" ")[0].replace(",", ""))
    assert paid == pytest.approx(cost, rel=0.01)  # boxes are rounded to hundreds, and travel below 0 counts as nothing


@pytest.mark.parametrize(
    ("dataset", "words"), [("world-2023", "HS code"), ("china-2017", "United States only"), ("pairs-2023", "HS code")]
)
def test_other_data_are_refused_in_a_sentence_with_the_way_out(dataset, words):
    page = open_view("Households", dataset=dataset)
    assert words in words_of(page)
    assert not page.metric
    page.button(key="open_households").click().run()
    assert headline_of(page).startswith("Consumer prices rise")


def test_lost_exports_need_retaliation_by_china():
    page = open_view("Households", draws="0", household_detail="industries", exposure="export_change_share")
    assert "need retaliation by China" in page.info[0].value
    page.selectbox(key="export_answer").select("law_2025_april_peak_china").run()
    assert not page.info
    shown = page.dataframe[0].value
    assert (shown["Lost exports, %"].head(3) < 0).all()


def test_what_if_says_what_a_household_pays_where_the_data_are_of_us_lines(truce_lapses):
    drawn = household_answers.cost_with_range(truce_lapses, Setting())
    low, high = drawn.cost_range
    words = words_of(open_view("What-if", **parameters_of("truce_lapses")))
    assert drawn.basis in words
    assert f"**${drawn.cost.mean_cost:,.0f} a household a year** (${low:,.0f} to ${high:,.0f})" in words
    assert "a household a year" not in words_of(open_view("What-if", dataset="china-2017", draws="0"))


def test_the_report_holds_the_four_tables_that_the_command_writes_again_to_the_byte(
    truce_lapses, monkeypatch, tmp_path
):
    handed = {}

    def keep(label, content, name, *args, **kwargs):
        handed[name] = content

    monkeypatch.setattr(export, "download", keep)
    shown = {"price_measure": "composite", "price_setting": "parity", "export_answer": "law_2025_april_peak_china"}
    shown |= {"noncompliance_pct": "5", "refund": "True", "revenue_from": "2026-07-24"}
    open_view("Households", **shown)
    (content,) = handed.values()
    packed = zipfile.ZipFile(io.BytesIO(content()))
    packed.extractall(tmp_path / "first")
    (line,) = [
        line
        for line in packed.read("README.txt").decode().splitlines()
        if line.startswith("  tariff-impact run scenario")
    ]
    monkeypatch.chdir(tmp_path / "first")
    assert main(shlex.split(line)[1:]) == 0
    for name in (*FILES, "README.txt"):
        assert (tmp_path / "first" / "again" / name).read_bytes() == packed.read(name), name
    table = pd.read_csv(packed.open("consumer_prices.csv"))
    cost = household_answers.cost_with_range(
        truce_lapses,
        Setting(
            measure="composite",
            parity=True,
            answer="law_2025_april_peak_china",
            revenue=RevenueAssumptions(noncompliance=0.05, refund_bn=IEEPA_REFUND_BN, first_day=date(2026, 7, 24)),
        ),
    )
    assert table["price_change_pct"].iloc[0] == pytest.approx(100 * cost.prices.total, rel=1e-12)
    years = pd.read_csv(packed.open("revenue.csv"))
    assert years["net_revenue_usd"].sum() == pytest.approx(cost.revenue.net_revenue, rel=1e-12)


def test_assumptions_of_revenue_are_chosen_in_the_view_and_come_back_from_the_link(truce_lapses):
    chosen = {"noncompliance_pct": "5", "offset_pct": "25", "refund": "True", "revenue_from": "2026-07-24"}
    page = open_view("Households", draws="0", household_detail="revenue", **parameters_of("truce_lapses"), **chosen)
    assumed = RevenueAssumptions(
        noncompliance=0.05, offset=0.25, refund_bn=IEEPA_REFUND_BN, first_day=date(2026, 7, 24)
    )
    expected = household_answers.cost_of(truce_lapses, Setting(revenue=assumed))
    assert headline_of(page) == str(expected)
    assert expected.revenue.words() in words_of(page)
    page.checkbox(key="refund").uncheck().run()
    assert headline_of(page) != str(expected)
    assert "paid back" not in words_of(page)


def test_what_is_not_collected_by_partner_and_sector_takes_the_place_of_a_flat_share(truce_lapses):
    page = open_view("Households", draws="0", household_detail="revenue", collection="by_partner_and_sector")
    assert "in the rates already, by partner and sector" in words_of(page)
    assert not [box for box in page.number_input if box.key == "noncompliance_pct"]
    assert "is not collected and" not in words_of(page).split("Of gross revenue")[1].split(".")[0]


def test_who_pays_and_every_level_of_prices_have_their_ranges():
    page = open_view("Households", household_detail="categories", **parameters_of("truce_lapses"))
    rows = rows_of_chart(page, "Bars that add up")
    for row in rows:
        assert row["low"] <= row["high"]
    assert rows[1]["low"] < rows[1]["to"] < rows[1]["high"]
    shown = page.dataframe[0].value
    assert (shown["Low, %"] <= shown["High, %"]).all()


@pytest.mark.parametrize(
    ("detail", "file"),
    [("income", "cost_by_income"), ("revenue", "revenue"), ("industries", "industries"), ("states", "states")],
)
def test_every_chart_can_be_taken_out_with_its_numbers(detail, file, monkeypatch):
    made = {}

    def keep(make, name, title):
        made[name] = make

    for module in (view, details, revenue):
        monkeypatch.setattr(module, "chart_menu", keep)
    open_view("Households", draws="0", household_detail=detail)
    assert set(made) == {"who_pays", "consumer_prices", file}
    figures = {name: make() for name, make in made.items()}
    assert list(figures["who_pays"].table) == ["party", "kind", "gain_usd", "gain_low_usd", "gain_high_usd"]
    assert all(len(figure.table) for figure in figures.values())
    assert all("Trade of 2024" in figure.subtitle for figure in figures.values())
    if detail == "states":
        assert "jobs_with_dearer_inputs_share_pct" in figures["states"].table
        assert "Indiana" in figures["states"].finding
