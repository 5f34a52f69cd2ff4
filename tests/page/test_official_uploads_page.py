"""A file of each official layout goes through the upload of the page and reaches a headline."""

import re

import pytest
from official_samples import UPLOADS
from streamlit.testing.v1 import AppTest


def view():
    import app
    from calc.page.held import state
    from calc.page.method.own_data import own_data
    from calc.page.sidebar.controls import controls
    from calc.page.what_if.view import what_if

    state.begin(app.VIEWS)
    state.current()
    own_data()
    what_if()
    controls()


@pytest.mark.parametrize(
    "layout", [name if name == "baci" else pytest.param(name, marks=pytest.mark.slow) for name in UPLOADS]
)
def test_an_official_file_is_uploaded_and_answers_in_a_headline(layout):
    files, year, value = UPLOADS[layout]
    page = AppTest.from_function(view, default_timeout=120)
    page.query_params["draws"] = "0"
    page.run()
    page.file_uploader(key="own_files").set_value([(name, data, "text/csv") for name, data in files.items()]).run()
    assert not page.exception, page.exception[0].value
    assert not page.error, page.error[0].value
    page.button(key="own_use").click().run()
    assert not page.exception, page.exception[0].value
    dataset = page.session_state["own_data"][page.session_state["dataset"]].dataset
    assert dataset.year == year
    assert dataset.flows.import_value.sum() == pytest.approx(value)
    words = " ".join(str(element.value) for element in [*page.markdown, *page.title, *page.caption])
    assert re.search(rf"(trade|economies) of {year}", words)
    assert "China" in words
    assert page.metric
