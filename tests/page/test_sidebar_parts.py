"""No control in the sidebar that does nothing in the view on screen."""

import pytest
from pages import open_view, view_of


def test_views_of_the_record_have_no_controls_of_a_policy():
    assert view_of("Timeline").sidebar() == ()
    assert view_of("Track record").sidebar() == ()
    assert "policy" in view_of("Sensitivity").sidebar()


@pytest.mark.parametrize(
    ("section", "boxes"),
    [("assumptions", []), ("data", ["dataset"]), ("cite", ["dataset", "model"]), ("reproduce", ["dataset", "model"])],
)
def test_a_section_of_the_method_has_the_controls_that_it_uses(section, boxes):
    page = open_view("Data & method", method=section)
    keys = [box.key for box in page.sidebar.selectbox if box.key in ("dataset", "model")]
    assert keys == boxes
    assert bool([button for button in page.sidebar.button if button.key == "add_rule"]) == (section == "reproduce")
