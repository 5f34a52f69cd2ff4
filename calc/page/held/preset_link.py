"""A preset in the address by its name: `?preset=truce_2025` and what differs from it, in place of all its rules."""

from calc.datasets.catalogue import default_dataset
from calc.errors import CalcError
from calc.page import answers
from calc.page.held import session
from calc.page.held.known_controls import frame_controls
from calc.page.held.link import Parameters, pack, text_of, unpack, words_and_rules, write_parameters
from calc.page.held.policy import Days, simple_values
from calc.page.models import offered

PRESET = "preset"


def whole(parameters: Parameters) -> Parameters:
    """Parameters of an address with those of the preset that it names; what the address states itself stands.

    A name that is no preset's stays, to be named among what was ignored.
    """
    name = next(iter(parameters.get(PRESET, [])[-1:]), "")
    if name not in answers.preset_scenarios():
        return parameters
    return {**_stated_by(name), **{key: texts for key, texts in parameters.items() if key != PRESET}}


def short(parameters: Parameters, days: Days) -> Parameters:
    """Parameters as a preset and what differs from it, where they hold its rules packed; any others unchanged.

    Parameters
    ----------
    parameters : of `write_parameters`
    days : baseline and day of the law that they hold
    """
    packed = next(iter(parameters.get(session.RULES.name, [])), "")
    dataset = next(iter(parameters.get(session.DATASET.name, [])), default_dataset())
    name = _preset_of(packed, dataset, days) if packed else None
    if name is None:
        return parameters
    stated = _stated_by(name)
    known = frame_controls(answers.preset_scenarios()[name].dataset)
    told = {key: [text_of(known[key].default)] for key in stated if key not in parameters}
    differ = {key: texts for key, texts in parameters.items() if key != session.RULES.name and stated.get(key) != texts}
    return {PRESET: [name], **told, **differ}


def _preset_of(packed: str, dataset: str, days: Days) -> str | None:
    """Name of the preset whose words and rules are packed, on the same data and days."""
    try:
        held = unpack(packed)
    except CalcError:
        return None
    for name, preset in answers.preset_scenarios().items():
        same = (preset.dataset, preset.baseline, preset.law_day) == (dataset, *days)
        if same and words_and_rules(preset) == held:
            return name
    return None


def _stated_by(name: str) -> Parameters:
    """What the address says of a preset where it does not name it."""
    preset = answers.preset_scenarios()[name]
    data = answers.dataset(preset.dataset)
    values = {
        session.DATASET.name: preset.dataset,
        session.BASELINE.name: preset.baseline,
        session.LAW_DAY.name: preset.law_day,
        **(simple_values(preset.rules, data) or {session.RULES.name: pack(preset)}),
    }
    if preset.model in offered(data):
        values[session.MODEL.name] = preset.model
    return write_parameters(values, frame_controls(data.name), whole=True)
