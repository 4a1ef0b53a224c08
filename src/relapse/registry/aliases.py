"""Who is champion, who may become it, and when the alias may be moved: the same in every registry."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from relapse.core.errors import GateError
from relapse.core.record import ANYBODY

CHAMPION = "champion"
CHALLENGER = "challenger"
REFUSED_BY = "refused_by"  # tag of a version: the gates that refused it last, and alarms
NOBODY = "none"
_GATE, _REFUSED = "gate_", "refused:"  # of a gate's own tag, by which older versions are known to be refused


def challenger(versions: Sequence[str], champion: str | None, out: Collection[str]) -> str | None:
    """The newest version that may still become champion.

    Args:
        versions: numbers, oldest first.
        champion: number of the present one, None where there is none.
        out: numbers of those that challenge no longer: they are or were champion, or were refused.

    Returns:
        Its number; None where the champion is the newest.
    """
    newer = versions if champion is None else versions[versions.index(champion) + 1 :]
    return next((number for number in reversed(newer) if number not in out), None)


def is_refused(tags: Mapping[str, str]) -> bool:
    """Whether a gate refused a version when it was last asked, or an alarm was raised.

    Args:
        tags: of the version.

    Example:
        >>> is_refused({"refused_by": "alarms"}), is_refused({"refused_by": "none"}), is_refused({})
        (True, False, False)
        >>> is_refused({"gate_beats_rule": "refused: -0.09"})
        True
    """
    if REFUSED_BY in tags:
        return tags[REFUSED_BY] != NOBODY
    return any(key.startswith(_GATE) and value.startswith(_REFUSED) for key, value in tags.items())


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
