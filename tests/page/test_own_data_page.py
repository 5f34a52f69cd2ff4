"""Own data on the page: used in every view of their session, and in no other."""

import re

import pytest
from streamlit.runtime.caching import cache_resource_api
from streamlit.testing.v1 import AppTest
from uploading import HEADER, HOSTILE, SMALL, changed, fate, small_zip, zipped

import app
from calc.errors import DataError
from calc.page import answers
from calc.page.held.known_controls import all_controls

pytestmark = pytest.mark.slow

# On the page


def view(*, answered):
    import app
    from calc.page.held import state
    from calc.page.method.own_data import own_data
    from calc.page.sidebar.controls import controls
    from calc.page.what_if.view import what_if

    state.begin(app.VIEWS)
    state.current()
    own_data()
    if answered:
        what_if()
    controls()


def open_page(*, answered=True, draws="0", **parameters):
    page = AppTest.from_function(view, default_timeout=120, kwargs={"answered": answered})
    for key, value in {"draws": draws, **parameters}.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def upload(page, files):
    page.file_uploader(key="own_files").set_value([(name, data, "text/csv") for name, data in files.items()]).run()
    assert not page.exception, page.exception[0].value
    return page


def keys_of(page):
    return {button.key for button in page.button}


def words_of(page):
    return " ".join(str(element.value) for element in [*page.markdown, *page.title, *page.caption])


@pytest.fixture
def sessions(monkeypatch):
    """Every page of AppTest has one session id; here each name gives a session of its own."""

    def enter(name):
        monkeypatch.setattr(cache_resource_api, "get_session_id_or_throw", lambda: name)

    return enter


def test_an_upload_answers_in_every_view_until_it_is_removed():
    page = upload(open_page(), {"small.zip": small_zip()})
    assert [success.value for success in page.success] == ["Valid: every check passed."]
    page.button(key="own_use").click().run()
    assert not page.exception
    name = page.session_state["dataset"]
    assert name.startswith("own:")
    assert "Small world (your upload)" in page.selectbox(key="dataset").options
    assert "imports from China fall" in words_of(page)
    assert "trade of 2024" in words_of(page)
    page.button(key=f"remove_{name}").click().run()
    assert not page.exception
    assert page.session_state["dataset"] == "us-2024"
    assert "Small world (your upload)" not in page.selectbox(key="dataset").options


def test_a_stranger_s_file_is_read_by_choices_on_the_page():
    text = "Reporter;Partner;HS6;Trade Value 1000USD;Year\nGBR;CHN;850760;1.234,5;2023\nGBR;DEU;850760;2,5;2023\n"
    page = upload(open_page(), {"comtrade.csv": text.encode()})
    assert "own_use" not in keys_of(page)
    page.selectbox(key="own_role_comtrade.csv").set_value("flows").run()
    assert "own_use" not in keys_of(page)
    assert [error.value for error in page.error][-1].startswith("1 error to fix")
    page.selectbox(key="own_decimals").set_value(True).run()
    page.button(key="own_use").click().run()
    assert not page.exception
    dataset = page.session_state["own_data"][page.session_state["dataset"]].dataset
    assert dataset.flows.import_value.sum() == 1_237_000
    assert (dataset.title, dataset.year) == ("comtrade", 2023)
    assert "United Kingdom adds 100 points to its tariff on China" in words_of(page)


def test_an_official_file_is_known_and_asks_for_the_choice_it_leaves_open():
    text = "t,i,j,k,v,q\n2022,156,842,850511,9,1\n2023,156,842,850511,10,1\n2023,484,842,850511,30,1\n"
    page = upload(open_page(answered=False), {"BACI_HS22_V202501.csv": text.encode()})
    assert "own_use" not in keys_of(page)
    assert "several years (2022, 2023)" in page.error[-1].value
    page.text_input(key="own_where").set_value("year=2023, importer=842").run()
    assert not page.exception
    assert not page.error
    page.button(key="own_use").click().run()
    dataset = page.session_state["own_data"][page.session_state["dataset"]].dataset
    assert dataset.flows.import_value.tolist() == [10_000, 30_000]
    assert (dataset.title, list(dataset.flows.economies)) == ("BACI 2023", ["CHN", "MEX", "USA"])


def test_own_data_of_a_world_without_gdp_are_drawn_in_every_view():
    def drawn(*, name, own):
        import streamlit as st
        from pages import draw

        st.session_state["own_data"] = own
        draw(name)

    text = HEADER + "USA,USA,850511,5\nCHN,CHN,850511,9\nUSA,CHN,850511,7\nCHN,USA,850511,3\n"
    own, sentence = fate({"flows.csv": text.encode(), "dataset.toml": SMALL["dataset.toml"]})
    assert sentence == ""
    for name in ("What-if", "World"):
        page = AppTest.from_function(drawn, default_timeout=120, kwargs={"name": name, "own": {own.dataset.name: own}})
        page.query_params["dataset"] = own.dataset.name
        page.query_params["draws"] = "0"
        page.run()
        assert not page.exception, name
        assert page.title[0].value.startswith("The United States adds 100 points to its tariff on CHN"), name


