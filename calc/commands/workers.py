"""Options of commands that have much to do: processes of this machine, or the workers of a Dask cluster."""

import argparse
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from calc.analysis.workers import Processes, cluster
from calc.errors import ParameterError


def worker_options(parser: argparse.ArgumentParser) -> None:
    """Options that say who shares the work."""
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="number of parallel processes (1)")
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="scheduler of a Dask cluster, whose workers share the work: tcp://host:8786",
    )


@contextmanager
def workers(arguments: argparse.Namespace) -> Iterator[Executor | None]:
    """Who shares the work of a command; None: it is done here.

    Raises
    ------
    ParameterError
        Both options were given, the number of processes is below 1, or the cluster cannot be used.
    """
    if arguments.jobs < 1:
        raise ParameterError(f"--jobs is the number of processes, 1 or more; {arguments.jobs} is not.")
    if arguments.cluster is None:
        if arguments.jobs == 1:
            yield None
            return
        with Processes(arguments.jobs) as executor:
            yield executor
    elif arguments.jobs > 1:
        raise ParameterError("--jobs is for processes of this machine, --cluster for a cluster. Choose one of them.")
    else:
        with cluster(arguments.cluster) as executor:
            yield executor
