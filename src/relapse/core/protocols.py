"""What the parts that a config chooses among can be asked to do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from relapse.core.record import Record, Registered


class Registry(Protocol):
    """Where versions are kept, compared and promoted.

    A `version` is "champion" or a number; every method that takes one raises InputError, naming those there are,
    where there is no such version.
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

    def champion(self, name: str) -> Registered | None:
        """The version that lists are made with, None where there is none."""
        ...

    def versions(self, name: str) -> list[Registered]:
        """All versions of a model, oldest first; empty where there is no such model."""
        ...

    def set_champion(self, name: str, version: str, tags: Mapping[str, str]) -> Registered:
        """Tag a version, then make it champion; the one before is remembered."""
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
        """Set tags of a version; others stay."""
        ...
