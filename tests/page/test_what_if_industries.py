"""US industries below What-if, where the data are US imports."""

import pytest
from pages import open_view, words_of


@pytest.mark.slow
def test_who_gains_and_loses_is_one_click_away_and_the_same_as_on_households():
    page = open_view("What-if", detail="industries", exposure="protection", draws="0")
    assert "Rise of imported rivals' prices" in words_of(page)
    households = open_view("Households", household_detail="industries", exposure="protection", draws="0")
    own, theirs = (
        [table.value for table in view.dataframe if "Industry" in table.value] for view in (page, households)
    )
    assert own[0].equals(theirs[0])


@pytest.mark.slow
def test_other_data_open_on_the_goods_hit_instead():
    page = open_view("What-if", dataset="world-2023", detail="industries", draws="0")
    assert not page.exception
    assert page.session_state["detail"] == "hit"
