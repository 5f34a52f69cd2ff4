"""Freed memory stays with the process for its next arrays, until it is asked back.

glibc returns a freed array of more than 128 KiB to the system, and the next one of that size takes fresh pages, which
the system clears first: for a column of some megabytes that takes longer than the arithmetic on it. With the thresholds
of `mallopt` below, arrays up to 32 MiB come from memory that the process holds already. Larger ones are still returned
at once, and NumPy asks for large pages for them.
"""

import ctypes
import sys
from functools import lru_cache

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # as in malloc.h
_LARGEST_KEPT = 32 * 2**20  # bytes of one array; every version of glibc takes this much
_MOST_KEPT = 256 * 2**20  # bytes at the end of the heap


@lru_cache(maxsize=1)
def keep_freed_memory() -> bool:
    """Let this process use again what it frees: whether its C library can. Only the first call does anything."""
    library = _glibc()
    if library is None:
        return False
    larger, more = library.mallopt(_M_MMAP_THRESHOLD, _LARGEST_KEPT), library.mallopt(_M_TRIM_THRESHOLD, _MOST_KEPT)
    return bool(larger and more)


def give_back_memory() -> bool:
    """Return free memory to the system, as once a dataset is dropped: whether there was any."""
    library = _glibc()
    return library is not None and bool(library.malloc_trim(0))


def _glibc() -> ctypes.CDLL | None:
    """The C library of this process if it is glibc; None on macOS, Windows and with other libraries of Linux."""
    if sys.platform != "linux":
        return None
    try:
        library = ctypes.CDLL(None)
    except OSError:
        return None
    return library if hasattr(library, "gnu_get_libc_version") else None
