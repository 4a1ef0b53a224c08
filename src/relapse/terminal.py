"""What a person at the terminal sees: a line a stage with its seconds, a bar for what takes longer, a closing table.

All of it goes to the standard error, so that what a command prints as its result can be piped.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from relapse.core.memory import give_back

T = TypeVar("T")

WIDE = 140  # columns of a table that goes to a file
ROOMY = 134  # columns that the table of all figures takes
QUIET_SECONDS = 2.0  # nobody waits longer without a word


@dataclass
class Stages:
    """The stages of a command and how long each took.

    Args:
        seconds: by stage, in the order of the work.
    """

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Time a stage and say what came of it."""
        begun = time.perf_counter()
        waiting = threading.Timer(QUIET_SECONDS, lambda: print(f"{name:<9} …", file=sys.stderr, flush=True))  # noqa: T201
        waiting.daemon = True
        current = Stage(name, waiting)
        waiting.start()
        try:
            yield current
        finally:
            waiting.cancel()
            give_back()
        took = time.perf_counter() - begun
        self.seconds[name] = round(self.seconds.get(name, 0.0) + took, 3)
        print(f"{name:<9} {took:6.1f} s  {current.said}", file=sys.stderr, flush=True)  # noqa: T201


@dataclass
class Stage:
    """One stage.

    Args:
        name: printed first.
        waiting: says after two seconds that something is being done.
        said: printed with its seconds.
    """

    name: str
    waiting: threading.Timer
    said: str = ""

    def say(self, **counts: object) -> None:
        """Counts to print, such as `rows=20411 households=1698`."""
        self.said = " ".join(f"{key}={value}" for key, value in counts.items())

    def track(self, items: Sequence[object], work: Iterable[T]) -> Iterator[T]:
        """The results of some work: a bar on a terminal, else a line every few seconds, say how many items are done."""
        from rich.console import Console
        from rich.progress import track

        self.waiting.cancel()
        console = Console(stderr=True)
        if console.is_terminal:
            yield from track(work, description=self.name, total=len(items), console=console, transient=True)
            return
        told = time.perf_counter()
        for done, result in enumerate(work, start=1):
            if time.perf_counter() - told > QUIET_SECONDS and done < len(items):
                told = time.perf_counter()
                print(f"{self.name:<9} {done} of {len(items)}", file=sys.stderr, flush=True)  # noqa: T201
            yield result


def closing_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    places: Sequence[tuple[str, str]],
    narrow: Sequence[int] | None = None,
    sentences: Sequence[str] = (),
) -> None:
    """A short table of what was found, what it means, and where things lie.

    Args:
        title: above the table.
        columns: heads.
        rows: texts.
        places: what, and its path.
        narrow: places of the columns that are shown where a terminal has no room for all; None for all.
        sentences: below the table.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console(stderr=True)
    if not console.is_terminal:
        console = Console(stderr=True, width=WIDE)
    if rows:
        shown = narrow if narrow and console.width < ROOMY else range(len(columns))
        table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
        for number in shown:
            table.add_column(columns[number], justify="left" if number == 0 else "right")
        for row in rows:
            table.add_row(*(row[number] for number in shown))
        console.print(table)
    for sentence in sentences:
        console.print(sentence, soft_wrap=not console.is_terminal, highlight=False, markup=False)
    for what, path in places:
        console.print(f"{what:<9} {path}", soft_wrap=True, highlight=False)
