"""The server's first visit is its own: it reads the data and computes the answer with which the page opens.

Whoever comes next finds them kept.
"""

import asyncio
import gc
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import SessionClient, get_instance
from streamlit.starlette import App

_OPENING = "draws=0"  # of the address; draws take seconds, and the next visitor has their headline before them
_LISTENS = 0.3  # seconds after which the server takes visits


class Visitor(SessionClient):
    """A visitor without a browser, who leaves when the page is drawn."""

    def __init__(self) -> None:
        self.has_seen_all = asyncio.Event()

    def write_forward_msg(self, msg: ForwardMsg) -> None:
        """Take what a browser would draw."""
        if msg.WhichOneof("type") == "script_finished":
            self.has_seen_all.set()


@asynccontextmanager
async def open_for_visitors(app: App) -> AsyncIterator[None]:
    """What the server does between its start and its end."""
    if not st.get_option("server.headless"):
        address = f"http://localhost:{st.get_option('server.port')}"
        asyncio.get_running_loop().call_later(_LISTENS, webbrowser.open, address)
    visit = asyncio.create_task(first_visit())
    yield
    visit.cancel()


async def first_visit() -> None:
    """Visit the page, and take what is in memory then for lasting.

    While the page is used, Python looks through all objects every few seconds for some to forget, which takes 0.1 s
    that every visitor waits for; lasting ones are not looked at.
    """
    visitor, runtime = Visitor(), get_instance()
    session = runtime.connect_session(visitor, {})
    try:
        opening = BackMsg()
        opening.rerun_script.query_string = _OPENING
        runtime.handle_backmsg(session, opening)
        await visitor.has_seen_all.wait()
    finally:
        runtime.close_session(session)
    gc.collect()
    gc.freeze()
