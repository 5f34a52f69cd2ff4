"""Docstrings as documents: the page shows the equations of the code that runs, and so cannot show others."""

import inspect
import re
from dataclasses import dataclass

_NUMPY_SECTION = re.compile(r"\n(?:Parameters|Returns|Raises)\n-{3,}\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a docstring: a paragraph of words, or lines of equations as they stand."""

    text: str
    equations: bool


def blocks(docstring: str | None) -> tuple[Block, ...]:
    """A docstring up to its parameters, as paragraphs and equations.

    Indented lines are equations. Empty where Python was told to drop docstrings (`-OO`).
    """
    text = _NUMPY_SECTION.split(inspect.cleandoc(docstring or ""))[0]
    found = []
    for paragraph in re.split(r"\n\s*\n", text):
        indented = False
        lines: list[str] = []
        for line in paragraph.splitlines():
            if lines and line.startswith(" ") != indented:
                found.append(_block(lines, indented))
                lines = []
            indented = line.startswith(" ")
            lines.append(line)
        if lines:
            found.append(_block(lines, indented))
    return tuple(found)


def _block(lines: list[str], equations: bool) -> Block:
    if equations:
        return Block(text=inspect.cleandoc("\n" + "\n".join(lines)), equations=True)
    return Block(text=" ".join(line.strip() for line in lines), equations=False)
