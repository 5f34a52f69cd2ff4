import asyncio
import gc

from browsing import ROOT
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.app_discovery import discover_asgi_app

from calc.page.serving import first_visit


class Server:
    """Stands for Streamlit's runtime, and draws a page of nothing."""

    def __init__(self):
        self.happened = []

    def connect_session(self, client, user_info):
        self.client = client
        return "session"

    def handle_backmsg(self, session, message):
        self.happened.append(message.rerun_script.query_string)
        self.client.write_forward_msg(ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY))

    def close_session(self, session):
        self.happened.append(f"{session} closed")


def test_the_server_visits_itself_without_draws_and_leaves(monkeypatch):
    server = Server()
    monkeypatch.setattr(first_visit, "get_instance", lambda: server)
    monkeypatch.setattr(gc, "freeze", lambda: server.happened.append("lasting"))
    asyncio.run(first_visit.first_visit())
    assert server.happened == ["draws=0", "session closed", "lasting"]


def test_streamlit_finds_the_server_in_app_py():
    assert discover_asgi_app(ROOT / "app.py").import_string == "app:app"
