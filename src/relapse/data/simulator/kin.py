"""Who is what to the head of a household, and who heads it after the head's death."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from relapse.data.simulator.settings import World
from relapse.data.simulator.state import HEAD, Bytes, People

_OTHERS = (
    "wife", "husband", "son", "daughter", "daughter_in_law", "grandson", "granddaughter", "father", "mother",
    "father_in_law", "mother_in_law", "grandfather", "grandmother", "brother", "sister", "other",
)  # fmt: skip
_WOMEN = {"son": "daughter", "grandson": "granddaughter", "husband": "wife", "father": "mother", "brother": "sister"}
_OF_CHILD = {
    "son": "brother", "daughter": "sister", "grandson": "other", "granddaughter": "other", "father": "grandfather",
    "mother": "grandmother", "daughter_in_law": "other",
}  # fmt: skip
_OF_PARENT = {
    "son": "grandson", "daughter": "granddaughter", "daughter_in_law": "other", "brother": "son", "sister": "daughter",
    "father": "husband", "mother": "wife",
}  # fmt: skip
_AFTER: Mapping[str, Mapping[str, str]] = {  # what others become, by what the new head was to the old one
    "wife": {"son": "son", "daughter": "daughter", "daughter_in_law": "daughter_in_law", "grandson": "grandson",
             "granddaughter": "granddaughter", "father": "father_in_law", "mother": "mother_in_law"},
    "son": _OF_CHILD, "daughter": _OF_CHILD, "father": _OF_PARENT, "mother": _OF_PARENT,
}  # fmt: skip


def relation_names(world: World) -> tuple[str, ...]:
    """The codes of relations, in the order of `People.relation`; the head is 0."""
    told = [member.relation for each in world.people.types.values() for member in each.members]
    return tuple(dict.fromkeys(["head", *_OTHERS, *told]))


def relation_codes(world: World) -> dict[str, int]:
    """Places of the codes of relations."""
    return {name: place for place, name in enumerate(relation_names(world))}


def by_sex(world: World, relation: Bytes, female: NDArray[np.bool_]) -> Bytes:
    """(persons,) relations that agree with sex: a female son is a daughter, a male daughter a son."""
    codes = relation_codes(world)
    woman, man = np.arange(len(codes), dtype=np.int8), np.arange(len(codes), dtype=np.int8)
    for male, other in _WOMEN.items():
        woman[codes[male]], man[codes[other]] = codes[other], codes[male]
    return np.where(female, woman[relation], man[relation]).astype(np.int8)


def succeed(world: World, people: People, here: NDArray[np.bool_], dead: NDArray[np.intp]) -> None:
    """The wife, else the oldest member, heads a household whose head has died; the others are then her or his kin.

    Args:
        world: the settings.
        people: changed in place.
        here: (persons,) members without the dead.
        dead: places of those who died.
    """
    without = np.unique(people.home[dead[people.relation[dead] == HEAD]])
    if len(without) == 0:
        return
    names, codes = relation_names(world), relation_codes(world)
    headless = np.zeros(int(people.home.max()) + 1, dtype=bool)
    headless[without] = True
    left = np.flatnonzero(here & headless[people.home])
    order = np.lexsort([people.born[left], people.relation[left] != codes["wife"], people.home[left]])
    left = left[order]
    first = np.r_[True, people.home[left][1:] != people.home[left][:-1]] if len(left) else np.zeros(0, bool)
    was = people.relation[left[first]][np.cumsum(first) - 1]
    becomes = np.full((len(names), len(names)), codes["other"], dtype=np.int8)
    for before, others in _AFTER.items():
        for old, new in others.items():
            becomes[codes[before], codes[old]] = codes[new]
    people.relation[left] = by_sex(world, becomes[was, people.relation[left]], people.female[left])
    people.relation[left[first]] = HEAD
