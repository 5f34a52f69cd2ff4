"""Every control that the address carries, with its default and its reader."""

from collections.abc import Sequence

import numpy as np

from calc.assumptions import ROWS, Assumption
from calc.datasets.catalogue import default_dataset
from calc.datasets.dataset import Dataset
from calc.page import answers, models
from calc.page.held import session
from calc.page.held.link import (
    Control,
    day_or_none_until,
    number_between,
    one_of,
    read_packed,
    read_yes,
)
from calc.page.held.policy import (
    ACTIONS,
    TARIFF_HIGH,
    TARIFF_LOW,
    matches_products,
)
from calc.page.pins import read_pin_text
from calc.page.view import View
from calc.tariffs.days import LAST_DAY
from calc.tariffs.law import can_be_dated, first_baseline
from calc.tariffs.record import AUTHORITY_WORDS

DEFAULT_EXPORTERS = ("CHN",)
GOODS = "kind:goods"  # tariffs reach goods only, where a dataset has services too
DEFAULT_TARIFF = 100.0
DRAWS = (0, 200, 1000, 2000)  # behind the ranges


def all_controls(name: str, views: Sequence[View]) -> dict[str, Control]:
    """Every control that the address carries on a dataset, with its default and its reader: the frame's and the views'.

    Parameters
    ----------
    name : of the dataset
    """
    found = dict(frame_controls(name))
    for view in views:
        found |= view.controls(name)
    return found


def controls_of(name: str) -> dict[str, Control]:
    """The controls of the page that this session shows, which `begin` was told."""
    return all_controls(name, session.VIEWS.value())


@answers.kept_by_dataset()
def frame_controls(name: str) -> dict[str, Control]:
    """The controls that every view shares: of the sidebar, and the pins."""
    data = answers.dataset(name)
    economies, buyers = list(answers.economy_labels(name)), answers.importers(name)
    listed = [code for code in DEFAULT_EXPORTERS if code in economies]
    sets, offered = list(data.elasticities), models.offered(data)
    dated = can_be_dated(data)
    day = day_or_none_until(LAST_DAY) if dated else one_of(())
    first = first_baseline(data)
    goods = [GOODS] if GOODS in answers.product_labels(name) else []

    def product(text: str) -> str:
        if not matches_products(text, data):
            raise ValueError(text)
        return text

    return {
        session.DATASET.name: Control(default=default_dataset(), read=_known_dataset),
        session.IMPORTER.name: Control(default="USA" if "USA" in buyers else buyers[0], read=one_of(buyers)),
        session.EXPORTERS.name: Control(default=listed, read=one_of(economies), many=True),
        session.PRODUCTS.name: Control(default=goods, read=product, many=True),
        session.ACTION.name: Control(default="add", read=one_of(ACTIONS)),
        session.AUTHORITY.name: Control(default="", read=one_of(list(AUTHORITY_WORDS) if dated else ())),
        session.BASELINE.name: Control(default=first, read=day, always=first is not None),
        session.LAW_DAY.name: Control(default=None, read=day),
        session.TARIFF.name: Control(default=DEFAULT_TARIFF, read=number_between(TARIFF_LOW, TARIFF_HIGH)),
        session.SUBSIDY.name: Control(default=False, read=read_yes),
        session.RETALIATION.name: Control(default=False, read=read_yes if len(buyers) > 1 else one_of(())),
        session.RULES.name: Control(default="", read=read_packed),
        session.MODEL.name: Control(default=offered[0], read=one_of(offered)),
        session.ELASTICITIES.name: Control(default=sets[0], read=lambda text: one_of(sets)(data.set_key(text))),
        session.DRAWS.name: Control(default=DRAWS[1], read=_draws),
        **{key: _assumption_control(row, data) for key, row in ROWS.items()},
        session.PINS.name: Control(default=[], read=read_pin_text, many=True),
    }


def _assumption_control(row: Assumption, data: Dataset) -> Control:
    """The control of an assumption; empty until it is stated, where the set or the model says what it is."""
    if row.choices:
        return Control(default=row.first, read=one_of(list(row.choices)))
    passed = row.key == "pass_through_pct" and supply_is_infinite(data)
    default = data.pass_through_pct if passed else row.default
    return Control(default=default, read=number_between(row.shown_low, row.shown_high))


def _known_dataset(text: str) -> str:
    """A dataset of this visitor's list, in which their own may come and go."""
    return one_of(answers.datasets())(text)


def _draws(text: str) -> int:
    if int(text) not in DRAWS:
        raise ValueError(text)
    return int(text)


def supply_is_infinite(data: Dataset) -> bool:
    """Whether the default set of a dataset leaves pass-through open, its supply being infinite."""
    return leaves_pass_through_open(data, next(iter(data.elasticities)))


def leaves_pass_through_open(data: Dataset, key: str) -> bool:
    """Whether the supply of a set of elasticities is infinite."""
    return bool(np.isinf(data.elasticities[key].export_supply_elasticity).all())
