"""Habits of the page's widgets: one choice of several, a download, a headline that leaves first."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath
from threading import current_thread
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from calc.charts.basic import CHANGES, Spec
from calc.page.held.session import Key
from calc.page.text import plain
from calc.page.turns import turns
from calc.words import unbroken

_MEDIA_TYPES = {
    ".zip": "application/zip",
    ".csv": "text/csv",
    ".toml": "application/toml",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
_HEAD_START = 0.03  # seconds


def headline_first(place: DeltaGenerator, text: str) -> None:
    """Write the headline and let it leave for the browser.

    The server sends from another thread, which the charts and tables that follow would keep waiting: measured, the
    headline is on screen 30 ms sooner. Headlines that others wait for come before what follows.
    """
    place.title(unbroken(plain(text)), anchor=False)
    turns().headline_is_out()
    time.sleep(_HEAD_START)
    turns().give_way()


def choose(
    label: str,
    words: Mapping[str, str],
    key: Key[str],
    *,
    label_visibility: Literal["visible", "hidden", "collapsed"] = "visible",
    width: Literal["content", "stretch"] = "content",
    help: str | None = None,
) -> str:
    """One of a few choices that stand side by side; one is always chosen.

    Parameters
    ----------
    words : what each choice is called on screen
    key : which holds the choice
    """
    chosen = st.segmented_control(
        label,
        list(words),
        format_func=words.__getitem__,
        key=key.name,
        persist_state="session",
        required=True,
        wrap=True,
        label_visibility=label_visibility,
        width=width,
        help=help,
    )
    return str(chosen)


def draw_bars(place: DeltaGenerator, spec: Spec, what: str, words: str) -> None:
    """Draw bars, or say in words that there are none.

    Parameters
    ----------
    what, words : what they are and what they say, for those who hear the chart
    """
    if spec["datasets"][CHANGES]:
        place.vega_lite_chart(spec, alt=f"{what} {words}")
    else:
        place.markdown(plain(words))


def download(
    label: str,
    content: bytes | Callable[[], bytes],
    name: str,
    key: str,
    help: str | None = None,
    *,
    kind: Literal["primary", "secondary", "tertiary"] = "secondary",
    width: Literal["content", "stretch"] = "content",
) -> None:
    """A button that hands out a file.

    Parameters
    ----------
    content : the file; a callable is called on a click, in another thread, and finds what this session holds
    name : of the file, whose ending says what it is
    kind : of the button; a tertiary one looks like a link and has no icon
    """
    st.download_button(
        label,
        content if isinstance(content, bytes) else _in_this_session(content),
        name,
        _MEDIA_TYPES[PurePosixPath(name).suffix],
        key=key,
        on_click="ignore",
        type=kind,
        icon=None if kind == "tertiary" else ":material/download:",
        width=width,
        help=help,
    )


def _in_this_session(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """`make` for the thread of a download, which would not find a visitor's own data."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return make

    def made() -> bytes:
        with ThreadPoolExecutor(1, initializer=lambda: add_script_run_ctx(current_thread(), context)) as thread:
            return thread.submit(make).result()

    return made
