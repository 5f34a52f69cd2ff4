"""Text for Streamlit's markdown, in which a dollar sign would start a formula."""

import re
from collections.abc import Sequence

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#$~|])")


def plain(words: str) -> str:
    """Words to be shown as they are."""
    return _SPECIAL.sub(r"\\\1", " ".join(words.split()))


def some_of(names: Sequence[str]) -> str:
    """Names in a row, the first of them where there are many."""
    return ", ".join(names) if len(names) <= 8 else f"{', '.join(names[:6])} and {len(names) - 6} more"
