"""Opening a panel as most commands look at it: whole, or in parts where its files are too large to be held."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from relapse.core.panel import Line
from relapse.core.parts import Numbered, Whole
from relapse.core.protocols import Data, Examined, ExaminedParts
from relapse.data.county_folder import CountyFolder
from relapse.data.county_store import examine_in_parts, read_in_parts, rows_about
from relapse.outputs import Paths, scratch


@contextmanager
def opened_parts(data: Data, line: Line, paths: Paths) -> Iterator[Numbered]:
    """A panel: a county of more rows than `data.parts_above` in parts, all others whole.

    What is put down of a county in parts lies in a folder of the outputs that goes again, however the run ends: whoever
    is killed leaves it to the next run, which takes it away.

    Args:
        data: that is read.
        line: the line recipe.
        paths: where a run writes; its outputs are locked.

    Raises:
        InputError: a fault that stops the work.
    """
    if isinstance(data, CountyFolder) and is_large(data):
        with scratch(paths.outputs) as folder:
            yield read_in_parts(data, line, folder)
    else:
        yield Whole(data.read(line))


@contextmanager
def examined_parts(data: Data, line: Line, paths: Paths) -> Iterator[Examined | ExaminedParts]:
    """Input that was looked through, a large county in parts; see `opened_parts`.

    Args:
        data: that is read.
        line: the line recipe.
        paths: where a run writes; its outputs are locked.

    Raises:
        InputError: there is no such folder, or no table in it.
    """
    if isinstance(data, CountyFolder) and is_large(data):
        with scratch(paths.outputs) as folder:
            yield ExaminedParts(*examine_in_parts(data, line, folder))
    else:
        yield data.examine(line)


def is_large(county: CountyFolder) -> bool:
    """Whether a county's files hold more rows than are held at once."""
    county.prepare()
    return rows_about(county) > county.parts_above
