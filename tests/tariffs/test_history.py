"""The law over time: shipped averages are those of the record, events and collected duty sound, the export exact."""

import io
import json
import shutil
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from calc.analysis.substitution import substituted_between, substituted_on, substituted_rates
from calc.charts.authorities import authorities_spec, authority_rows, collected_spec, in_order
from calc.charts.history import LANES, SPANS, described_story, labelled, story_spec, with_day
from calc.datasets.dataset import data_dir, read_dataset
from calc.errors import DataError, ScenarioError
from calc.files.write import zip_bytes
from calc.question import point_answer
from calc.reports.history import measure_rows, timeline_bundle
from calc.scenario import Scenario
from calc.tariffs.averages import effective_rates
from calc.tariffs.history import (
    CHINA_ON_US,
    DIRECTIONS,
    TOTAL,
    US_ON_ALL,
    US_ON_CHINA,
    average_of,
    averages,
    by_month,
    collected_by_group,
    collected_by_month,
    expected_by_month,
    law_on,
    steps,
)
from calc.tariffs.history_files import (
    EVENTS,
    change_days,
    read_averages,
    read_collected,
    read_events,
    read_published,
)
from calc.tariffs.lags import Lags
from calc.tariffs.law import built_in_record, rates_on
from calc.tariffs.record import FOLDER, OPEN

RECORD = built_in_record()
SERIES = read_averages()
COLLECTED = read_collected()


@pytest.fixture(scope="module")
def datasets(us_2024):
    return {"us-2024": us_2024, "china-2017": read_dataset("china-2017")}


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(data_dir() / FOLDER, tmp_path / FOLDER)


def computed(day, direction, datasets, record=RECORD):
    data = datasets[direction.dataset]
    row = average_of(rates_on(day, data, record=record), data, direction)
    return {name: rate for name, rate in row.items() if rate or name == TOTAL}


# The shipped series


@pytest.mark.parametrize("direction", DIRECTIONS, ids=lambda direction: direction.short)
@pytest.mark.parametrize(
    "day",
    ["2018-01-01", "2018-07-06", "2019-12-31", "2025-04-10", "2025-11-09", "2025-11-10", "2026-07-24", "2026-12-31"],
)
def test_the_shipped_average_of_a_day_is_that_of_its_rates(datasets, direction, day):
    assert law_on(SERIES, direction, day) == pytest.approx(computed(day, direction, datasets), rel=1e-12)


@pytest.mark.slow
def test_the_shipped_series_is_made_again_from_the_record_row_by_row(datasets):
    made = averages(datasets)
    keys = ["date", "importer", "exporter", "authority"]
    shipped = SERIES.assign(date=SERIES["date"].astype("datetime64[s]"))
    pd.testing.assert_frame_equal(
        made.assign(date=made["date"].astype("datetime64[s]")).astype(dict.fromkeys(keys[1:], str))[[*keys, "rate"]],
        shipped.astype(dict.fromkeys(keys[1:], str))[[*keys, "rate"]],
        rtol=1e-12,
    )


def test_between_two_change_days_no_average_moves(datasets):
    rng = np.random.default_rng(1)
    for offset in rng.integers(0, 3287, size=6):
        day = str(np.datetime64("2018-01-01") + offset)
        for direction in DIRECTIONS:
            assert law_on(SERIES, direction, day) == pytest.approx(computed(day, direction, datasets), rel=1e-12)


def test_every_change_day_is_in_the_series_and_no_other():
    assert list(pd.unique(SERIES["date"])) == list(pd.to_datetime(change_days(RECORD)))


@pytest.mark.parametrize(
    ("day", "direction", "authority", "points"),
    [
        ("2025-02-04", US_ON_CHINA, "ieepa_fentanyl", 9.96),
        ("2025-11-10", US_ON_CHINA, "ieepa_fentanyl", -9.96),
        ("2025-04-12", CHINA_ON_US, "retaliation_reciprocal", 41),
        ("2025-05-14", CHINA_ON_US, "retaliation_reciprocal", -115),
    ],
)
def test_an_average_moves_on_the_day_itself_and_not_the_day_before(day, direction, authority, points):
    eve = date.fromisoformat(day) - timedelta(days=1)
    two_before = eve - timedelta(days=1)
    before, after = law_on(SERIES, direction, eve), law_on(SERIES, direction, day)
    assert 100 * (after.get(authority, 0) - before.get(authority, 0)) == pytest.approx(points, abs=0.01)
    assert law_on(SERIES, direction, two_before).get(authority, 0) == before.get(authority, 0)
    assert pd.Timestamp(day) in set(steps(SERIES, direction)["date"])


