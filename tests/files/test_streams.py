"""How the command line ends and what it says, whatever its streams can take."""

import errno
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor
from pathlib import Path

import pytest

from calc.cli import main
from calc.files.streams import STOPPED, ended, plain, say

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def command(words, **environment):
    """A command line in a shell, which has `tariff-impact` for the program."""
    program = f'tariff-impact() {{ "{sys.executable}" -m calc "$@"; }}; '
    return subprocess.run(
        ["bash", "-c", program + words],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        check=False,
    )


@pytest.mark.parametrize(
    ("encoding", "text", "written"),
    [
        ("utf-8", "−5% – σ México …", "−5% – σ México …"),
        ("cp1252", "−5% – σ México …", "-5% – sigma México …"),
        ("latin-1", "−5% – σ México …", "-5% - sigma México ..."),
        ("ascii", "−5% – σ México …", "-5% - sigma Mexico ..."),
        ("ascii", "½ \u00a0x₂ “Łódź” 中", '1/2  x2 "Lodz" ?'),
        ("utf-8", "a\udc80b", "a?b"),
        (None, "−5%", "−5%"),
    ],
)
def test_a_text_keeps_every_sign_that_the_encoding_has_and_gets_plainer_ones_for_the_others(encoding, text, written):
    assert plain(text, encoding) == written


def test_a_stream_that_was_closed_before_the_start_takes_nothing(monkeypatch):
    say("nobody hears", None)
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert ended(lambda: 1) == 1
    assert main(["datasets"]) == 0
    assert main(["check", "nowhere"]) == 2


@pytest.mark.parametrize(
    ("end", "code", "said"),
    [
        (KeyboardInterrupt(), STOPPED, "Stopped.\n"),
        (MemoryError(), 2, "Memory ran out."),
        (BrokenExecutor(), 2, "use fewer --jobs"),
        (OSError(errno.EIO, os.strerror(errno.EIO), "somewhere"), 2, "somewhere: Input/output error."),
        (BrokenPipeError(), 0, ""),
    ],
)
def test_what_no_program_can_help_ends_in_a_sentence(end, code, said, capsys):
    def fail():
        raise end

    assert ended(fail) == code
    heard = capsys.readouterr()
    assert said in heard.err
    assert heard.out == ""
    assert heard.err.count("\n") == bool(said)


def test_a_fault_of_the_program_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        ended(lambda: 1 // 0)


@pytest.mark.parametrize("asked", ["", "run", "sweep", "compare", "check", "convert", "datasets", "app"])
def test_help_is_plain_text(asked, capsys):
    with pytest.raises(SystemExit):
        main([*asked.split(), "--help"])
    assert capsys.readouterr().out.isascii()


def test_any_encoding_and_any_closed_stream_is_served_and_the_report_written(tmp_path):
    run = "tariff-impact run no_change --set draws=0"
    assert command(f"{run} | cat", PYTHONIOENCODING="cp1252").stderr == b""
    ascii_only = command(f"{run} --out {tmp_path / 'out'}", PYTHONIOENCODING="ascii")
    assert ascii_only.returncode == 0
    assert b"Net welfare" in ascii_only.stdout
    closed = command(f"{run} --out {tmp_path / 'again'} 2>&- >&-")
    assert (closed.returncode, closed.stdout, closed.stderr) == (0, b"", b"")
    assert (tmp_path / "again" / "MANIFEST.json").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_under_the_output_is_one_sentence():
    said = command("tariff-impact datasets > /dev/full")
    assert said.returncode == 2
    assert said.stderr == b"No space left on device. The command could not be carried out.\n"


def test_readers_that_leave_early_are_no_error():
    said = command("tariff-impact --help | true; tariff-impact check nowhere 2>&1 >/dev/null | true")
    assert said.stderr == b""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_a_sweep_over_processes_in_one_sentence_and_writes_nothing(tmp_path):
    words = [
        "-m",
        "calc",
        "sweep",
        "truce_lapses",
        "--tariff",
        "0:100:1",
        "--jobs",
        "2",
        "--out",
        str(tmp_path / "out"),
    ]
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, *words],
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"at work\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stderr.read() == b"Stopped.\n"
        assert process.wait() == STOPPED
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("command", "seconds"),
    [
        *(("backtest", seconds) for seconds in (0, 0.1, 0.6)),
        *(("run truce_lapses", seconds) for seconds in (0.03, 0.3, 1.0)),
    ],
)
def test_ctrl_c_ends_in_one_sentence_while_modules_are_imported_and_while_it_works(command, seconds):
    with subprocess.Popen(
        [sys.executable, "-c", BEGUN, *command.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert said == b"Stopped.\n"
        assert process.returncode == STOPPED


BEGUN = """
import sys
from calc.__main__ import main
print("begun", flush=True)
sys.exit(main())
"""
# the command line, which says when its first processes are at work
INTERRUPTED = """
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell may have switched off for its jobs
from calc import cli
from calc.commands import sweep as command
def at_work(*_, sweep=command.sweep, **named):
    executor = named["executor"]
    executor.submit(abs, 1).result()
    sys.stderr.write("at work\\n")
    sys.stderr.flush()
    return sweep(*_, **named)
command.sweep = at_work
sys.exit(cli.main(sys.argv[3:]))
"""
