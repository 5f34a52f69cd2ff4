"""Visitors of the page who speak Streamlit's own protocol over a websocket, as a browser does, and its server.

Unlike a browser they cost the machine nothing, so that many fit beside the server they ask.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from browsing import ROOT, once_healthy
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

connect = pytest.importorskip("websockets.asyncio.client").connect
PATIENCE = 90.0  # seconds for one answer
NEVER = float("nan")

# Where a browser keeps the value of each kind of control, and where the server says it.
VALUES = {
    "slider": ("double_array_value", "value"),
    "number_input": ("double_value", "value"),
    "selectbox": ("string_value", "raw_value"),
    "multiselect": ("string_array_value", "raw_values"),
    "button_group": ("string_array_value", "raw_values"),
    "checkbox": ("bool_value", "value"),
    "date_input": ("string_array_value", "value"),
    "text_input": ("string_value", "value"),
    "text_area": ("string_value", "value"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What a browser holds of a page: its address and the value of every control, by id."""

    query: str = ""
    controls: Mapping[str, WidgetState] = field(default_factory=dict)

    def moved(self, points):
        """The screen with its tariff slider moved."""
        return self._with("tariff_slider", "double_array_value", [points])

    def chosen(self, *exporters):
        """The screen with other exporters chosen, by the words that the control shows."""
        return self._with("exporters", "string_array_value", exporters)

    def _with(self, key, kind, value):
        (name,) = (name for name in self.controls if name.endswith(f"-{key}"))
        return replace(self, controls={**self.controls, name: state_of(name, kind, value)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a run of the page brought.

    Parameters
    ----------
    words, seconds : the headline, and when it came
    cards : when the last of the cards below it came; NaN where the visitor moved on before
    whole : seconds to the end of the run; NaN where it was not waited for
    """

    words: str
    seconds: float
    cards: float
    whole: float
    screen: Screen


def state_of(name, kind, value):
    """The value of one control as a browser sends it."""
    state = WidgetState(id=name)
    if kind.endswith("array_value"):
        getattr(state, kind).data.extend(value)
    else:
        setattr(state, kind, value)
    return state


def drawn_state(what, widget, before):
    """What a browser holds of a control once it is drawn: what the server sets, else what it held, else the default."""
    kind, name = VALUES[what]
    if not widget.set_value:
        return before.get(widget.id) or _default(what, widget, kind)
    if name not in [given.name for given, _ in widget.ListFields()] and not kind.endswith("array_value"):
        return None if what == "number_input" else state_of(widget.id, kind, getattr(widget, name))
    return state_of(widget.id, kind, getattr(widget, name))


def _default(what, widget, kind):
    given = {each.name for each, _ in widget.ListFields()}
    if what in ("selectbox", "multiselect", "button_group"):
        places = widget.default if what != "selectbox" else [widget.default] if "default" in given else []
        words = [getattr(option, "content", option) for option in widget.options]
        chosen = [words[place] for place in places]
        if what != "selectbox":
            return state_of(widget.id, kind, chosen)
        return state_of(widget.id, kind, chosen[0]) if chosen else None
    if what == "number_input" and "default" not in given:
        return None  # an empty box
    return state_of(widget.id, kind, widget.default)


async def answer(socket_, screen, sent, *, until=None, reading=0.0):
    """The next run of the page, to its end, which must be without a fault.

    Parameters
    ----------
    until : time of the performance counter at which the visitor, once the headline is there, moves on without waiting
        for the end of the run; the next run then ends this one
    reading : seconds that the visitor looks at the headline at least
    """
    words, seconds, cards, drawn = "", 0.0, NEVER, {}

    def so_far(*, ended):
        # what a run that was not waited for has not drawn yet is still on the screen
        held = drawn if ended else {**screen.controls, **drawn}
        whole = time.perf_counter() - sent if ended else NEVER
        return Answer(words=words, seconds=seconds, cards=cards, whole=whole, screen=replace(screen, controls=held))

    begun = False
    async with asyncio.timeout(PATIENCE):
        while True:
            left = None
            if until is not None and words:
                left = max(until, sent + seconds + reading) - time.perf_counter()
            try:
                message = ForwardMsg.FromString(await asyncio.wait_for(socket_.recv(), left and max(0.0, left)))
            except TimeoutError:
                return so_far(ended=False)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                begun, words, cards, drawn = True, "", NEVER, {}  # what came before is of a run that this one ends
            elif kind == "page_info_changed":
                screen = replace(screen, query=message.page_info_changed.query_string)
            elif not begun:
                continue
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                what = element.WhichOneof("type")
                assert what != "exception", element.exception.message
                if what == "heading" and element.heading.tag == "h1":
                    words, seconds = element.heading.body, time.perf_counter() - sent
                elif what == "metric":
                    cards = time.perf_counter() - sent
                elif what in VALUES:
                    widget = getattr(element, what)
                    if (state := drawn_state(what, widget, screen.controls)) is not None:
                        drawn[widget.id] = state
            elif kind == "script_finished":
                assert message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                return so_far(ended=True)


async def ask(socket_, screen):
    """Ask for a run of the page as it stands on a screen."""
    message = BackMsg()
    message.rerun_script.query_string = screen.query
    message.rerun_script.widget_states.widgets.extend(screen.controls.values())
    sent = time.perf_counter()
    await socket_.send(message.SerializeToString())
    return sent


@asynccontextmanager
async def visit(address):
    """A websocket to the page, closed when the visitor leaves."""
    url = address.replace("http", "ws") + "_stcore/stream"
    async with connect(url, subprotocols=["streamlit"], max_size=None, max_queue=None) as found:
        yield found


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The page as `tariff-impact app` serves it: its address, and the number of the process that answers."""

    address: str
    process: int

    def descriptors(self):
        """Files and sockets that it holds open."""
        return len(list(Path(f"/proc/{self.process}/fd").iterdir()))

    def memory(self, what="VmRSS"):
        """Memory it holds, bytes; `VmHWM`: the most it ever held."""
        status = Path(f"/proc/{self.process}/status").read_text(encoding="utf-8")
        return next(1024 * int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{what}:"))

    def processor(self):
        """Seconds of processor time it has used."""
        used = Path(f"/proc/{self.process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(most_files=None):
    """The page, started by `tariff-impact app` on a free port of this machine.

    Parameters
    ----------
    most_files : limit of open files of the server; that of this process if absent
    """
    import resource  # not on Windows

    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]

    def limited():
        if most_files is not None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))

    process = subprocess.Popen(
        [sys.executable, "-m", "calc", "app", "--headless", f"--port={port}"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=limited,
        start_new_session=True,
    )
    try:
        yield Served(address=once_healthy(f"http://localhost:{port}/", process), process=process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)
