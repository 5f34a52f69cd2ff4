"""How to cite this tool, as CITATION.cff beside the package says it."""

import json
import platform
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

from calc.errors import DataError

NAME = "CITATION.cff"
# The file is YAML of one kind only: a key, a colon and text in double quotes; or such a pair as an item of a list.
_PAIR = re.compile(r'^(?:  - )?(?P<key>[a-z-]+): (?P<text>"(?:[^"\\]|\\.)*")$')
_HEADING_OR_WORD = re.compile(r'^(?:[a-z-]+:|  - "(?:[^"\\]|\\.)*")$')


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a reader needs to name the tool.

    Parameters
    ----------
    authors, title, version, license : words of the file
    released : day of this version, 2026-11-26
    """

    authors: str
    title: str
    version: str
    released: str
    license: str

    def __str__(self) -> str:
        """`The authors (2026). Title, version 0.1.0 (MIT).`."""
        return f"{self.authors} ({self.released[:4]}). {self.title}, version {self.version} ({self.license})."


@cache
def citation() -> Citation:
    """How to cite this version: from the file inside an installed package, or at the top of its repository."""
    package = Path(__file__).parent.parent
    inside = package / NAME
    file = inside if inside.is_file() else package.parent / NAME
    return parse_citation(file.read_text(encoding="utf-8"))


def parse_citation(text: str) -> Citation:
    """The citation in the text of a CITATION.cff.

    Raises
    ------
    DataError
        A line is no pair of a key and a text in double quotes, or a key is missing.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if pair := _PAIR.match(line):
            found[pair["key"]] = json.loads(pair["text"])
        elif line.strip() and not _HEADING_OR_WORD.match(line):
            raise DataError(f'{NAME}, line {number}: write a key, a colon and a text in double quotes, title: "…".')
    if missing := [key for key in ("name", "title", "version", "date-released", "license") if key not in found]:
        raise DataError(f"{NAME} has no {missing[0]}. Add it, with its text in double quotes.")
    return Citation(
        authors=found["name"],
        title=found["title"],
        version=found["version"],
        released=found["date-released"],
        license=found["license"],
    )


def made_with() -> dict[str, object]:
    """The head of a manifest: the time, the versions of what computes, and how to cite this tool."""
    packages = {name: version(name) for name in ("numpy", "scipy", "pandas", "pyarrow")}
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version(), "tariff-impact": citation().version, **packages},
        "citation": str(citation()),
    }