def test_threatened_measures_are_never_in_the_series(datasets):
    never = RECORD.measures["status"].isin(["threatened", "suspended"])
    assert never.sum() >= 5
    without = replace(RECORD, measures=RECORD.measures[~never])
    for day in ("2019-12-20", "2025-10-20", "2025-11-01", "2025-11-20"):
        for direction in (US_ON_CHINA, CHINA_ON_US):
            found = computed(day, direction, datasets, without)
            assert law_on(SERIES, direction, day) == pytest.approx(found, rel=1e-12)
    on_china = SERIES[(SERIES["exporter"] == "CHN") & (SERIES["authority"] == "ieepa_other")]
    assert on_china.empty


def test_authorities_of_the_series_add_up_to_its_totals():
    for _, rows in SERIES.groupby(["date", "importer", "exporter"]):
        parts = rows.loc[rows["authority"] != TOTAL, "rate"].sum()
        assert parts == pytest.approx(rows.loc[rows["authority"] == TOTAL, "rate"].item(), abs=1e-12)


def test_a_day_before_the_record_is_refused():
    with pytest.raises(ScenarioError, match="begins on 2018-01-01"):
        law_on(SERIES, US_ON_CHINA, "2017-12-31")


def test_the_rate_of_a_month_is_the_mean_over_its_days():
    april = [law_on(SERIES, US_ON_CHINA, date(2025, 4, number))[TOTAL] for number in range(1, 31)]
    months = by_month(SERIES, US_ON_CHINA).set_index("month")["rate"]
    assert months[pd.Timestamp("2025-04-01")] == pytest.approx(np.mean(april))
    assert len(months) == 9 * 12


# Events


def test_the_events_of_the_record_are_sound_and_say_what_was_only_threatened():
    events = read_events(RECORD)
    assert len(events) > 30
    threatened = events[events["status"] == "threatened"]
    assert list(threatened["date"].dt.strftime("%Y-%m-%d")) == ["2019-12-15", "2025-11-01"]
    assert set(events["date"].astype(str)) >= {"2025-04-09", "2025-05-14", "2025-11-10", "2026-02-20"}


@pytest.mark.parametrize(
    ("old", "new", "column", "words"),
    [
        ("2025-05-14,Geneva", "14.5.2025,Geneva", "date", "is not a date from 2018-01-01 to 2026-12-31"),
        ("2025-05-14,Geneva", "2027-05-14,Geneva", "date", "is not a date from 2018-01-01 to 2026-12-31"),
        (
            "2025-05-14,Geneva",
            "2025-05-15,Geneva",
            "date",
            "on which a measure of the record begins or ends",
        ),
        ("2025-06-04,Metals", "2025-05-03,Metals", "date", "is before the event above it"),
        (",threatened,ilogixchb", ",averted,ilogixchb", "status", "is not one of law, threatened, scheduled"),
        (',scheduled,"HTSUS 2026', ',law,"HTSUS 2026', "status", "on a date after"),
        ("truce,Geneva truce", "truce,The truce of Geneva", "label", "longer than 18"),
        (",List 4B,", ",,", "title", "is empty"),
        (",List 4B,", ",The second part of the list that was numbered four,", "title", "longer than 40"),
    ],
)
def test_a_bad_event_is_refused_with_file_line_column_and_remedy(folder, old, new, column, words):
    path = folder / EVENTS
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(DataError) as refused:
        read_events(RECORD, folder)
    message = str(refused.value)
    assert message.startswith(f"events.csv, line {line}, column {column}: ")
    assert words in message
    assert "; " in message.split(words)[1]  # the remedy follows the rule


def test_an_event_without_source_and_a_missing_column_are_refused(folder):
    path = folder / EVENTS
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.assign(source="").to_csv(path, index=False)
    with pytest.raises(DataError, match=r"events\.csv, line 2, column source: '' is empty"):
        read_events(RECORD, folder)
    table.drop(columns="status").to_csv(path, index=False)
    with pytest.raises(DataError, match=r"column status: the column is missing"):
        read_events(RECORD, folder)


# Collected duty


