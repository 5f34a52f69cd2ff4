"""Many tasks, done here or shared by workers, with the same answers in the same order.

What tasks have in common, a dataset above all, goes to each worker once; a task carries its own question only, and its
answer comes back reduced. A worker that is lost loses nothing: what it had not finished is given out again. Workers
are whatever a `concurrent.futures.Executor` has: threads, processes of this machine, or a Dask cluster.
"""

import copyreg
import io
import os
import pickle
import signal
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

from calc.errors import CalcError, ParameterError

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")

Progress = Callable[[int, int], None]

MOST_LOSSES = 3
"""Workers lost one after another, with no answer between, after which the work itself must be at fault."""
PROGRAM = "tariff-impact"
AHEAD = 4
"""Tasks that each other process has been given, so that it need not wait while this one works."""
ANSWERING = "calc.question"
"""What every worker has to import, which takes a second."""
PATIENCE = 10.0
"""Seconds in which a cluster must answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What tasks have in common, on its way to workers.

    Parameters
    ----------
    digest : SHA-256 of its bytes, by which a worker knows that it has opened it before
    data : its bytes, unless they lie in a file
    file : of this machine, where its bytes lie
    """

    digest: str
    data: bytes = field(default=b"", compare=False, repr=False)
    file: str = field(default="", compare=False)


def answers(
    ask: Callable[[T], R], tasks: Sequence[T], *, executor: Executor | None = None, progress: Progress | None = None
) -> Iterator[R]:
    """Answers of `ask(task)`, in the order of the tasks.

    Parameters
    ----------
    ask : a function of a module, with what all tasks have in common bound to it; it goes to each worker once
    tasks : small, since each is sent
    executor : shares the tasks; they are done here, one after another, if absent
    progress : called with tasks done and all tasks; what it raises ends the work

    Raises
    ------
    BrokenExecutor
        Workers were lost, and none takes their place, or each that does is lost on the same task.
    """
    if executor is None:
        for done, task in enumerate(tasks, 1):
            yield ask(task)
            if progress is not None:
                progress(done, len(tasks))
        return
    most = AHEAD * executor.others if isinstance(executor, Processes) else len(tasks)
    found: dict[int, R] = {}  # answers before their turn: done here, or kept when a worker was lost
    given = losses = 0
    while given < len(tasks):
        begun, futures = given, dict[int, Future[R]]()
        waiting = deque(number for number in range(given, len(tasks)) if number not in found)
        try:
            with _delivered(ask, executor) as parcel:
                while given < len(tasks):
                    while waiting and (len(futures) < most or sum(map(_under_way, futures.values())) < most):
                        number = waiting.popleft()
                        futures[number] = executor.submit(_at_worker, parcel, tasks[number])
                    if waiting and given not in found and not futures[given].done():
                        number = waiting.popleft()
                        found[number] = ask(tasks[number])
                        continue
                    yield found.pop(given) if given in found else futures[given].result()
                    futures.pop(given, None)
                    given += 1
                    if progress is not None:
                        progress(given, len(tasks))
        except (BrokenExecutor, CancelledError) as error:
            losses = 1 if given > begun else losses + 1
            if losses > MOST_LOSSES:
                raise BrokenExecutor(f"{losses} workers were lost one after another") from error
            found |= {number: future.result() for number, future in futures.items() if _answered(future)}
        finally:
            for future in futures.values():
                future.cancel()


def _under_way(future: Future[Any]) -> bool:
    return not future.done()


