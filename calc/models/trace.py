"""One line traced from its base value to its new value: formulas, the numbers in them, and what the result says.

Each step is recomputed from the numbers above it and compared with the result; `holds` says whether they agree.
"""

from calc.models.known import MODELS
from calc.models.steps.step import Step
from calc.result import Result


def trace(result: Result, line: int) -> tuple[Step, ...]:
    """Steps of one line; none for a model that has not written them out.

    Parameters
    ----------
    line : row of `result.lines`
    """
    model = MODELS.get(result.model)
    if model is None or model.trace is None:
        return ()
    lines = result.lines
    row = lines.iloc[line]
    market = lines[(lines["importer"] == row["importer"]) & (lines["product"] == row["product"])]
    return model.trace(result, {str(name): value for name, value in row.items()}, market)