def test_collected_duty_is_that_of_the_published_totals():
    # US Treasury, Monthly Treasury Statement: fiscal 2025 US$ 194.9 bn, calendar 2025 US$ 264.0 bn
    treasury = COLLECTED[COLLECTED["source"] == "treasury"].set_index("month")["duty"]
    assert treasury["2024-10":"2025-09"].sum() / 1e9 == pytest.approx(194.9, abs=0.05)
    assert treasury["2025-01":"2025-12"].sum() / 1e9 == pytest.approx(264.0, abs=0.05)
    # Census, imports for consumption 2025: 7.69%
    whole = COLLECTED[(COLLECTED["exporter"] == "WLD") & (COLLECTED["section"] == "all")]
    census = whole[whole["source"] == "census"].set_index("month")["2025-01":"2025-12"]
    assert 100 * census["duty"].sum() / census["import_value"].sum() == pytest.approx(7.69, abs=0.005)


def test_sections_of_goods_from_china_add_up_to_all_of_them():
    china = COLLECTED[COLLECTED["exporter"] == "CHN"]
    parts = china[china["section"] != "all"].groupby("month")[["import_value", "duty"]].sum()
    whole = china[china["section"] == "all"].set_index("month")[["import_value", "duty"]]
    assert len(whole) == 41
    assert np.array_equal(parts.to_numpy(), whole.to_numpy())


def test_collected_stands_beside_the_law_of_the_same_month_with_its_ratio():
    table = collected_by_month(COLLECTED, SERIES, US_ON_ALL).set_index("month")
    row = table.loc[pd.Timestamp("2025-10-01")]
    assert row["statutory"] == pytest.approx(by_month(SERIES, US_ON_ALL).set_index("month")["rate"]["2025-10-01"])
    assert row["census_ratio"] == pytest.approx(row["census"] / row["statutory"])
    assert 0.6 < row["census_ratio"] < 0.75  # 60 to 70% in late 2025, as the notes of the record say
    assert table.index[0] == pd.Timestamp("2018-01-01")
    assert table.index[-1] == pd.Timestamp("2026-03-01")
    assert collected_by_month(COLLECTED, SERIES, CHINA_ON_US).empty


def test_collected_by_partner_and_section_meets_the_law_of_its_month(us_2024):
    partners = collected_by_group(COLLECTED, "2019-07", us_2024).set_index("exporter")
    july = law_on(SERIES, US_ON_CHINA, "2019-07-15")[TOTAL]
    assert partners.loc["CHN", "statutory"] == pytest.approx(july)
    sections = collected_by_group(COLLECTED, "2019-07", us_2024, "section", "CHN")
    duty = (sections["collected"] * sections["import_value"]).sum()
    assert duty == pytest.approx(partners.loc["CHN", "collected"] * partners.loc["CHN", "import_value"])
    # list 3 rose on 10 May 2019: nine days of the old rate, twenty-two of the new
    may = collected_by_group(COLLECTED, "2019-05", us_2024).set_index("exporter").loc["CHN", "statutory"]
    before, after = (law_on(SERIES, US_ON_CHINA, day)[TOTAL] for day in ("2019-05-09", "2019-05-10"))
    assert may == pytest.approx((9 * before + 22 * after) / 31)
    assert collected_by_group(COLLECTED, "2021-06", us_2024).empty


def test_a_bad_row_of_collected_duty_is_refused(folder):
    path = folder / "collected.csv"
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[1]
    path.write_text(text.replace(first, first.replace("2018-01", "Jan 2018"), 1), encoding="utf-8")
    with pytest.raises(
        DataError, match=r"collected\.csv, line 2, column month: 'Jan 2018' is not a month .*; write it as"
    ):
        read_collected(folder)
    path.write_text(text + first + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="is there twice"):
        read_collected(folder)


# After substitution


@pytest.mark.parametrize("model", ["armington", "smart"])
def test_the_rate_after_substitution_is_duty_over_the_imports_that_remain(us_2024, model):
    day = "2025-11-10"
    result = point_answer(Scenario(dataset="us-2024", model=model, law_day=date.fromisoformat(day)), us_2024)
    table = substituted_rates(result, rates_on(day, us_2024), us_2024).set_index("exporter")
    lines = result.lines[~result.lines["product"].astype(str).str.startswith(("9801", "99"))]
    china = lines[lines["exporter"] == "CHN"]
    by_hand = (china["tariff_new"] * china["import_value_new"]).sum() / china["import_value_new"].sum()
    assert table.loc["CHN", TOTAL] == pytest.approx(by_hand, rel=1e-12)
    parts = table.drop(columns=["import_value", TOTAL]).sum(axis=1)
    assert parts.to_numpy() == pytest.approx(table[TOTAL].to_numpy())
    # trade moves to what is taxed less
    law = effective_rates(rates_on(day, us_2024), us_2024, "all")[TOTAL].item()
    after = substituted_on(day, us_2024, "all", model=model)[TOTAL].item()
    assert after < law


