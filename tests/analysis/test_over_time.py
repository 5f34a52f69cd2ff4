"""The months since the measure: a path that rises to the answer of the long run and stays there."""

from dataclasses import replace

import numpy as np
import pytest
from sensitivities import ASKED, preset

from calc.analysis.other_models import asked_of
from calc.analysis.over_time import MONTHS, over_months, volume_of
from calc.assumptions import Assumptions
from calc.datasets.dataset import read_dataset
from calc.errors import ScenarioError
from calc.models.equations.adjustment import MONTHS_TO_LAST, response_after
from calc.question import chosen_elasticities, point_answer


@pytest.mark.parametrize("model", ["armington", "smart", "gsim", "gsim_linear"])
def test_volumes_fall_with_the_months_to_the_answer_of_the_long_run(small, model):
    asked = replace(ASKED, model=model)
    path = over_months(asked, small)
    assert path["months"].tolist() == list(MONTHS)
    assert np.all(np.diff(path["value"][path["months"] <= MONTHS_TO_LAST]) < 0)
    lasting = point_answer(asked, small).value(volume_of(asked))
    assert set(path["value"][path["months"] >= MONTHS_TO_LAST]) == {lasting}


def test_the_long_run_is_the_same_as_no_months_to_the_last_byte(small):
    silent, said = (
        point_answer(replace(ASKED, assumptions=assumptions), small)
        for assumptions in (Assumptions(), Assumptions(months="long run"))
    )
    assert said.lines.to_csv() == silent.lines.to_csv()
    assert said.parameters == silent.parameters


def test_a_note_says_how_far_buyers_have_adjusted(small):
    # (1.4 + 2.3 · 3/15)/3.7 = 0.503
    notes = [note.text for note in point_answer(replace(ASKED, assumptions=Assumptions(months=3.0)), small).notes]
    assert any(note.startswith("3 months after the measure substitution and demand stand at 50%") for note in notes)
    assert not any("Tamberi" in note.text for note in point_answer(ASKED, small).notes)


def test_substitution_and_demand_move_in_proportion_and_pass_through_stays(small):
    asked = replace(ASKED, assumptions=Assumptions(months=3.0, pass_through_pct=80.0))
    early = chosen_elasticities(asked, small)
    late = chosen_elasticities(replace(ASKED, assumptions=Assumptions(pass_through_pct=80.0)), small)
    for name in ("armington_elasticity", "import_demand_elasticity", "export_supply_elasticity"):
        np.testing.assert_allclose(getattr(early, name), getattr(late, name) * response_after(3), rtol=1e-14)


@pytest.mark.parametrize("name", ["truce_lapses_world", "truce_lapses_pairs"])
def test_general_equilibrium_answers_for_the_long_run_only_and_says_so(name):
    asked = replace(preset(name), assumptions=Assumptions(months=3.0))
    data = read_dataset(asked.dataset)
    with pytest.raises(ScenarioError, match=r"answers for the long run only.*Leave months out"):
        point_answer(asked, data)
    assert over_months(preset(name), data).empty


def test_a_model_of_the_long_run_is_asked_without_the_months():
    asked = replace(ASKED, assumptions=Assumptions(months=3.0))
    assert asked_of(asked, "trade_equilibrium").assumptions.months is None
    assert asked_of(asked, "smart").assumptions.months == 3.0
