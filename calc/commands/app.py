"""`tariff-impact app`: open the page in a browser."""

import argparse
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from calc.commands.command import Command

# Streamlit reads its settings from a folder beside the script; a wheel cannot count on that, so they are flags too.
_PRIVATE = (
    "--browser.gatherUsageStats=false",
    "--server.showEmailPrompt=false",
)
# Streamlit looks through all objects of the process after every run of the page, which takes longer than a headline;
# the page itself does so every few seconds, for all visitors together.
_SWEPT_BY_THE_PAGE = "--runner.postScriptGC=false"
# Nobody edits the page while using it, and watching every module of the process for changes keeps a processor awake.
# It is no setting of config.toml: `streamlit run app.py` is what a developer starts, who wants a saved file to show.
_UNWATCHED = "--server.fileWatcherType=none"
# Streamlit holds the session of a visit that ended, for a browser that lost its connection: 128 of them at most, with
# three open files each, and whatever the visitor uploaded. Two minutes is its own choice; where few files may be open,
# visitors who come and go within that time would leave none for the next.
_MANY_FILES = 1024
_HELD, _HARDLY_HELD = 30, 1  # seconds


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8501, help="port on this machine (8501)")
    parser.add_argument(
        "--address",
        default="localhost",
        help="where to listen (localhost: this machine only; 0.0.0.0, in a container: every network it is on)",
    )
    parser.add_argument("--headless", action="store_true", help="serve without opening a browser")


def _command(arguments: argparse.Namespace) -> int:
    inside = Path(__file__).parent.parent / "_app.py"
    page = inside if inside.exists() else Path(__file__).parent.parent.parent / "app.py"
    started = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(page),
        *_PRIVATE,
        _UNWATCHED,
        _SWEPT_BY_THE_PAGE,
        f"--server.disconnectedSessionTTL={_HELD if _most_files() >= _MANY_FILES else _HARDLY_HELD}",
        f"--server.address={arguments.address}",
        f"--server.port={arguments.port}",
    ]
    started += ["--server.headless=true"] if arguments.headless else []
    # Unless told to keep it, glibc hands freed memory back and fetches it again at every move of the slider; and it
    # keeps a heap of its own for each thread of the server, where two are enough.
    keep = {
        "MALLOC_TRIM_THRESHOLD_": "67108864",
        "MALLOC_MMAP_THRESHOLD_": "67108864",
        "MALLOC_ARENA_MAX": "2",
    }
    environment = {**keep, **os.environ}
    if os.name == "posix":
        # The server takes the place of this process: whoever ends the command, as a container does, ends the server.
        os.execve(sys.executable, started, environment)
    try:
        return subprocess.run(started, check=False, env=environment).returncode
    except KeyboardInterrupt:
        return 0


def _most_files() -> int:
    """Raise the number of files that this process and the server may hold open as far as it goes; the number."""
    try:
        import resource
    except ImportError:  # Windows counts no such files
        return _MANY_FILES
    own, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * _MANY_FILES if most == resource.RLIM_INFINITY else min(most, 4 * _MANY_FILES)
    if own == resource.RLIM_INFINITY or own >= wanted:
        return _MANY_FILES if own == resource.RLIM_INFINITY else own
    with suppress(ValueError, OSError):  # macOS has a further limit of its own
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


COMMAND = Command(examples=("--port 8600",), options=_options, run=_command)
