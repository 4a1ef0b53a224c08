"""What the parts that a config chooses among can be asked to do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from relapse.core.broken import Broken
from relapse.core.panel import Line, Panel, PanelView
from relapse.core.parts import Numbered, Whole
from relapse.core.record import ANYBODY, Record, Registered, Study
from relapse.core.results import Finding
from relapse.core.triggered import Raised, Triggered


@dataclass(frozen=True, eq=False)
class Examined:
    """Input that was looked through.

    Args:
        findings: every fault.
        panel: as far as it can be made; None where a fault prevents it.
    """

    findings: tuple[Finding, ...]
    panel: Panel | None

    @property
    def parts(self) -> Numbered | None:
        """The panel as its only part."""
        return None if self.panel is None else Whole(self.panel)


@dataclass(frozen=True, eq=False)
class ExaminedParts:
    """The same of a county in parts.

    Args:
        findings: every fault.
        parts: as far as they can be made; None where a fault prevents it.
    """

    findings: tuple[Finding, ...]
    parts: Numbered | None


class Data(Protocol):
    """Where panels come from."""

    @property
    def panel_name(self) -> str:
        """Names the registered model and the folder of lists."""
        ...

    @property
    def simulated(self) -> bool:
        """Whether a simulator makes it, or made it."""
        ...

    @property
    def default_horizons(self) -> tuple[int, ...]:
        """Periods ahead where the command names none."""
        ...

    @property
    def list_length(self) -> int | str:
        """Households on a list: a count, or a share such as `5pct`."""
        ...

    def prepare(self) -> bool:
        """Make what is to be read, where it is made at all (a simulated county); whether it was made now."""
        ...

    def read(self, line: Line) -> Panel:
        """The panel; raises InputError where a fault stops the work."""
        ...

    def examine(self, line: Line) -> Examined:
        """Every fault in one pass, and the panel where it can be made."""
        ...


class Auditor(Protocol):
    """What looks for records that contradict each other, or that a county has to look at."""

    def check(self, known: PanelView) -> list[Finding]:
        """Every record that breaks a rule, and the rules that could not be asked."""
        ...

    def doubtful(self, known: PanelView) -> NDArray[np.bool_]:
        """(households,) whose records must be corrected before anything is learned from them, as known."""
        ...

    def doubted_by(self, known: PanelView) -> Mapping[str, NDArray[np.bool_]]:
        """By rule, the (households,) whose records must be corrected for it, as known."""
        ...

    def raised(self, known: PanelView, missed: Collection[str]) -> Raised:
        """Hits of departments' triggers and of some rules of missed inclusion, by their number, as known."""
        ...

    def doubts(self, known: PanelView) -> NDArray[np.int64]:
        """(households,) how many doubts the records of each raise, as known."""
        ...

    def doubt_findings(self, known: PanelView, listed: NDArray[np.bool_]) -> tuple[list[Finding], int]:
        """Doubts that must be mended, and those to be checked of the (households,) listed; and how many others."""
        ...


@runtime_checkable
class AsksRules(Protocol):
    """What says which households hit which rules of the offices' own."""

    def triggered(self, known: PanelView, names: Iterable[str] | None = None) -> Triggered:
        """Hits of some rules, by their number, as known; by default of the departments' triggers."""
        ...


@runtime_checkable
class AsksEverybody(Protocol):
    """What has rules that hold a household against all others, and can be told of them where it sees a part alone."""

    def of_everybody(
        self, known: PanelView, names: Collection[str] | None = None, *, county_wide: bool = False
    ) -> dict[tuple[int, str], NDArray[np.float64]]:
        """By as_of and rule, what a part tells of itself, see `core.panel.Panel.everybody`; all rules by default."""
        ...

    def broken(self, known: PanelView, *, first: bool = True) -> dict[str, Broken]:
        """By rule, what a part tells that was told of everybody; put together, what `Auditor.check` tells."""
        ...


class Registry(Protocol):
    """Where versions are kept, compared and promoted.

    A `version` is "champion", "challenger" (the newest version after it that no gate refused and that was not champion
    before) or a number; every method that takes one raises InputError, naming those there are, where there is no such
    version.
    """

    def tracking_uri(self) -> str:
        """Address of the store, absolute."""
        ...

    def is_there(self) -> bool:
        """Whether there is a store already; a command that only reads makes none."""
        ...

    def prepare(self) -> None:
        """Make the store ready; must be called before anything else.

        Raises:
            InputError: the store is broken, foreign or out of reach.
        """
        ...

    def log(self, record: Record, forbidden: Collection[str]) -> Registered:
        """Keep a run and register its version; a version with the same digest is reused and nothing is written.

        Args:
            record: what the run leaves.
            forbidden: ids of households, none of which may stand in the record.

        Raises:
            RelapseError: a household's id stands in the record, or the store failed; no version is left behind.
        """
        ...

    def log_study(self, study: Study, forbidden: Collection[str]) -> None:
        """Keep the runs of a study; those that are kept already are not kept twice.

        Args:
            study: what the search leaves.
            forbidden: ids of households, none of which may stand in it.

        Raises:
            RelapseError: a household's id stands in it, or the store failed.
        """
        ...

    def champion(self, name: str) -> Registered | None:
        """The version that lists are made with, None where there is none."""
        ...

    def challenger(self, name: str) -> Registered | None:
        """The newest version that may still become champion, None where there is none."""
        ...

    def versions(self, name: str) -> list[Registered]:
        """All versions of a model, oldest first; empty where there is no such model."""
        ...

    def set_champion(
        self, name: str, version: str, tags: Mapping[str, str], instead_of: str | None = ANYBODY
    ) -> Registered:
        """Tag a version, then make it champion; the one before is remembered.

        Whoever dies on the way leaves the champion that was: the alias is moved last, in one step, to a version that is
        whole and has its tags.

        Args:
            name: of the model.
            version: that shall be champion.
            tags: of the version.
            instead_of: number of the champion that it was held against, None where there was none.

        Raises:
            GateError: another version became champion meanwhile; nothing was changed.
        """
        ...

    def rollback(self, name: str) -> Registered:
        """Make the champion before this one champion again.

        Raises:
            InputError: there was none before.
        """
        ...

    def files(self, name: str, version: str) -> dict[str, bytes]:
        """The files of a version, by path."""
        ...

    def kept(self, name: str, version: str) -> dict[str, bytes]:
        """All that is kept of a version and its run, by what it is: files, artifacts, tags, params, description."""
        ...

    def keep_decision(self, name: str, version: str, decision: bytes, said: str) -> None:
        """Keep a decision on a version beside its run, after those that were made before, and say it with the version.

        Both bear the moment at which the registry kept it (see `core.record.dated`).

        Args:
            name: of the model.
            version: that was decided on.
            decision: JSON.
            said: Markdown that stands above the version's description instead of an earlier decision.
        """
        ...

    def artifact(self, name: str, version: str, path: str) -> bytes:
        """One artifact of the run that made a version.

        Raises:
            InputError: the run has no such artifact.
        """
        ...

    def tags(self, name: str, version: str) -> dict[str, str]:
        """The tags of a version."""
        ...

    def tag(self, name: str, version: str, tags: Mapping[str, str]) -> None:
        """Set tags of a version; others stay. One that they say was refused challenges no longer."""
        ...
