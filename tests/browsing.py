"""The page's own server, headless Chromium, and a visit that watches what the page asks for and complains of."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHARTS = "[data-testid=stVegaLiteChart] :is(svg, canvas)"
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@contextmanager
def server(script=ROOT / "app.py"):
    """A server of a page on a free port of this machine, with the settings beside the page; its address."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.headless=true", f"--server.port={port}", "--browser.gatherUsageStats=false"]
    command += ["--server.fileWatcherType=none"]  # an edit while tests run must not reach them by halves
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    folder = Path(script).parent
    process = subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield once_healthy(f"http://localhost:{port}/", process)
    finally:
        process.terminate()
        process.wait(timeout=20)


def once_healthy(url, process):
    for _ in range(120):
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{url}_stcore/health", timeout=2):
                return url
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    raise AssertionError("the server did not become healthy")


@contextmanager
def browser():
    """Headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


@contextmanager
def visit(chromium, address, parameters="", *, viewport=WIDE, scheme="light", charts=2):
    """A page in a fresh context, which on leaving must have asked this machine only and complained of nothing.

    Parameters
    ----------
    scheme : light | dark, what the browser asks for
    charts : how many charts to wait for
    """
    context = chromium.new_context(viewport=viewport, accept_downloads=True, color_scheme=scheme)
    page = context.new_page()
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))

    def listen(message):
        if message.type in ("error", "warning"):
            complaints.append(f"{message.text} {message.location['url']}")

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address + parameters)
    page.locator("h1").wait_for(timeout=60_000)
    page.get_by_role("button", name="Reset everything", include_hidden=True).wait_for(state="attached", timeout=60_000)
    if charts:
        page.locator(CHARTS).nth(charts - 1).wait_for(timeout=60_000)  # charts draw after text
    yield page
    outside = [
        url for url in requests if not url.startswith((address, "data:", "blob:", address.replace("http", "ws")))
    ]
    assert not outside
    assert complaints == []
    context.close()
