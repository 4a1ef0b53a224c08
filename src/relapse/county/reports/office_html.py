"""The page for the head of a county's office: whether the list beats the rule used today, and where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relapse.core.results import ListHead, RiskList
from relapse.core.supplement import FEW, HELD_BACK, Came, Figure, Tried
from relapse.core.texts import percent, periods, text
from relapse.county.reports.list_words import warning
from relapse.county.reports.pages import page

_LEAST = 5  # counts below are not told
_CAPPED = 0.5  # our choice: where more than half of the visits could find somebody, "few to be found" is no excuse

_COLUMNS = {  # of the two tables: text of the head, and part of a line
    "real": (
        ("chief.within", "within"), ("chief.visits", "visits"), ("chief.found", "found"), ("chief.list_rate", "listed"),
        ("chief.rule_rate", "rule"), ("chief.base_rate", "base"),
    ),
    "tried": (
        ("chief.within", "within"), ("chief.list_rate", "listed"), ("chief.rule_rate", "rule"),
        ("chief.base_rate", "base"), ("cover.tried.best", "best"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class _Line:
    """One horizon as it is printed."""

    within: str
    visits: str
    found: str
    listed: str
    rule: str
    base: str
    best: str


def render(risk_list: RiskList) -> bytes:
    """The page, one A4 sheet; no household stands on it.

    Args:
        risk_list: of a county.
    """
    head, beside = risk_list.head, risk_list.supplement
    return page(
        "office.html.j2",
        head.language,
        head.outcome,
        head=head,
        warning=warning(head),
        answers=_answers(risk_list),
        columns={kind: _columns(kind, head) for kind in _COLUMNS},
        came=[_came_line(each, risk_list) for each in beside.came],
        months=_months(beside.came),
        first=min(each.horizon for each in beside.tried) if beside.tried else min(head.horizons),
        tried=[_tried_line(each, risk_list) for each in beside.tried if each.hit_rate is not None],
        where_not=_where_not(risk_list),
        is_rule=_is_rule(head),
        this_month=_this_month(risk_list),
        answered=_last_month(risk_list),
    )


def _columns(kind: str, head: ListHead) -> list[tuple[str, str]]:
    return [(text(key, head.language), part) for key, part in _COLUMNS[kind]]


def _answers(risk_list: RiskList) -> list[str]:
    """Better, worse or not to be told apart, by horizon: by real results where there are, else by the backtest.

    Where the list is ordered by the rule itself, the backtest would compare the rule with the rule.
    """
    head, beside = risk_list.head, risk_list.supplement
    real = {each.horizon: (each.rate, each.rule_rate) for each in beside.came}
    past = {each.horizon: (each.hit_rate, each.rule_hit_rate) for each in beside.tried}
    if _is_rule(head):
        said, past = [text("chief.is_rule", head.language)], {}
    else:
        said = []
    for horizon in sorted({*real, *past}):
        known = real.get(horizon, (None, None))
        source, (ours, rule) = ("real", known) if None not in known else ("tried", past.get(horizon, (None, None)))
        said.append(_answer(risk_list, horizon, source, ours, rule))
    return said


def _is_rule(head: ListHead) -> bool:
    return bool(head.fell_back) and head.model.startswith("distance")


def _answer(risk_list: RiskList, horizon: int, source: str, ours: Figure | None, rule: Figure | None) -> str:
    head = risk_list.head
    within = periods(horizon, head.frequency, head.language)
    if ours is None or rule is None:
        return text("chief.few", head.language, horizon=within)
    by = text(f"chief.source.{source}", head.language)
    if not ours[0] and not rule[0]:
        return text("chief.none", head.language, horizon=within, source=by)
    ahead, behind = ours[1] > rule[0] and ours[0] > rule[2], ours[2] < rule[0] and ours[0] < rule[1]
    apart = "better" if ahead else "worse" if behind else "even"  # each lies outside the other's range
    told = {"list": _hundred(ours[0]), "rule": _hundred(rule[0])}
    return text(f"chief.{apart}", head.language, horizon=within, source=by, **told)


def _came_line(each: Came, risk_list: RiskList) -> _Line:
    head = risk_list.head
    base = "–" if each.base_rate is None else _hundred(each.base_rate)
    return _Line(
        periods(each.horizon, head.frequency, head.language), f"{each.visits:,}", _count(each.hits),
        _range(each.rate, head), _range(each.rule_rate, head), base, "",
    )  # fmt: skip


def _tried_line(each: Tried, risk_list: RiskList) -> _Line:
    head = risk_list.head
    base, best = ("–" if rate is None else _hundred(rate) for rate in (each.base_rate, each.best_hit_rate))
    within = periods(each.horizon, head.frequency, head.language)
    return _Line(within, "", "", _range(each.hit_rate, head), _range(each.rule_hit_rate, head), base, best)


def _months(came: Sequence[Came]) -> dict[str, object] | None:
    longest = max(came, key=lambda each: len(each.months), default=None)
    if longest is None:
        return None
    return {"lists": len(longest.months), "first": longest.months[0], "last": longest.months[-1]}


def _where_not(risk_list: RiskList) -> list[str]:
    """What a head of office must not expect of the list, in figures of the longest horizon of which each is true."""
    head, beside = risk_list.head, risk_list.supplement
    told = [each for each in beside.tried if each.hit_rate is not None]
    if not told:
        return [text("cover.tried.none", head.language)]
    longest = max(told, key=lambda each: each.horizon)
    within = periods(longest.horizon, head.frequency, head.language)
    assert longest.hit_rate is not None, "those without a hit rate were left out"
    said = [text("chief.most_false", head.language, horizon=within, none=_hundred(1 - longest.hit_rate[0]))]
    if longest.base_rate:
        found = longest.hit_rate[0] * beside.tried_length / (longest.base_rate * head.at_risk)
        if 0 < found < 1:
            said.append(_misses(risk_list, within, 1 - found))
    best = {each.horizon: each.best_hit_rate for each in told if each.best_hit_rate is not None}
    capped = max((horizon for horizon, rate in best.items() if rate < _CAPPED), default=None)
    if capped is not None:
        ahead = periods(capped, head.frequency, head.language)
        said.append(text("chief.capped", head.language, horizon=ahead, best=_hundred(best[capped])))
    late = [each.called(head.language) for each in head.feeds if each.late]
    if late:
        said.append(text("chief.late", head.language, titles=text("cell.and", head.language).join(late)))
    return said


def _misses(risk_list: RiskList, within: str, share: float) -> str:
    told = {"horizon": within, "missed": percent(share), "length": f"{risk_list.supplement.tried_length:,}"}
    return text("chief.misses", risk_list.head.language, **told)


def _this_month(risk_list: RiskList) -> str:
    head, told = risk_list.head, risk_list.townships
    if not len(told):
        return ""
    sums = {key: f"{int(told[key].sum()):,}" for key in ("capacity", "visit", "random", "phone", "beyond")}
    return text("chief.this_month.value", head.language, at_risk=f"{head.at_risk:,}", **sums)


def _last_month(risk_list: RiskList) -> str:
    beside = risk_list.supplement
    if not beside.last_month or not len(beside.townships):
        return ""
    whole = beside.townships.iloc[-1]
    names = {"listed": "listed_before", "verified": "verified", "confirmed": "confirmed", "overdue": "overdue"}
    told = {name: _printed(whole[column]) for name, column in names.items()}
    return text("chief.answered.value", risk_list.head.language, month=beside.last_month, **told)


def _printed(value: object) -> str:
    return value if isinstance(value, str) else f"{int(str(value)):,}"


def _count(hits: int) -> str:
    return FEW if 0 < hits < _LEAST else f"{hits:,}"


def _range(figure: Figure | None, head: ListHead) -> str:
    """A share of a hundred with its range; where nothing came, what it can be at most, if that is known."""
    if figure is None:
        return HELD_BACK
    value, low, high = (_hundred(part) for part in figure)
    if figure[0]:
        return text("chief.range", head.language, value=value, low=low, high=high)
    return text("chief.range.none" if figure[2] else "chief.range.unknown", head.language, high=high)


def _hundred(share: float) -> str:
    """Of a hundred: whole from ten on, else with one decimal."""
    return f"{100 * share:.0f}" if share >= 0.0995 else f"{100 * share:.1f}"
