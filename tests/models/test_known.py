"""The list of models: what their records say fits the rest of the project."""

from dataclasses import fields, replace

import pytest

from calc.assumptions import Assumptions
from calc.datasets.dataset import read_dataset
from calc.glossary import GLOSSARY
from calc.models.known import DEFAULT_MODEL, MODELS, foreign_options, knowing
from calc.question import point_answer
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_a_record_names_only_what_exists(model):
    assert set(model.options) <= {field.name for field in fields(Assumptions)}
    assert not model.linear_form_of or not MODELS[model.linear_form_of].linear_form_of
    assert not model.not_drawn or model.not_drawn in GLOSSARY
    assert model.label[0].isupper()
    assert model.includes.endswith(".")
    assert model.leaves_out.endswith(".")


def test_labels_tell_models_apart():
    assert len({model.label for model in MODELS.values()}) == len(MODELS)


def test_a_scenario_that_names_no_model_is_answered_by_the_first():
    assert Scenario().model == DEFAULT_MODEL == next(iter(MODELS))
    assert not MODELS[DEFAULT_MODEL].options


def test_an_option_belongs_to_the_models_that_name_it():
    assert knowing("deficits") == ("trade_equilibrium",)
    assert foreign_options("trade_equilibrium") == ("revenue_use", "inputs", "fixed_costs")
    assert set(foreign_options("armington")) == {"deficits", "revenue_use", "inputs", "fixed_costs"}


@pytest.mark.parametrize("name", ["truce_lapses", "tit_for_tat", "truce_lapses_pairs", "truce_lapses_world"])
def test_an_answer_moves_incomes_where_its_model_says_so(name):
    scenario = read_scenario(presets()[name])
    answer = point_answer(scenario, read_dataset(scenario.dataset))
    assert answer.incomes_move == MODELS[scenario.model].incomes_move


def test_a_dataset_that_a_model_cannot_answer_says_why():
    flows = read_dataset("pairs-2023").flows
    liberation_day = MODELS["liberation_day"]
    assert liberation_day.unsuited(flows) == ""
    assert "have no USA" in liberation_day.unsuited(
        replace(flows, economies=flows.economies.map(lambda code: "XXX" if code == "USA" else code))
    )
    assert "GDP of every economy" in liberation_day.unsuited(replace(flows, accounts=None))
    assert "several" in MODELS["smart"].unsuited(flows)