def _answered(future: Future[R]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _at_worker(ask: Callable[[T], R] | Parcel, task: T) -> R:
    return _opened(ask)(task) if isinstance(ask, Parcel) else ask(task)


@lru_cache(maxsize=2)
def _opened(parcel: Parcel) -> Callable[[Any], Any]:
    ask: Callable[[Any], Any] = pickle.loads(parcel.data or Path(parcel.file).read_bytes())
    return ask


@contextmanager
def _delivered(ask: Callable[[T], R], executor: Executor) -> Iterator[Any]:
    """What a task carries in place of `ask`; for threads it is the thing itself."""
    if isinstance(executor, ThreadPoolExecutor):
        yield ask
        return
    data = packed(ask)
    digest = sha256(data).hexdigest()
    if isinstance(executor, Processes | ProcessPoolExecutor):
        with TemporaryDirectory(prefix="tariff-impact-", ignore_cleanup_errors=True) as folder:
            file = Path(folder) / "ask"
            file.write_bytes(data)
            yield Parcel(digest=digest, file=str(file))
        return
    parcel = Parcel(digest=digest, data=data)
    client = _dask_client(executor)
    yield parcel if client is None else client.scatter(parcel, broadcast=True, hash=False)


def _read_only(contents: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(contents)


def packed(thing: object) -> bytes:
    """A thing as bytes that `pickle.loads` reads, with the read-only views in which a dataset keeps its tables.

    Raises
    ------
    ParameterError
        It holds a function that other processes cannot import.
    """
    written = io.BytesIO()
    pickler = pickle.Pickler(written, protocol=pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = {**copyreg.dispatch_table, MappingProxyType: lambda view: (_read_only, (dict(view),))}
    try:
        pickler.dump(thing)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise ParameterError(
            f"Other processes cannot be asked this ({error}). Define its functions at the top of a module."
        ) from error
    return written.getvalue()


def start_method() -> str:
    """How another process of this machine starts: `fork`, as a copy of this one, or `spawn`, a new interpreter.

    A copy has at once what this one has imported, which takes a new interpreter a second. It has none of the other
    threads, and a lock that one of them held would be locked in it for good; so it is made only while Python has a
    single thread here. The libraries' own, of BLAS and Arrow, stand aside while a process is copied. macOS copies no
    process safely, and Windows none at all.
    """
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


class Processes(Executor):
    """Processes of this machine, of which this one is the first: it works as well while it waits.

    When some are lost, for want of memory or otherwise, new ones take their place. They leave Ctrl-C to this one.

    Parameters
    ----------
    jobs : how many, at least 1; one means that a single other process does what it is given

    Raises
    ------
    ParameterError
        Fewer than one.
    """

    def __init__(self, jobs: int) -> None:
        if jobs < 1:
            raise ParameterError(f"The number of processes is 1 or more; {jobs} is not.")
        self.others = max(jobs - 1, 1)
        self._pool = self._started()  # while this process reads the data

    def _started(self) -> ProcessPoolExecutor:
        from multiprocessing import get_context  # most commands start no process

        pool = ProcessPoolExecutor(
            self.others,
            mp_context=get_context(start_method()),
            initializer=_begun,
        )
        with _deaf_to_ctrl_c(), warnings.catch_warnings():
            # Python 3.12 and later warn of the threads of libraries too.
            warnings.filterwarnings("ignore", message=".*fork", category=DeprecationWarning)
            for _ in range(self.others):
                pool.submit(import_module, ANSWERING)
        return pool

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Give out a task, to new processes if some were lost."""
        with _deaf_to_ctrl_c():
            try:
                return self._pool.submit(fn, *args, **kwargs)
            except BrokenExecutor:
                self._pool.shutdown(wait=False)
                self._pool = self._started()
                return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes when they have done what was given out."""
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)


def _begun() -> None:
    """What another process does first: it leaves Ctrl-C to the one that gives out the work, and will end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import connection, parent_process

    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])  # closed by the system, however the parent came to its end
        os._exit(1)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Processes started inside do not hear Ctrl-C, even while they import; this one hears it a little later."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of a running Dask cluster.

    Parameters
    ----------
    address : of its scheduler, such as `tcp://10.0.0.5:8786`

    Raises
    ------
    ParameterError
        Dask is not installed, no scheduler answers, it has no workers, or some have another version of this program.
    CalcError
        The cluster was lost, or the work ends one worker after another.
    """
    try:
        dask: Any = import_module("distributed")
    except ImportError as error:
        raise ParameterError('A cluster needs the extra "cluster": pip install "tariff-impact[cluster]".') from error
    try:
        client = dask.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ParameterError(
            f"No Dask scheduler answers at {address!r}. Start one (dask scheduler) and name the address that it "
            "prints, such as tcp://10.0.0.5:8786."
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise ParameterError(
                f"The cluster at {address} has no workers. Start some: dask worker {address} --nthreads 1"
            ) from error
        from importlib.metadata import version

        ours = version(PROGRAM)
        for worker, theirs in client.run(version, PROGRAM, on_error="return").items():
            if theirs != ours:
                has = f"{PROGRAM} {theirs}" if isinstance(theirs, str) else f"no {PROGRAM}"
                raise ParameterError(
                    f"The worker {worker} has {has}; here is {ours}. Install the same on all machines."
                )
        try:
            yield client.get_executor(pure=False)
        except dask.comm.CommClosedError as error:
            raise CalcError(f"The cluster at {address} was lost before its work was done. Start it again.") from error
        except dask.KilledWorker as error:
            raise CalcError(
                f"The same work ended several workers of the cluster at {address}, one after another. Memory may have "
                "run out: start fewer on a machine."
            ) from error


def _dask_client(executor: Executor) -> Any | None:  # noqa: ANN401 - a `distributed.Client`, where Dask is installed
    """The client of a Dask executor; None for any other."""
    dask = sys.modules.get("distributed")
    if dask is None or not isinstance(executor, dask.cfexecutor.ClientExecutor):
        return None
    return executor._client  # Dask gives no other way from an executor to the client that made it
