"""How the answer to a move leaves the server: the headline together with what Streamlit sends before it.

A browser draws the whole page anew at the first word that a run has begun, and again at the next, which keeps it busy
for 40 ms and the headline waiting. Held back until the headline is there, and sent at once, they are drawn in one go.
"""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

# Seconds. A headline that comes just after what was held back waits until the browser has drawn that: the time is above
# what headlines take on a busy server, and far below what anybody notices.
LONGEST = 0.1


class HeadlineAtOnce:
    """Middleware of the server: after an action of a visitor nothing leaves before the headline, for a moment."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests on; hold back what is sent to a browser after it has sent something."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        outgoing = Outgoing(send)

        async def heard() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                outgoing.hold()
            return message

        await self._app(scope, heard, outgoing.send)


class Outgoing:
    """What is sent to one browser, in order.

    Parameters
    ----------
    send : sends a message to the browser
    longest : for how long messages are held back, s
    """

    def __init__(self, send: Send, *, longest: float = LONGEST) -> None:
        self._send = send
        self._longest = longest
        self._held: list[Message] = []
        self._timer: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()

    def hold(self) -> None:
        """From now on hold messages back, until the headline or for a moment."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._longest, self._time_is_up)

    async def send(self, message: Message) -> None:
        """Send a message, or hold it back."""
        self._held.append(message)
        if self._timer is None or message["type"] != "websocket.send" or _ends_waiting(message):
            await self._release()

    def _time_is_up(self) -> None:
        self._leaving = asyncio.ensure_future(self._release())

    async def _release(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        async with self._one_at_a_time:
            with _in_one_piece(self._send):
                while self._held:
                    await self._send(self._held.pop(0))


def _ends_waiting(message: Message) -> bool:
    """Whether a message brings the headline, or the run has ended without one."""
    told = ForwardMsg.FromString(message["bytes"])
    drawn: str | None = told.delta.new_element.WhichOneof("type")
    return drawn == "heading" or told.HasField("script_finished")


@contextmanager
def _in_one_piece(send: Send) -> Iterator[None]:
    """Messages sent inside reach the browser together, where the system can do that; else one soon after the other.

    ASGI does not show the connection; uvicorn's `send` belongs to the object that has it.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    connection = transport.get_extra_info("socket") if transport is not None else None
    cork = getattr(socket, "TCP_CORK", None)  # Linux
    if connection is None or cork is None:
        yield
        return
    with suppress(OSError):  # no TCP, or the browser has gone, which sending tells
        connection.setsockopt(socket.IPPROTO_TCP, cork, 1)
    try:
        yield
    finally:
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, cork, 0)
