"""How much a sentence tells, and amounts as people say them: of a medical cost on a page, of an income on paper."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from relapse.core.results import Finding, Language
from relapse.core.texts import DASH, TEXTS, amount, finding_sentence, percent, text

Tone = Literal["exact", "page", "paper"]
"""All in an office's workbook; on a page no medical cost to the yuan; on paper that is carried about no money finer
than a hundred yuan, and no hint at illness, disability or school."""
_MEDICAL = {"T01": "amount", "T02": "amount", "T03": "amount", "T04": "amount", "B10": "cost"}
"""By rule, the detail of a finding that is an own medical cost."""
_LINE, _OF_THE_LINE = "below_line", ("B05", "B06")  # after own cost or before: another thing than the cost itself
_MONEY = ("amount", "income", "reference")  # details that are other money of the household
_NOTHING = frozenset({"0", "0%"})  # as numbers are written
_LARGE: Mapping[Language, float] = {"zh": 10_000, "en": 1_000}  # Chinese counts in tens of thousands


def in_thousands(value: float, language: Language) -> str:
    """Money to the nearest thousand, never to the yuan.

    Example:
        >>> in_thousands(43_470.14, "zh"), in_thousands(43_470.14, "en"), in_thousands(5_159, "zh")
        ('约4.3万', 'about 43 thousand', '约5千')
        >>> in_thousands(476.6, "zh")
        '不到1千'
    """
    if not math.isfinite(value):
        return DASH
    thousands = math.floor(value / 1000 + 0.5)
    if value < 1000:
        return text("about.least", language)
    if thousands < 10:
        return text("about.small", language, value=thousands)
    return text("about.large", language, value=f"{1000 * thousands / _LARGE[language]:g}")


def in_hundreds(value: float, language: Language) -> str:
    """Money to the nearest hundred; nothing stays nothing.

    Example:
        >>> in_hundreds(7_779.6, "zh"), in_hundreds(36, "zh"), in_hundreds(0, "zh"), in_hundreds(-3_055, "zh")
        ('约7,800', '不到100', '0', '约-3,100')
    """
    if not math.isfinite(value) or value == 0:
        return amount(value)
    if 0 < value < 100:
        return text("about.little", language, value=100)
    return text("about.money", language, value=amount(math.copysign(100 * math.floor(abs(value) / 100 + 0.5), value)))


def in_tenths(share: float, language: Language) -> str:
    """A share to the nearest tenth.

    Example:
        >>> in_tenths(0.41, "zh"), in_tenths(0.02, "zh")
        ('约40%', '不到10%')
    """
    if not math.isfinite(share):
        return DASH
    if share < 0.1:
        return text("about.little", language, value=percent(0.1))
    return text("about.share", language, value=percent(math.floor(10 * share + 0.5) / 10))


def wording_of(key: str, tone: Tone, numbers: Iterable[str]) -> str:
    """The wording of a sentence: `key.tone`, or `key.none` where a number is nothing, if there are such; else `key`.

    Example:
        >>> wording_of("reason.job_loss", "exact", ["0", "4"]), wording_of("reason.job_loss", "exact", ["1", "4"])
        ('reason.job_loss.none', 'reason.job_loss')
    """
    softened, none = f"{key}.{tone}", f"{key}.none"
    if softened in TEXTS:
        return softened
    return none if none in TEXTS and not _NOTHING.isdisjoint(numbers) else key


def lead_sentence(finding: Finding, tone: Tone, language: Language) -> str:
    """What a rule that was hit says, in a few words; as the audit has it where there are none.

    Example:
        >>> hit = Finding("T01", "note", "claims", details={"amount": "43,285"})
        >>> lead_sentence(hit, "exact", "zh"), lead_sentence(hit, "page", "zh"), lead_sentence(hit, "paper", "zh")
        ('医保 今年自付43,285元', '医保 今年自付约4.3万元', '家中有较大医疗支出，请先听本人讲。')
    """
    details = {**finding.details, **_rounded(finding, tone, language)}
    key = wording_of(f"lead.{finding.rule}", tone, details.values())
    return text(key, language, **details) if key in TEXTS else finding_sentence(finding, language)


def lead_sentences(
    findings: Sequence[Finding], cause_of: Mapping[str, str], tone: Tone, language: Language
) -> tuple[str, ...]:
    """What the rules say that a household hits, once a cause: the first of each, and which departments say so as well.

    Args:
        findings: of the household, the first of a cause is the one that is told.
        cause_of: by rule, the cause of which it speaks; a rule that is not there speaks for itself.
        tone: how much is told.
        language: of the words.

    Example:
        >>> hits = [Finding("B10", "note", "claims", details={"cost": "34,488"}),
        ...         Finding("T01", "note", "claims", details={"amount": "34,488"})]
        >>> lead_sentences(hits, {"B10": "illness", "T01": "illness"}, "exact", "zh")
        ('应纳未纳 今年看病自付34,488元（医保也有预警）',)
    """
    by_cause: dict[str, list[Finding]] = {}
    for each in findings:
        cause = _LINE if each.rule in _OF_THE_LINE else cause_of.get(each.rule, each.rule)
        by_cause.setdefault(cause, []).append(each)
    apart, told = text("lead.apart", language), []
    for first, *others in by_cause.values():
        sentence = lead_sentence(first, tone, language)
        said = (lead_sentence(each, "exact", language).partition(apart)[0] for each in others)
        also = [each for each in dict.fromkeys(said) if each != sentence.partition(apart)[0]]
        more = text("lead.also", language, departments=text("cell.and", language).join(also)) if also else ""
        told.append(sentence + more)
    return tuple(told)


def _rounded(finding: Finding, tone: Tone, language: Language) -> dict[str, str]:
    """Money of a finding, where a tone does not tell it as it is."""
    medical = _MEDICAL.get(finding.rule, "")
    made: dict[str, str] = {}
    for name in (medical, *_MONEY) if tone != "exact" else ():
        plain = finding.details.get(name, "").replace(",", "")
        if plain.replace(".", "", 1).isdigit():
            if name == medical:
                made[name] = in_thousands(float(plain), language)
            elif tone == "paper":
                made[name] = in_hundreds(float(plain), language)
    return made
