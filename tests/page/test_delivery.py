import asyncio

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from calc.page.serving.delivery import HeadlineAtOnce, Outgoing

LONG, SHORT = 30.0, 0.01  # seconds


def message(kind):
    told = ForwardMsg()
    if kind == "heading":
        told.delta.new_element.heading.body = "Imports fall"
    elif kind == "markdown":
        told.delta.new_element.markdown.body = "Notes"
    elif kind == "begun":
        told.new_session.name = "app"
    elif kind == "finished":
        told.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY
    return {"type": "websocket.send", "bytes": told.SerializeToString(), "kind": kind}


class Browser:
    """What has arrived, by kind."""

    def __init__(self):
        self.has = []

    async def send(self, told):
        await asyncio.sleep(0)  # others may run between two messages
        self.has.append(told.get("kind", told["type"]))


def sent(kinds, *, longest=LONG, hold=True, then=0.0):
    """What a browser has after an action and these messages."""
    browser = Browser()

    async def go():
        outgoing = Outgoing(browser.send, longest=longest)
        if hold:
            outgoing.hold()
        for kind in kinds:
            await outgoing.send(message(kind))
        await asyncio.sleep(then)

    asyncio.run(go())
    return browser.has


def test_nothing_leaves_before_the_headline():
    assert sent(["begun", "markdown"]) == []


@pytest.mark.parametrize("last", ["heading", "finished"])
def test_all_leaves_in_order_with_the_headline_or_the_end_of_the_run(last):
    kinds = ["begun", "markdown", last]
    assert sent(kinds) == kinds
    assert sent([*kinds, "markdown"]) == [*kinds, "markdown"]


def test_all_leaves_when_the_headline_takes_long():
    assert sent(["begun", "markdown"], longest=SHORT, then=20 * SHORT) == ["begun", "markdown"]


def test_what_no_action_of_the_visitor_asked_for_leaves_at_once():
    assert sent(["markdown"], hold=False) == ["markdown"]


def test_messages_sent_at_the_same_time_keep_their_order():
    browser, kinds = Browser(), ["begun", "markdown", "heading", "markdown", "finished"]

    async def go():
        outgoing = Outgoing(browser.send)
        outgoing.hold()
        await asyncio.gather(*(outgoing.send(message(kind)) for kind in kinds))

    asyncio.run(go())
    assert browser.has == kinds


def test_an_action_of_the_visitor_holds_back_what_the_server_sends_and_the_end_of_a_visit_does_not_wait():
    browser = Browser()

    async def page(scope, receive, send):
        await receive()
        await send(message("begun"))
        assert browser.has == []
        await send({"type": "websocket.close"})

    async def action():
        return {"type": "websocket.receive", "bytes": b""}

    asyncio.run(HeadlineAtOnce(page)({"type": "websocket"}, action, browser.send))
    assert browser.has == ["begun", "websocket.close"]
