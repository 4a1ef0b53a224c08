"""Which households hit which rules at an as_of: what lists and the baseline of department triggers read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import Floats, Ints
from relapse.core.results import Finding


@dataclass(frozen=True, eq=False)
class Triggered:
    """Hits of some rules, of those that the county's tables can answer.

    Args:
        rules: their numbers, in the order of the tables.
        departments: (rules,) whose screening each is, a code of the contract; empty where it is nobody's.
        hit: (households, rules) whether a household hits a rule.
        most: (households,) the largest amount by the limit that it is held against, over the rules hit; a rule that
            tells no amount, or no limit, counts as 1; 0 where no rule is hit.
        not_asked: numbers of the rules that the county's tables cannot answer.
    """

    rules: tuple[str, ...]
    departments: tuple[str, ...]
    hit: NDArray[np.bool_]
    most: Floats
    not_asked: tuple[str, ...]

    @property
    def any(self) -> NDArray[np.bool_]:
        """(households,) that hit one of the rules."""
        return np.asarray(self.hit.any(axis=1))

    @property
    def count(self) -> NDArray[np.int64]:
        """(households,) how many of the rules each hits."""
        return np.asarray(self.hit.sum(axis=1), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Raised:
    """Hits one by one, of each household and rule the one with the largest amount: (hits,) by household, then rule.

    Args:
        household: places.
        rule: its number.
        department: whose screening the rule is, a code of the contract; empty where it is one of missed inclusion.
        value, limit: the amount and what it is held against, NaN where there is none.
        ratio: how far the one is beyond the other, at least 1 and 1 where there is no amount.
        findings: in words.
    """

    household: Ints
    rule: NDArray[np.object_]
    department: NDArray[np.object_]
    value: Floats
    limit: Floats
    ratio: Floats
    findings: tuple[Finding, ...]