def test_the_change_after_substitution_is_that_of_two_days(us_2024):
    change = substituted_between("2025-11-09", "2025-11-10", us_2024, "section")
    two = [substituted_on(day, us_2024, "section").set_index("section")[TOTAL] for day in ("2025-11-09", "2025-11-10")]
    assert change.set_index("section")[TOTAL].to_numpy() == pytest.approx((two[1] - two[0]).to_numpy())


def test_a_result_about_another_law_is_refused(us_2024):
    result = point_answer(Scenario(dataset="us-2024", law_day=date(2025, 11, 10)), us_2024)
    with pytest.raises(ScenarioError, match="are not the tariffs in force on 2025-04-10 on us-2024"):
        substituted_rates(result, rates_on("2025-04-10", us_2024), us_2024)


# Measures, export, charts


def test_an_open_measure_is_shown_as_open_and_a_threat_as_not_counted(us_2024):
    measures = rates_on("2025-11-05", us_2024).measures
    rows = measure_rows(measures).set_index("measure")
    ends = measures.set_index("measure")["end_date"]
    is_open = ends.to_numpy() == OPEN
    assert is_open.any()
    assert (rows.loc[ends.index[is_open], "until"] == "open").all()
    assert not (rows.loc[ends.index[~is_open], "until"] == "open").any()
    fentanyl = rows[(rows["authority"] == "ieepa_fentanyl") & (rows["target"] == "CHN;HKG")]
    assert fentanyl["until"].item() == "2025-11-09"  # the last day in force
    threat = rows[rows["status"] == "threatened"]
    assert len(threat) == 1
    assert (threat["counted"] == "no").all()
    counted = list(rows["counted"])
    assert counted == sorted(counted, reverse=True)  # what does not count comes last


def test_the_export_is_what_is_shown(datasets):
    day = date(2025, 11, 10)
    sides = [rates_on(day, data) for data in datasets.values()]
    measures = pd.concat([side.measures for side in sides])
    files = timeline_bundle(
        SERIES, read_events(RECORD), read_published(), COLLECTED, measures, day=day, record=RECORD, notes=sides[0].notes
    )
    assert zip_bytes(files) == zip_bytes(files)
    archive = zipfile.ZipFile(io.BytesIO(zip_bytes(files)))
    tables = {
        name.removesuffix(".csv"): pd.read_csv(archive.open(name), dtype={"date": str})
        for name in archive.namelist()
        if name.endswith(".csv")
    }
    assert set(tables) == {"series", "authorities", "measures", "events", "published", "collected"}
    assert tables["series"]["rate_pct"].to_numpy() == pytest.approx(100 * SERIES["rate"].to_numpy(), rel=1e-15)
    shown = tables["authorities"]
    for direction in DIRECTIONS:
        own = shown[shown["direction"] == direction.words]
        found = dict(zip(own["authority"], own["rate_pct"] / 100, strict=True))
        assert found == pytest.approx(law_on(SERIES, direction, day))
    assert list(tables["measures"]["measure"]) == list(measure_rows(measures)["measure"])
    assert len(tables["events"]) == len(read_events(RECORD))
    collected = tables["collected"][tables["collected"]["direction"] == US_ON_ALL.words].set_index("month")
    law = collected["statutory_pct"]
    assert collected.loc["2025-06", "expected_pct"] == pytest.approx(0.525 * law["2025-06"] + 0.424 * law["2025-05"])
    readme = archive.read("README.txt").decode()
    assert "United States on China: 32.3% on average" in readme
    assert "threatened ones were never in force" in readme


def test_labels_of_events_do_not_meet_on_a_lane():
    events = read_events(RECORD)
    assert 10 <= (events["label"] != "").sum() <= 20  # the acts that matter, not all
    for span in ("2018-2020", "2025-2026"):
        first, last, _ = SPANS[span]
        table = labelled(events, span)
        assert table["date"].between(first, last).all()
        named = table[table["label"] != ""]
        assert len(named) >= 6
        assert named["lane"].between(0, LANES - 1).all()
        # half of the longest label on either side, on a chart that is just wide enough for labels on lanes
        letters = (pd.Timestamp(last) - pd.Timestamp(first)) / 700 * 6
        for _, lane in named.groupby("lane"):
            middle, half = lane["date"], lane["label"].str.len() / 2 * letters
            assert ((middle - half) > (middle + half).shift()).iloc[1:].all(), span


