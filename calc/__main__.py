"""The command line from its first moment, `python -m calc` or `tariff-impact`: Ctrl-C ends it in a sentence always.

While modules are imported, and while Python shuts down, an exception would end in a traceback.
"""

import os
import signal
import sys


def _stop(*_: object) -> None:
    os.write(2, b"Stopped.\n")
    os._exit(130)


if __name__ in ("__main__", "calc.__main__"):  # and in no process that this one starts
    signal.signal(signal.SIGINT, _stop)


def main() -> int:
    """Run the command that the arguments of the program name, and return its exit code."""
    from calc.cli import main as run_command
    from calc.files.streams import ended

    def command() -> int:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # from here on Ctrl-C is an exception, and caught
        try:
            return run_command()
        finally:
            signal.signal(signal.SIGINT, _stop)

    return ended(command)


if __name__ == "__main__":
    sys.exit(main())
