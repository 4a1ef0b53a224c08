"""Every sentence that a list could print of a simulated county, each number held against the tables themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from panels import blocks, unit_of
from printed_sentences import wrong
from rare_county import AS_OF, HORIZON, RareCounty
from raw_county import RawCounty
from relapse.core.rows import Unit
from relapse.core.texts import TEXTS
from relapse.core.tones import Tone
from relapse.explanation.contributions import Contributions
from relapse.explanation.protects import SENTENCES, protects
from relapse.explanation.reasons import Reason, told_reasons
from relapse.flows.explain import values_at

UNHEARD = {"reason.covariate", "reason.covariate_changed", "reason.drop_step"}  # of panels, not of counties
NOBODYS = {"reason.industry.none", "reason.close.none", "reason.thin.none"}  # of nobody in this county


@pytest.fixture(scope="module")
def raw(rare_county: RareCounty) -> RawCounty:
    return rare_county.raw()


@pytest.fixture(scope="module")
def unit(rare_county: RareCounty) -> Unit:
    panel = rare_county.panel
    return unit_of(panel, panel.calendar.parse(AS_OF), blocks(), [HORIZON])


def alone(unit: Unit, places: Iterable[int], push: float) -> Iterator[tuple[Contributions, NDArray[np.float64]]]:
    """Whatever a model could say: each of some features alone moves everybody's score."""
    values = values_at(unit, HORIZON)
    for place in places:
        added = np.zeros(values.shape)
        added[:, place] = push
        yield Contributions(unit.entries, added, np.zeros(len(values))), values


@pytest.fixture(scope="module")
def said(unit: Unit) -> dict[str, list[Reason]]:
    found: dict[str, list[Reason]] = {household: [] for household in unit.household_ids}
    for raised, values in alone(unit, (place for place, entry in enumerate(unit.entries) if entry.wording), 1):
        told = told_reasons(raised, values, "yuan", "zh", "monthly")
        for household, reasons in zip(unit.household_ids, told, strict=True):
            found[household] += reasons
    return found


def test_every_sentence__is_true_of_the_tables(said, raw):
    """As it stands in a workbook, rounded on a page, and softened on paper."""
    faults, seen = [], Counter[str]()
    for who, reasons in said.items():
        household = raw.household(who)
        for reason in reasons:
            for tone in get_args(Tone):
                wording, fault = wrong(reason.say(tone), household, tone)
                seen[wording] += tone == "exact"
                faults += [f"{who}: {reason.say(tone)} {fault}"] if fault else []
    assert not faults, f"{len(faults)} of {sum(seen.values())}:\n" + "\n".join(faults[:30])
    told = {key for key in TEXTS if key.startswith("reason.") and not key.endswith((".page", ".paper"))}
    assert told - set(seen) == UNHEARD | NOBODYS, "a sentence that nobody checks"


def test_what_protects__is_true_of_the_tables(unit, raw):
    names = [entry.name for entry in unit.entries]
    faults, seen = [], Counter[str]()
    for lowered, values in alone(unit, {names.index(each.feature) for each in SENTENCES}, -1):
        for who, sentences in zip(unit.household_ids, protects(lowered, values, "yuan", "zh", "monthly"), strict=True):
            for sentence in sentences:
                wording, fault = wrong(sentence, raw.household(who), prefix="protects.")
                seen[wording] += 1
                faults += [f"{who}: {sentence} {fault}"] if fault else []
    assert not faults, f"{len(faults)} of {sum(seen.values())}:\n" + "\n".join(faults[:30])
    assert set(seen) == {each.wording for each in SENTENCES}


@pytest.mark.parametrize(
    "sentence", ["人均收入99,999元，只比监测线高520元。", "家中有9人在读高中、中职或大学。", "这户很穷。"]
)
def test_the_check__sees_a_wrong_number_and_a_sentence_that_nobody_knows(said, raw, sentence):
    assert wrong(sentence, raw.household(next(iter(said))))[1]
