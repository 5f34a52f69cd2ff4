"""The World view, opened for tests."""

import pages

from calc.tariffs.rules import Rule

WORLDS = ("world-io-2023", "world-2023", "pairs-2023", "wiod-2011")
HIT = Rule(importer=("USA",), exporters=("CHN",), value_pct=100.0)
RETALIATION = Rule(importer=("CHN",), exporters=("USA",), action="reciprocal", value_pct=100.0)


def open_view(title="World", **parameters):
    # 200 answers of a world take seconds; the tests of ranges ask for them
    return pages.open_view(title, **{"draws": "0", **parameters})
