"""The ways in which `relapse` says no, each with the exit status of the command line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class RelapseError(Exception):
    """Work that failed for a reason we can name (exit status 1)."""

    exit_status = 1


class InputError(RelapseError):
    """Wrong use or bad input: the message says what, where and what to do (exit status 2)."""

    exit_status = 2


class GateError(RelapseError):
    """A gate or an alarm said no (exit status 3)."""

    exit_status = 3


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word and, where there are few, all of them.

    Args:
        word: what the user wrote.
        known: what would have been understood.

    Returns:
        A text such as `did you mean 'income'? There are: income, line`; empty when nothing is known.
    """
    options = sorted(set(known))
    close = difflib.get_close_matches(word, options, n=1, cutoff=0.5)
    hint = f"did you mean '{close[0]}'? " if close else ""
    return hint + (f"There are: {', '.join(options)}" if options and len(options) <= 40 else "")