def test_a_broken_upload_changes_nothing_on_the_page():
    page = open_page(answered=False)
    before = {key: page.session_state[key] for key in all_controls("us-2024", app.VIEWS)}
    for kind in ("bomb", "symlink", "workbook as CSV", "negative value", "lost leading zeros", "no TOML", "pipes"):
        upload(page, HOSTILE[kind][0])
        assert page.error, kind
        assert "own_use" not in keys_of(page), kind
        assert "own_data" not in page.session_state
        assert {key: page.session_state[key] for key in all_controls("us-2024", app.VIEWS)} == before


def test_names_of_an_upload_never_become_markup():
    nasty = "<script>alert(1)</script> ![x](http://evil.example/x.png) [y](http://evil.example) $a_b$"
    about = SMALL["dataset.toml"].decode().replace("Small world", nasty.replace('"', "'"))
    countries = SMALL["countries.csv"].decode().replace("China,156", f'"{nasty}",')  # and so not on the map
    products = SMALL["products.csv"].decode().replace("Magnets of metal", f'"{nasty}"')
    files = changed(dataset_toml=about, countries_csv=countries, products_csv=products)
    page = upload(open_page(), {"small.zip": zipped(*files.items())})
    page.button(key="own_use").click().run()
    assert not page.exception
    shown = [element for element in [*page.markdown, *page.title, *page.caption] if "evil" in str(element.value)]
    assert shown
    for element in shown:
        assert not element.allow_html if hasattr(element, "allow_html") else True
        assert not re.search(r"(?<!\\)<script|(?<!\\)\[[xy](?<!\\)\]", element.value), element.value


def test_a_session_does_not_see_the_data_of_another(sessions):
    sessions("first")
    first = upload(open_page(answered=False), {"small.zip": small_zip()})
    first.button(key="own_use").click().run()
    name = first.session_state["dataset"]
    sessions("second")
    second = open_page(answered=False, dataset=name)
    assert second.session_state["dataset"] == "us-2024"
    assert "Small world (your upload)" not in second.selectbox(key="dataset").options
    assert any("links do not carry" in toast.value for toast in second.toast)
    assert any(f"dataset={name}" in toast.value for toast in second.toast)
    sessions("first")
    first.run()
    assert first.session_state["dataset"] == name


def test_what_is_made_of_own_data_is_kept_by_session_and_of_built_in_data_for_all(sessions):
    made = []

    @answers.kept_by_dataset()
    def kept(name: str) -> int:
        made.append(name)
        return len(made)

    for session in ("first", "second", "first"):
        sessions(session)
        kept("own:0123456789ab")
        kept("us-2024")
    assert made == ["own:0123456789ab", "us-2024", "own:0123456789ab"]


def test_a_dataset_of_another_session_is_an_error_in_words():
    with pytest.raises(DataError, match="is not in this session"):
        answers.dataset("own:0123456789ab")


# What rows of an upload say of themselves

YEARS = "importer,exporter,product,value_usd,year\nUSA,CHN,010121,100,2023\nUSA,CHN,010121,200,2024\n"
WORLD = "importer,exporter,product,value_usd\nUSA,WLD,010121,150\nUSA,CHN,010121,100\nUSA,MEX,010121,50\n"


def profile_on(page):
    tables = [element.value for element in page.dataframe]
    (table,) = (table for table in tables if "What was understood" in table)
    return dict(zip(table["What was understood"], table[""], strict=True))


def flows_with(text):
    return {
        name: data for name, data in changed(flows_csv=text).items() if name not in ("countries.csv", "tariffs.csv")
    }


def test_a_year_is_chosen_on_the_page_and_the_data_kept_are_of_that_year():
    page = upload(open_page(answered=False), flows_with(YEARS))
    assert page.error[0].value.startswith("1 error")
    (chooser,) = (box for box in page.selectbox if box.key.startswith("own_where_flows_year"))
    chooser.set_value("2024").run()
    assert not page.error
    assert profile_on(page)["Rows"] == "1 flows, US$ 200"
    page.button(key="own_use").click().run()
    assert "**Small world** (2024): 1 flows" in words_of(page)


def test_totals_are_left_out_of_an_upload_at_a_click():
    page = upload(open_page(answered=False), flows_with(WORLD))
    assert page.error[0].value.startswith("1 error")
    assert profile_on(page)["Totals"] == "exporter 1 (WLD); US$ 150"
    page.checkbox(key="own_drop_totals").check().run()
    assert not page.error
    assert profile_on(page)["Totals"] == "none found"
    assert profile_on(page)["Rows"] == "2 flows, US$ 150"
