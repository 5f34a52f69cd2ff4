import asyncio

import pytest

from calc.page.serving.deep_links import TOLD, ServerInTheFolderOfThePage

PAGE = b"<html><head><title>Page</title></head></html>"


def answered(body, kind, *, accept=b"text/html,*/*", status=200):
    """Headers and body that a browser gets, and the encodings that the server was offered."""
    sent, offered = [], []

    async def server(scope, receive, send):
        offered.extend(value for name, value in scope["headers"] if name == b"accept-encoding")
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body[:20], "more_body": True})
        await send({"type": "http.response.body", "body": body[20:]})

    async def keep(message):
        sent.append(message)

    scope = {"type": "http", "headers": [(b"accept", accept), (b"accept-encoding", b"gzip")]}
    asyncio.run(ServerInTheFolderOfThePage(server)(scope, None, keep))
    return dict(sent[0]["headers"]), b"".join(message["body"] for message in sent[1:]), offered


def test_the_page_says_where_the_server_is_before_anything_else():
    headers, body, offered = answered(PAGE, b"text/html; charset=utf-8")
    assert body == PAGE.replace(b"<head>", TOLD)
    assert int(headers[b"content-length"]) == len(body)
    assert not offered  # packed, the page could not be added to


@pytest.mark.parametrize(
    ("kind", "accept", "status"),
    [(b"text/javascript", b"text/html", 200), (b"text/html", b"*/*", 200), (b"text/html", b"text/html", 404)],
)
def test_nothing_else_is_touched(kind, accept, status):
    headers, body, _ = answered(PAGE, kind, accept=accept, status=status)
    assert body == PAGE
    assert int(headers[b"content-length"]) == len(PAGE)
