"""The Track record view: what it says first, what it admits, its switches in the address, and its files."""

import io
import zipfile

import pandas as pd
import pyarrow as pa
import pytest
from pages import headline_of, open_view, words_of
from track_records import track_record

from calc.charts.basic import CHANGES
from calc.page import back_test_answers
from calc.page.track_record import details, view
from calc.page.track_record.details import RECORD_DETAILS, TRIALS
from calc.reports.backtest import backtest_text
from calc.reports.backtest_words import PROTOCOL, caveats, missed


@pytest.fixture
def by_hand(monkeypatch, us_2024):
    """The view of a back-test made by hand."""
    found = track_record(us_2024)
    monkeypatch.setattr(back_test_answers, "_record", lambda: found)
    monkeypatch.setattr(back_test_answers, "scored_record", lambda: found)
    monkeypatch.setattr(view, "scored_record", lambda: found)
    return found


def test_the_answer_comes_first_and_what_was_missed_is_said(by_hand):
    page = open_view("Track record")
    assert "imports from China fell 50%, it said 25%" in headline_of(page)
    words = words_of(page)
    lines = missed(by_hand)
    assert lines
    assert f"{len(by_hand.targets) - len(lines)} of {len(by_hand.targets)} aims hit" in words
    assert all(line in words for line in (*lines, *PROTOCOL, *caveats(by_hand)))
    assert not page.query_params


@pytest.mark.slow
def test_switches_come_back_from_the_link_and_change_the_picture(by_hand):
    page = open_view("Track record", no_machines="True", no_china="True")
    assert [row["chapter"] for row in rows_of_chart(page, "Scatter")] == ["61 Clothing, knitted"]
    assert page.query_params["no_machines"] == "True"
    held = open_view("Track record", forecast="ai_held")
    machines = {row["partner"]: row for row in rows_of_chart(held, "Scatter") if row["chapter"].startswith("85")}
    assert machines["Mexico"]["predicted"] == machines["Mexico"]["seen"] == "+150.0%"
    assert machines["Mexico"]["x"] == machines["Mexico"]["y"] == 100  # at the edge
    assert held.metric[3].value == "17.7%"  # China alone is off, by 25 points: 0.25 / √2


@pytest.mark.slow
def test_a_switch_that_is_moved_stands_in_the_address(by_hand):
    page = open_view("Track record")
    page.toggle(key="no_china").set_value(True).run()
    assert page.query_params["no_china"] == "True"
    refined = open_view("Track record", forecast="refined")
    assert refined.metric[2].value == "−50.0%"
    assert refined.metric[3].value == "7.1%"  # Mexico alone is off, by 10 points: 0.1 / √2


def rows_of_chart(page, alt):
    """Rows that a chart draws; the chart is known by how its words begin."""
    (chart,) = [found.proto for found in page.get("vega_lite_chart") if found.proto.alt.startswith(alt)]
    data = next(data for data in chart.datasets if data.name == CHANGES)
    return pa.ipc.open_stream(data.data.data).read_all().to_pylist()


@pytest.mark.slow
@pytest.mark.parametrize("detail", [name for name in RECORD_DETAILS if name != "retaliation"])
def test_every_table_opens_from_a_link_and_downloads_what_it_shows(by_hand, monkeypatch, detail):
    handed = {}

    def keep(label, content, name, key, *args, **kwargs):
        handed[key] = content

    monkeypatch.setattr(details, "download", keep)
    page = open_view("Track record", record_detail=detail)
    shown = page.dataframe[0].value
    table = pd.read_csv(io.BytesIO(handed[f"{detail}_csv"]()))
    assert len(table) >= len(shown) > 0


@pytest.mark.slow
def test_the_charts_can_be_taken_out_with_what_they_show(by_hand, monkeypatch):
    made = {}

    def keep(make, name, title):
        made[name] = make

    monkeypatch.setattr(view, "chart_menu", keep)
    page = open_view("Track record", no_china="True", forecast="ai_held", record_of="china", record_years="2025")
    figures = {name: make() for name, make in made.items()}
    assert figures["predicted_and_seen"].table["predicted_pct"].tolist() == pytest.approx([5, 150])
    assert {f"{row['seen']}" for row in rows_of_chart(page, "Scatter")} == {"+10.0%", "+150.0%"}
    assert figures["collected"].table["statutory_pct"].tolist() == pytest.approx([20, 20])
    assert figures["record_by_partner"].table["predicted_pct"].tolist() == pytest.approx([-25, 20, -5])


@pytest.fixture
def real(monkeypatch, real_back_test):
    """The view of the real back-test, with few draws."""
    monkeypatch.setattr(back_test_answers, "_record", lambda: real_back_test.findings)


@pytest.mark.slow
def test_the_view_shows_the_figures_of_the_command(real, monkeypatch):
    handed = {}

    def keep(label, content, name, key, *args, **kwargs):
        handed[key] = content

    monkeypatch.setattr(view, "download", keep)
    page = open_view("Track record", record_detail="settings")
    found = back_test_answers.record()
    assert headline_of(page) in backtest_text(found)
    with zipfile.ZipFile(io.BytesIO(handed["export"]())) as files:
        partners = pd.read_csv(files.open("partners.csv"))
        settings = pd.read_csv(files.open("settings.csv"))
    assert partners["predicted_pct"].to_numpy() == pytest.approx(100 * found.tables["partners"]["predicted"].to_numpy())
    table = page.dataframe[0].value
    assert len(table) == len(settings.drop_duplicates(["elasticities", "pass_through_pct", "model", "after"]))
    for trial in TRIALS:
        page = open_view("Track record", record_detail="settings", scored_on=trial)
        assert len(page.dataframe[0].value) == len(table)
    assert open_view("Track record", record_detail="retaliation").dataframe[0].value["Seen, %"].notna().all()


@pytest.mark.slow
def test_the_timeline_shows_the_same_expected_collection(real):
    page = open_view("Timeline", law_detail="collected", direction="us_on_all", expected_on="ai_held")
    table = page.dataframe[0].value.set_index("Month")["Expected on these imports, %"]
    ours = answers_of_months("ai_held")
    assert table.dropna().sort_index().to_numpy() == pytest.approx(100 * ours.to_numpy())
    words = words_of(page)
    assert "AI-related imports at their realised value, which no forecast had" in words
    china = open_view("Timeline", law_detail="collected", direction="us_on_china")
    assert "Expected on these imports, %" not in china.dataframe[0].value
    assert {"In force, %", "Expected, %", "Collected, Census, %"} <= set(china.dataframe[0].value)


def answers_of_months(forecast):
    table = back_test_answers.months_of(back_test_answers.record(), "WLD", forecast)
    return table.set_index("month")["expected_new"].dropna()
