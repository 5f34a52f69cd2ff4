"""What the command line says and how it ends: in any encoding, into any pipe, and never with a traceback.

A sign that the stream cannot write becomes a plainer one, "-" for "−", and what has none a question mark. A pipe that
is closed early ends the command quietly; Ctrl-C, a full disk and a full memory end it in one sentence.
"""

import os
import sys
import unicodedata
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from typing import TextIO

STOPPED = 130  # as shells count Ctrl-C
_LIKENESS = (
    "… ... → -> ← <- ≤ <= ≥ >= ≠ != ± +/- × x · . • * ⁄ / √ root σ sigma θ theta ε epsilon β beta ρ rho Δ Delta Σ Sum "
    "€ EUR £ GBP ¢ cents § section ß ss ø o Ø O æ ae ł l Ł L"
)
_PLAIN = str.maketrans(
    dict(zip(_LIKENESS.split()[::2], _LIKENESS.split()[1::2], strict=True))
    | dict.fromkeys("−–—‐‑", "-")
    | dict.fromkeys("“”„«»", '"')
    | dict.fromkeys("‘’‚′", "'")
)


def plain(text: str, encoding: str | None) -> str:
    """A text as an encoding can write it: signs that it lacks become plainer ones."""
    encoding = encoding or "utf-8"
    if _writes(text, encoding):
        return text
    return "".join(sign if _writes(sign, encoding) else _plainer(sign, encoding) for sign in text)


def _plainer(sign: str, encoding: str) -> str:
    """A sign as its likeness, or without its accent, or as a question mark."""
    likeness = unicodedata.normalize("NFKD", sign.translate(_PLAIN)).translate(_PLAIN)
    letters = "".join(part for part in likeness if not unicodedata.combining(part))
    return letters if letters and _writes(letters, encoding) else "?"


def _writes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def say(text: str, stream: TextIO | None) -> None:
    """Write a line; a stream that was closed before the start takes nothing."""
    if stream is not None:
        stream.write(plain(text, stream.encoding) + "\n")


def ended(command: Callable[[], int]) -> int:
    """Exit code of a command, whose ends that are no fault of the program are said in a sentence."""
    try:
        try:
            code = command()
        except SystemExit:
            _flush()  # help for a reader who has left
            raise
        _flush()
    except BrokenPipeError:
        _let_go()  # the reader of a pipe has what it wanted
        return 0
    except KeyboardInterrupt:
        # Python remembers an interrupt inside any `exec`, such as that of a dataclass, and would end by the signal
        # instead of the code below; another `exec` makes it forget.
        exec("")
        return _last_words("Stopped.", STOPPED)
    except MemoryError:
        return _last_words("Memory ran out. Ask for fewer draws, values or rows.", 2)
    except BrokenExecutor:
        return _last_words("A process ended before its work was done. Memory may have run out; use fewer --jobs.", 2)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _last_words(f"{place}{error.strerror or error}. The command could not be carried out.", 2)
    return code


def _last_words(words: str, code: int) -> int:
    _let_go()
    try:
        say(words, sys.stderr)
        _flush()
    except OSError:
        _let_go()
    return code


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()


def _let_go() -> None:
    """Point streams that take nothing any more at nothing, or Python would try them again at exit and complain."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, stream.fileno())
            os.close(nothing)
