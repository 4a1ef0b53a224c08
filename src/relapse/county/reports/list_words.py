"""What stands above a list, in words: marks, title, the figures of the backtest, what was assumed."""

from __future__ import annotations

import math

from relapse.core.results import COUNTY_TIERS, TIERS, ListHead, RiskList
from relapse.core.texts import decimals_for, event_words, money_word, outcome_text, percent, periods, text, text_or


def marks(head: ListHead) -> tuple[str, ...]:
    """What every page must carry: that nobody reviewed the version, that it was stopped, that data are simulated."""
    said = (
        (not head.reviewed, "mark.unreviewed"),
        (bool(head.stopped), f"mark.stopped.{head.stopped}"),
        (head.simulated, "mark.simulated"),
    )
    return tuple(text(key, head.language) for holds, key in said if holds)


def warning(head: ListHead) -> str:
    """The marks and the short notice on one line."""
    return text("word.gap", head.language).join((*marks(head), text("notice.short", head.language)))


def horizon_words(head: ListHead) -> str:
    """The list's horizon in words, such as `6 months`."""
    return periods(head.horizon, head.frequency, head.language)


def tiers(head: ListHead) -> tuple[str, ...]:
    """Codes of the tiers, in order."""
    return COUNTY_TIERS if head.county else TIERS


def tier_word(tier: str, head: ListHead) -> str:
    """A tier in words: a county's periods are months."""
    return text(f"tier.county.{tier}" if head.county else f"tier.{tier}", head.language)


def tier_rate(tier: str, head: ListHead) -> str:
    """What came of the tier in the backtest, of a hundred households; empty where it was not tried out."""
    if tier != "visit" or head.hit_rate is None:
        return ""
    count = round(100 * head.hit_rate[0])
    return text("cell.tier_rate", head.language, count=count) if count else text("cell.tier_rate_few", head.language)


def subtitle(risk_list: RiskList) -> str:
    """Panel, date of the data, horizon, length and money on one line."""
    head = risk_list.head
    return text(
        "list.subtitle", head.language, panel=head.place, as_of=head.as_of, horizon=horizon_words(head),
        listed=f"{len(risk_list.rows):,}", money=money_word(head.money, head.language),
    )  # fmt: skip


def money_decimals(risk_list: RiskList) -> int:
    """Decimals of money that make sense for this panel's line."""
    return decimals_for(float(risk_list.rows["line"].median())) if len(risk_list.rows) else 0


def figures(head: ListHead) -> list[tuple[str, str]]:
    """What the backtest says of a list of this length: label and figure, the list beside the rule, base and best."""
    language = head.language
    ranges = (("fact.hit_rate", head.hit_rate), ("fact.rule_hit_rate", head.rule_hit_rate))
    rates = (("fact.base_rate", head.base_rate), ("fact.best_hit_rate", head.best_hit_rate))
    told = [(text(key, language), _with_interval(head, rate)) for key, rate in ranges if rate is not None]
    return told + [(text(key, language), percent(rate)) for key, rate in rates if rate is not None]


def facts(risk_list: RiskList) -> list[tuple[str, str]]:
    """Label and text of everything that is said of a list before its rows, in order."""
    head = risk_list.head
    language, horizon = head.language, horizon_words(head)
    told = [
        (
            "fact.what",
            outcome_text(
                "fact.what.value", head.outcome, language, horizon=horizon, **event_words(head.outcome, language)
            ),
        ),
        ("fact.status", _status(head)),
        ("fact.panel", head.place),
        ("fact.as_of", head.as_of),
        ("fact.horizon", text("fact.horizon.value", language, horizon=horizon)),
        ("fact.at_risk", f"{head.at_risk:,}"),
        ("fact.listed", f"{len(risk_list.rows):,}"),
        ("fact.order", _order(head)),
    ]
    if head.expected is not None:
        told.append(("fact.expected", _expected(head, *head.expected)))
    return [(text(key, language), value) for key, value in told] + _tried_out(head) + _drawn(head) + _origin(head)


def _drawn(head: ListHead) -> list[tuple[str, str]]:
    """What random checks tell, or from when on they could."""
    drawn, language = head.drawn, head.language
    if drawn is None:
        return []
    said = [text("fact.drawn.value", language, households=drawn.households, power=percent(drawn.power))]
    said += [text("fact.drawn.noticed", language, rate=percent(rate), months=months) for rate, months in drawn.noticed]
    if drawn.rate is not None:
        known = {"months": drawn.months, "checked": f"{drawn.checked:,}", "found": drawn.found}
        said.append(text("fact.drawn.rate", language, rate=_with_interval(head, drawn.rate), **known))
    else:
        said.append(text("fact.drawn.few", language, months=drawn.months, wanted=drawn.pooled_months))
    return [(text("fact.drawn", language), "\n".join(said))]


def _expected(head: ListHead, low: int, high: int) -> str:
    words = event_words(head.outcome, head.language)
    return text(
        "fact.expected.value", head.language, visits=head.visits, low=low, high=high, horizon=horizon_words(head),
        **words,
    )  # fmt: skip


def _with_interval(head: ListHead, rate: tuple[float, float, float]) -> str:
    value, low, high = (percent(part) for part in rate)
    return text("interval", head.language, value=value, low=low, high=high)


def _status(head: ListHead) -> str:
    keys = ["fact.status.reviewed" if head.reviewed else "fact.status.unreviewed"]
    keys += ["fact.status.simulated"] if head.simulated else []
    return " ".join(text(key, head.language) for key in keys)


def _order(head: ListHead) -> str:
    name = text_or(f"model.{head.model}", head.language, head.model)
    if math.isfinite(head.rank_agreement):
        name = text("fact.agreement", head.language, model=name, agreement=f"{head.rank_agreement:.3f}")
    return f"{name} {head.fell_back}".strip()


def _tried_out(head: ListHead) -> list[tuple[str, str]]:
    told = figures(head)
    if head.hit_rate is None:
        return [(text("fact.hit_rate", head.language), text("fact.no_backtest", head.language)), *told]
    label, rate = told[0]
    event = event_words(head.outcome, head.language)
    explained = text("fact.hit_rate.value", head.language, rate=rate, horizon=horizon_words(head), **event)
    return [(label, explained), *told[1:]]


def _origin(head: ListHead) -> list[tuple[str, str]]:
    told = [
        ("fact.assumed", "\n".join(head.assumed)),
        ("fact.notice", outcome_text("notice.long", head.outcome, head.language)),
        ("fact.version", head.version),
        ("fact.digest", head.digest),
        ("fact.data_digest", head.data_digest),
    ]
    return [(text(key, head.language), value) for key, value in told if value]
