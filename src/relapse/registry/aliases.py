"""Who is champion, who may become it, and when the alias may be moved: the same in every registry."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from relapse.core.errors import GateError
from relapse.core.record import ANYBODY

CHAMPION = "champion"
CHALLENGER = "challenger"


def challenger(versions: Sequence[str], champion: str | None, once: Collection[str]) -> str | None:
    """The newest version that may still become champion.

    Args:
        versions: numbers, oldest first.
        champion: number of the present one, None where there is none.
        once: numbers of those that are or were champion; one that was withdrawn challenges no longer.

    Returns:
        Its number; None where the champion is the newest.
    """
    newer = versions if champion is None else versions[versions.index(champion) + 1 :]
    return next((number for number in reversed(newer) if number not in once), None)


def require_unchanged(name: str, version: str, champion: str | None, instead_of: str | None) -> None:
    """Refuse a promotion that was judged against another champion than the present one, unless it is that one itself.

    Raises:
        GateError: says who became champion meanwhile.
    """
    if instead_of not in (ANYBODY, champion) and champion != version:
        raise GateError(
            f"version {champion or 'none'} became champion of '{name}' while the comparison with "
            f"{instead_of or 'none'} was made; nothing was changed: run promote again"
        )
