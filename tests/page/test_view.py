"""The views as records: what each tells the page, and that no two of them meet in the address."""

from collections import Counter

import pytest

import app
from calc.datasets.dataset import dataset_names
from calc.page.held import known_controls


def test_no_two_views_share_a_title_or_a_path():
    assert len({view.title for view in app.VIEWS}) == len({view.path for view in app.VIEWS}) == len(app.VIEWS)


@pytest.mark.slow
@pytest.mark.parametrize("name", dataset_names())
def test_a_control_belongs_to_the_frame_or_to_one_view(name):
    owners = Counter(
        [*known_controls.frame_controls(name), *(key for view in app.VIEWS for key in view.controls(name))]
    )
    assert [key for key, count in owners.items() if count > 1] == []
    assert set(known_controls.all_controls(name, app.VIEWS)) == set(owners)
