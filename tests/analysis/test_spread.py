"""What a card says of other models is what Sensitivity says of them."""

import numpy as np
import pandas as pd
import pytest

from calc.analysis.other_models import other_models
from calc.analysis.sensitivity import outcome_text, outcomes, tornado
from calc.analysis.settings import settings
from calc.analysis.spread import OF_MODELS, OVER_TIME, spread, spread_list, spread_words
from calc.scenario_file import read_scenario

REVENUE = "tariff_revenue_change"


def found_of(*rows):
    return pd.DataFrame(
        [(kind, setting, REVENUE, value, "") for kind, setting, value in rows],
        columns=["assumption", "setting", "metric", "value", "problem"],
    )


def test_one_line_holds_the_ends_of_the_others_and_the_first_months():
    found = found_of(
        ("", "", 77e9),
        ("model", "SMART", -40e9),
        ("elasticities", "uniform", 153e9),
        ("elasticities", "wits", 4e9),
        ("pass_through_pct", "80%", 60e9),
        ("months", "3 months", 350e9),
        ("panel", "2, seven to ten years after", 200e9),
    )
    assert spread_words(found, REVENUE) == ("other models and elasticities −$40.0 bn to +$153 bn; 3 months +$350 bn")
    assert spread_list(found, REVENUE) == [
        "SMART: −$40.0 bn",
        "uniform: +$153 bn",
        "wits: +$4.00 bn",
        "3 months: +$350 bn",
        "2, seven to ten years after: +$200 bn",
    ]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("model", "SMART", -40e9)], "other models −$40.0 bn"),
        (
            [("elasticities", "wits", 1e9), ("elasticities", "uniform", 2e9)],
            "other elasticities +$1.00 bn to +$2.00 bn",
        ),
        ([("months", "3 months", 1e9), ("panel", "0.76, one year after", 2e9)], "3 months +$1.00 bn"),
        ([("model", "SMART", np.nan)], ""),
        ([], ""),
    ],
    ids=["one model", "sets alone", "months before panel data", "no answer", "nothing tried"],
)
def test_the_line_says_what_there_is(rows, words):
    assert spread_words(found_of(("", "", 77e9), *rows), REVENUE) == words


@pytest.mark.slow
@pytest.mark.parametrize("metric", [REVENUE, "import_volume_change", "targeted_import_value_relative_change"])
def test_the_card_and_the_tornado_tell_one_story(metric, us_2024):
    scenario = read_scenario("latest_100_china")
    tried = settings(scenario, us_2024, other_models(scenario, us_2024))
    bars = tornado(outcomes(scenario, us_2024, tried), metric).set_index("assumption")
    words, each = spread_words(spread(scenario, us_2024), metric), spread_list(spread(scenario, us_2024), metric)
    alternatives = [kind for kind in (*OF_MODELS, *OVER_TIME) if kind in bars.index]
    assert "model" in alternatives
    assert set(alternatives) & set(OVER_TIME)
    for kind in alternatives:
        for end in ("low", "high"):
            setting, text = bars.loc[kind, f"{end}_setting"], outcome_text(bars.loc[kind, end], metric)
            if setting != "as it stands":
                assert f"{setting}: {text}" in each
    lowest = min(bars.loc[kind, "low"] for kind in alternatives if kind in OF_MODELS)
    if lowest < bars["central"].iloc[0]:
        assert outcome_text(lowest, metric).rstrip("%") in words
