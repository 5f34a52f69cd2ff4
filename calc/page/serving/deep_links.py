"""A link to a view opens at once: the browser is told where the server is, instead of looking for it under the view.

Of a link such as `/world` Streamlit's page takes `world` for a folder first, in which the server might be. It asks
there twice, is told twice that nothing is there, which the browser's console keeps as errors, and waits for half a
second before it asks one folder above.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Views have addresses of one part, so that the server is where an address without its last part leads.
TOLD = b'<head><script>window.__streamlit = {BACKEND_BASE_URL: new URL("./", location.href).href}</script>'


class ServerInTheFolderOfThePage:
    """Middleware of the server: its page says where the server is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, the page with one sentence more."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self._app(scope, receive, send)
            return
        unpacked = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: Message | None = None

        async def told(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_page(message):
                start = message  # its length is known with its body
                return
            if start is not None:
                body = message["body"]
                message = {**message, "body": body.replace(b"<head>", TOLD, 1)}
                headers = MutableHeaders(raw=start["headers"])
                headers["content-length"] = str(int(headers["content-length"]) + len(message["body"]) - len(body))
                await send(start)
                start = None
            await send(message)

        await self._app({**scope, "headers": unpacked}, receive, told)


def _is_page(start: Message) -> bool:
    headers = MutableHeaders(raw=start["headers"])
    return start["status"] == 200 and headers.get("content-type", "").startswith("text/html")