def story(day, span):
    spec = story_spec(SERIES, read_events(RECORD), read_published(), as_of=RECORD.as_of, span=span, height=300)
    return with_day(spec, day, span)


def test_another_day_changes_only_the_data_of_the_charts():
    one, two = story(date(2025, 4, 12), "2025-2026"), story(date(2025, 11, 10), "2025-2026")
    different = {name for name in one["datasets"] if one["datasets"][name] != two["datasets"][name]}
    assert different == {"day"}
    assert {k: v for k, v in one.items() if k != "datasets"} == {k: v for k, v in two.items() if k != "datasets"}
    assert one["datasets"]["shade"] == [{"date": "2026-09-30", "end": "2026-12-31"}]
    json.dumps(one)


def test_all_years_show_every_event_and_shade_the_years_that_stand_enlarged_below():
    whole = story(date(2019, 5, 10), "all")["datasets"]
    threats = [row["title"] for row in whole["events"] if row["status"] == "threatened"]
    assert threats == ["List 4B", "100% surtax"]
    assert len(whole["events"]) == len(read_events(RECORD))
    peak = max(row["percent"] for row in whole["steps"] if row["direction"] == "China on US")
    assert peak == pytest.approx(100 * law_on(SERIES, CHINA_ON_US, "2025-04-12")[TOTAL])
    assert "highest 143.4% on 12 April 2025" in described_story(SERIES, DIRECTIONS)
    assert whole["shade"] == [{"date": "2018-01-01", "end": "2020-12-31"}]
    later = story(date(2023, 1, 1), "all")["datasets"]
    assert later["shade"] == [{"date": "2025-01-01", "end": "2026-12-31"}]


def test_a_shorter_span_begins_with_the_rate_in_force():
    spec = story(date(2018, 5, 1), "2025-2026")
    first = [row for row in spec["datasets"]["steps"] if row["date"] == "2025-01-01"]
    assert {row["direction"] for row in first} == {"US on China", "China on US", "US on all"}
    us = next(row for row in first if row["direction"] == "US on China")
    assert us["percent"] == pytest.approx(100 * law_on(SERIES, US_ON_CHINA, "2025-01-01")[TOTAL])
    assert spec["datasets"]["day"] == []  # the chosen day lies outside


def test_bars_of_authorities_add_up_and_retaliation_has_the_colour_of_what_it_responds_to():
    law = law_on(SERIES, CHINA_ON_US, "2025-11-10")
    parts = authority_rows({"China on US": law})
    assert parts["rate"].sum() == pytest.approx(law[TOTAL])
    rows = authorities_spec(parts)["datasets"]["bars"]
    assert sum(row["percent"] for row in rows) == pytest.approx(100 * law[TOTAL])
    assert sum(row["first"] for row in rows) == 1
    families = {row["words"]: row["family"] for row in rows}
    assert families["Retaliation for Section 301"] == "Section 301"
    assert in_order(["retaliation_s301", "base"]) == ["base", "retaliation_s301"]


def test_what_is_expected_to_be_collected_is_the_law_of_the_month_and_of_the_month_before():
    months = expected_by_month(SERIES, US_ON_CHINA).set_index("month")
    law = months["rate"]
    assert months.loc["2025-05-01", "expected"] == pytest.approx(
        0.525 * law.loc["2025-05-01"] + 0.424 * law.loc["2025-04-01"]
    )
    assert months["expected"].iloc[0] == pytest.approx(0.949 * law.iloc[0])
    same = expected_by_month(SERIES, US_ON_CHINA, Lags(this_month=1.0, month_before=0.0))
    np.testing.assert_array_equal(same["expected"], same["rate"])


def test_the_chart_of_collected_duty_has_every_month_once():
    table = collected_by_month(COLLECTED, SERIES, US_ON_ALL)
    rows = collected_spec(table, month=date(2025, 11, 10))["datasets"]["months"]
    assert len(rows) == table[["statutory", "expected", "census", "treasury"]].notna().sum().sum()
    bare = collected_spec(table.drop(columns="expected"), month=None)
    assert "Expected" not in str(bare)
    assert set(bare["datasets"]) == {"months"}
