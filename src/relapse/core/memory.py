"""Memory that is let go of goes back to the system: glibc would keep pieces of it for every thread."""

from __future__ import annotations

import sys

_LARGE = 2 * 2**20  # bytes, our choice: arrays of more are given back at once, not kept for the next one
_THRESHOLD = -3  # M_MMAP_THRESHOLD of glibc's malloc.h


def give_back() -> None:
    """Give back what is free now, and large arrays from now on as soon as they are let go of.

    Where the C library is another one than glibc, nothing is done.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    try:
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(_THRESHOLD, _LARGE)
        libc.malloc_trim(0)
    except (OSError, AttributeError):  # another C library
        return
