"""Tasks for workers of other processes, which import this file alone, and executors that only look like such."""

import os
import pickle
import signal
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from pathlib import Path


def times(factor, task):
    return factor * task


def dies_once(flag, task):
    """What its worker does not survive the first time that it is asked for 3."""
    if task == 3 and not Path(flag).exists():
        Path(flag).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 10 * task


class AtOnce(Executor):
    """Does what it is given when it is given, pickled and read; `wrong` are the errors of its first tasks."""

    def __init__(self, *wrong):
        self.sent, self.wrong = [], list(wrong)

    def submit(self, function, /, *args):
        self.sent.append(pickle.dumps((function, args)))
        future = Future()
        if self.wrong:
            future.set_exception(self.wrong.pop(0))
        else:
            function, args = pickle.loads(self.sent[-1])
            future.set_result(function(*args))
        return future


class LikeProcesses(AtOnce, ProcessPoolExecutor):
    """The same as a pool of processes is given it."""
