"""Data & method: every section, with its links, and what it shows of the scenario on screen."""

import pytest
from builders import texts
from streamlit.testing.v1 import AppTest

from calc.datasets.dataset import read_dataset
from calc.models.known import MODELS
from calc.page.held.link import pack
from calc.page.method.view import SECTIONS
from calc.published.comparison import SOURCES
from calc.reports.citation import citation
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario
from calc.tariffs.rules import Rule

pytestmark = pytest.mark.slow


def view():
    from pages import draw

    draw("Data & method")


def opened(section, **parameters):
    at = AppTest.from_function(view, default_timeout=60)
    at.query_params["method"] = section
    for name, value in parameters.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def words(at):
    return "\n".join(element.value for element in at.main.markdown).replace("\\", "")


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_draws(section):
    at = opened(section)
    assert at.title[0].value == "Data & method"
    assert at.main.button_group(key="method").value == section
    assert not at.error


def test_limitations_come_first_and_begin_with_what_is_on_screen():
    at = AppTest.from_function(view, default_timeout=60).run()
    text = words(at)
    assert text.index("For the scenario on screen") < text.index("Every model") < text.index("The range")
    assert MODELS["armington"].limits[0] in text
    assert "is an estimate" not in text
    assert "world-2023 is an estimate" in words(opened("limits", dataset="world-2023"))


def test_data_lists_every_file_with_its_digest_and_the_notes():
    at = opened("data")
    data = read_dataset("us-2024")
    files = at.dataframe[0].value.set_index("File")
    assert files["SHA-256"].to_dict() == dict(data.sha256)
    assert files["Rows"].loc["flows.parquet"] == "156,103"
    assert all(note in words(at) for note in texts(data.notes))
    assert "measures.csv" in "".join(at.dataframe[1].value["File"])


def test_input_lines_show_rates_before_and_after_and_can_be_searched():
    at = opened("lines")
    table = at.dataframe[0].value
    assert len(table) == 200
    chinese = table[table["Exporter"] == "China"]
    assert ((chinese["Tariff after, %"] - chinese["Tariff before, %"]).round(9) == 100).all()
    assert (table["Imports before, $ m"].diff().dropna() <= 0).all()
    at.text_input(key="input_search").set_value("8507").run()
    found = at.dataframe[0].value
    assert len(found)
    assert found["Product"].str.startswith("8507").all()
    at.text_input(key="input_search").set_value("nothing like this").run()
    assert "No input line matches" in at.info[0].value


@pytest.mark.parametrize("model", MODELS)
def test_each_model_shows_its_equations_and_references(model):
    at = opened("models", method_model=model)
    assert any("=" in code.value for code in at.main.code)
    assert MODELS[model].references[0] in words(at)


def test_the_model_on_screen_is_shown_unless_another_is_chosen():
    at = opened("models", dataset="wiod-2011")
    assert at.subheader[0].value == "General equilibrium, sectors and inputs"
    at.selectbox(key="method_model").set_value("smart").run()
    assert at.subheader[0].value == "SMART, linear"


def test_printed_numbers_stand_beside_ours_with_the_reason_of_each_miss():
    at = opened("published", method_source="ustr_2025")
    assert "436 of 440 published cells within their tolerance" in words(at)
    sums = at.dataframe[0].value
    assert list(sums["Source"]) == [source.title for source in SOURCES.values()]
    assert sums["Missed"].sum() == 4
    cells = at.dataframe[1].value
    missed = cells[cells["Within"] == "no"]
    assert list(missed["Economy"]) == ["Korea", "India"]
    assert (missed["Why"] != "").all()


def test_printed_digits_are_shown_as_printed():
    cells = opened("published").dataframe[1].value
    first = cells[(cells["Economy"] == "CAN") & (cells["Quantity"] == "welfare, first order")].iloc[0]
    assert first["Published"] == "−0.06"
    assert first["Ours"] == "−0.0638"


def test_the_code_is_that_of_the_scenario_on_screen():
    at = opened("reproduce", tariff_pct="37")
    python, command = (code.value for code in at.main.code)
    assert "value_pct = 37.0" in python
    assert command == "tariff-impact run scenario.toml --out report"
    assert opened("reproduce").main.code[1].value == "tariff-impact run truce_lapses --out report"


def test_a_policy_with_a_schedule_says_which_file_the_code_reads():
    scenario = read_scenario(presets()["april_2_2025_schedule"])
    at = opened("reproduce", rules=pack(scenario))
    assert "april_2_2025_reciprocal.csv" in words(at)
    assert "beside it: april_2_2025_reciprocal.csv" in at.main.code[0].value


def test_a_rule_that_matches_nothing_is_one_sentence_and_leaves_the_rest():
    broken = pack(Scenario(title="Broken", rules=(Rule(importer=("USA",), exporters=("XYZ",), value_pct=10),)))
    at = opened("lines", rules=broken)
    assert len(at.error) == 1
    assert "XYZ" in at.error[0].value
    assert not opened("published", rules=broken).error


def test_data_model_and_tool_are_cited_and_changes_told():
    text = words(opened("cite", dataset="pairs-2023"))
    assert "CEPII, BACI 2023" in text
    assert MODELS["liberation_day"].references[0] in text
    assert str(citation()) in text
    assert "MANIFEST.json" in text
    assert "pairs-2023: trade of 2023" in text
