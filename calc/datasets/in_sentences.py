"""Names of economies and groups as a sentence says them: `the United States`, `the EU`, `China`."""

from collections.abc import Mapping
from functools import lru_cache

import pandas as pd

from calc.datasets.data_folder import data_dir


def in_sentence(code: str, name: str = "") -> str:
    """An economy or group inside a sentence, with the article that English gives it.

    Parameters
    ----------
    name : what the dataset calls it; the code if absent

    Examples
    --------
    >>> in_sentence("USA", "United States"), in_sentence("EU27"), in_sentence("CHN", "China")
    ('the United States', 'the EU', 'China')
    """
    return _words().get(code) or name or code


@lru_cache(maxsize=1)
def _words() -> Mapping[str, str]:
    table = pd.read_csv(data_dir() / "codes" / "in_sentences.csv", dtype=str)
    return dict(zip(table["code"], table["words"], strict=True))
