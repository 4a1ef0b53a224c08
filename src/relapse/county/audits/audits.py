"""Audit rules (疑点数据、逻辑校验): one table of rules in `conf/audits/`, one function a rule, findings out.

Which rules a county's tables can answer follows from the fields each rule needs; those that cannot be answered are told
with what they lack. A rule of severity `fix` keeps a household's records out of training until they are corrected; a
hit on a rule of missed inclusion is a reason to visit today, and no part of any score.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass

from relapse.core.broken import MOST, Broken
from relapse.core.conf_dir import read_table
from relapse.core.contract import Severity
from relapse.core.errors import InputError, nearest
from relapse.core.panel import Panel, PanelView
from relapse.core.recipe import STRICT
from relapse.core.results import Finding
from relapse.core.texts import text
from relapse.core.triggered import Raised, Triggered
from relapse.county.audits.snapshot import Hits, Snapshot
from relapse.county.audits.themes import OF_COUNTY, OF_EVERYBODY, RULES

_TO_MEND = ("fix", "check")
OWN_TABLES = ("panel", "lines")  # what a rule may need besides tables: always there
FOLDER = "rules"
_AMOUNTS = ("amount", "cost", "reference", "income")  # numbers of hits that are held against a limit
_LIMITS = ("trigger", "line")
_MOST_UNDER = 10  # an income of nothing counts as a tenth of the line
_COLUMNS = ("household", "rule", "department", "value", "limit", "ratio")


@dataclass(frozen=True, config=STRICT)
class Rule:
    """One rule.

    Args:
        severity: stop (the run fails), fix (the household leaves training), check (for the township to look at), note.
        level: what is judged.
        source: where the rule comes from.
        needs: fields as TABLE.FIELD, or tables, without which it cannot be answered.
        visit: whether a hit is a reason to visit (应纳未纳 and the like).
        limits: numbers that the rule is held against; `conf/` says whose they are.
        lacks: why no table of the contract can answer it; empty where one can.
        department: whose screening (部门筛查预警) it is, a code of the contract's departments; empty where nobody's.
    """

    severity: Severity
    level: Literal["person", "household", "village", "panel", "table"]
    source: str
    needs: tuple[str, ...] = ()
    visit: bool = False
    limits: Mapping[str, float] = Field(default_factory=dict)
    lacks: str = ""
    department: str = ""


@dataclass(frozen=True, config=STRICT)
class Audits:
    """Which rules are asked.

    Args:
        tables: names of tables of rules in `conf/rules/`, or files like them.
        limits: by rule and limit, a number of the county's own.
        severity: by rule, a severity of the county's own.
        without: rules that are not asked.
    """

    tables: tuple[str, ...]
    limits: Mapping[str, Mapping[str, float]]
    severity: Mapping[str, Severity]
    without: tuple[str, ...]

    @model_validator(mode="after")
    def _names_rules(self) -> Audits:
        told = _read(self.tables)
        for name in (*self.limits, *self.severity, *self.without):
            if name not in told:
                raise ValueError(f"there is no rule '{name}'; {nearest(name, told)}")
        for name, limits in self.limits.items():
            for limit in limits:
                if limit not in told[name].limits:
                    raise ValueError(f"the rule {name} has no limit '{limit}'; {nearest(limit, told[name].limits)}")
        return self

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """All rules that are asked, by their number, with the county's own limits and severities."""
        return {
            name: replace(
                rule,
                severity=self.severity.get(name, rule.severity),
                limits={**rule.limits, **self.limits.get(name, {})},
            )
            for name, rule in _read(self.tables).items()
            if name not in self.without
        }

    def missing(self, panel: Panel, name: str) -> tuple[str, ...]:
        """What a rule lacks on a panel: fields or tables, or why nothing can answer it; empty where it can be asked."""
        rule = self.rules[name]
        return (rule.lacks,) if rule.lacks else tuple(need for need in rule.needs if not _is_there(panel, need))

    def check(self, known: PanelView) -> list[Finding]:
        """Every hit of every rule that can be asked, in the order of the tables; and a note for each that cannot.

        Args:
            known: what was known by the end of the as_of; a panel without a county's tables has nothing to audit.
        """
        return [finding for broken in self.broken(known).values() for finding in broken.told()]

    def broken(self, known: PanelView, *, first: bool = True) -> dict[str, Broken]:
        """By rule, its hits, or a note that it cannot be asked; nothing of a panel without a county's tables.

        Args:
            known: what was known by the end of the as_of; of a part of a county that was told of everybody.
            first: whether it is the whole county, or its first part: of others what names no household is left out.
        """
        if not known.panel.tables:
            return {}
        county, found = Snapshot(known), dict[str, Broken]()
        for name, rule in self.rules.items():
            lacks = self.missing(known.panel, name)
            if not first and (lacks or name in OF_COUNTY):
                continue
            if lacks:
                note = _not_asked(name, rule, lacks, known.panel)
                found[name] = Broken(name, note.severity, note.table, "", 1, (note,))
            else:
                found[name] = _told(name, rule, RULES[name](county, rule.limits), known.panel)
        return found

    def doubtful(self, known: PanelView) -> NDArray[np.bool_]:
        """(households,) that break a rule of severity `fix`, or of which a row could not be used, as known."""
        found = known.doubted.copy()
        for whose in self.doubted_by(known).values():
            found |= whose
        return found

    def doubted_by(self, known: PanelView) -> dict[str, NDArray[np.bool_]]:
        """By rule of severity `fix` that can be asked, the (households,) that break it, as known."""
        broken = {}
        for name, hits in self._hits(known, (name for name, rule in self.rules.items() if rule.severity == "fix")):
            who = hits.facts.household[hits.rows]
            broken[name] = np.zeros(len(known.panel.household_ids), dtype=bool)
            broken[name][who[who >= 0]] = True
        return broken

    def triggered(self, known: PanelView, names: Iterable[str] | None = None) -> Triggered:
        """Which households hit which rules, as known; by default the departments' triggers.

        Args:
            known: what was known by the end of the as_of.
            names: numbers of rules that are asked, such as those of the groups that must be visited.

        Raises:
            KeyError: no such rule is asked.
        """
        wanted = [name for name, rule in self.rules.items() if rule.department] if names is None else list(names)
        asked = [name for name in wanted if known.panel.tables and not self.missing(known.panel, name)]
        hit = np.zeros((len(known.panel.household_ids), len(asked)), dtype=bool)
        most = np.zeros(len(hit))
        for place, (_, hits) in enumerate(self._hits(known, asked)):
            who = hits.facts.household[hits.rows]
            hit[who[who >= 0], place] = True
            np.maximum.at(most, who[who >= 0], _ratio(hits)[who >= 0])
        departments = tuple(self.rules[name].department for name in asked)
        return Triggered(tuple(asked), departments, hit, most, tuple(name for name in wanted if name not in asked))

    def raised(self, known: PanelView, missed: Collection[str]) -> Raised:
        """Hits of departments' triggers and of some other rules, as known: of each household and rule the gravest.

        Args:
            known: what was known by the end of the as_of.
            missed: numbers of rules of missed inclusion; those that the county does not ask are none.

        Raises:
            InputError: there is no such rule.
        """
        for name in missed:
            if name not in _read(self.tables):
                raise InputError(f"risk_list.missed: there is no rule '{name}'; {nearest(name, _read(self.tables))}")
        asked = [name for name, rule in self.rules.items() if rule.department or name in missed]
        parts = [_raised(name, self.rules[name], hits, known.panel) for name, hits in self._hits(known, asked)]
        if not parts:
            nobody, nothing, none = np.empty(0, np.int32), np.empty(0), np.empty(0, dtype=object)
            return Raised(nobody, none, none, nothing, nothing, nothing, ())
        columns = {name: np.concatenate([getattr(each, name) for each in parts]) for name in _COLUMNS}
        findings = [finding for each in parts for finding in each.findings]
        order = np.argsort(columns["household"], kind="stable")
        return Raised(
            **{name: values[order] for name, values in columns.items()},
            findings=tuple(findings[row] for row in order.tolist()),
        )

    def doubts(self, known: PanelView) -> NDArray[np.int64]:
        """(households,) in how many rows the records of each break a rule of logic or completeness, as known.

        A hit on a rule that is a reason to visit is no doubt about the records.
        """
        found = np.zeros(len(known.panel.household_ids), dtype=np.int64)
        for _, hits in self._hits(known, (name for name, rule in self.rules.items() if not rule.visit)):
            who = hits.facts.household[hits.rows]
            found += np.bincount(who[who >= 0], minlength=len(found))
        return found

    def doubt_findings(self, known: PanelView, listed: NDArray[np.bool_]) -> tuple[list[Finding], int]:
        """Doubts about records as an office has to mend them, as known; reasons to visit are none.

        Args:
            known: what was known by the end of the as_of.
            listed: (households,) whose records are also to be checked, beside those of all that must be mended.

        Returns:
            Findings of severity `fix` of all households and `check` of those listed, and how many more there are to
            check of others.
        """
        found, elsewhere = list[Finding](), 0
        asked = [name for name, rule in self.rules.items() if rule.severity in _TO_MEND and not _is_reason(rule)]
        for name, hits in self._hits(known, asked):
            who = hits.facts.household[hits.rows]
            mine = (who >= 0) & (listed[who] | (self.rules[name].severity == "fix"))
            elsewhere += int(((who >= 0) & ~mine).sum())
            found += [_finding(name, self.rules[name], hits, row, known.panel) for row in np.flatnonzero(mine).tolist()]
        return found, elsewhere

    def of_everybody(
        self, known: PanelView, names: Collection[str] | None = None, *, county_wide: bool = False
    ) -> dict[tuple[int, str], NDArray[np.float64]]:
        """By as_of and rule, what a part of a county tells of itself to the rules that ask for everybody.

        Put one below the other over all parts, these are `everybody` of each part's panel.

        Args:
            known: what was known by the end of the as_of, of a part.
            names: numbers of the rules that will be asked; all by default.
            county_wide: whether rules that name no household will be asked, too.
        """
        told: dict[str, NDArray[np.float64]] = {}
        county = Snapshot(known, told)
        for name in (*OF_EVERYBODY, *(OF_COUNTY if county_wide else ())):
            asked = name in self.rules and (names is None or name in names)
            if asked and known.panel.tables and not self.missing(known.panel, name):
                RULES[name](county, self.rules[name].limits)
        return {(known.as_of, name): values for name, values in told.items()}

    def _hits(self, known: PanelView, names: Iterable[str]) -> Iterator[tuple[str, Hits]]:
        """Hits of those of some rules that can be asked."""
        if known.panel.tables:
            county = Snapshot(known)
            for name in names:
                if not self.missing(known.panel, name):
                    yield name, RULES[name](county, self.rules[name].limits)


def _title(rule: Rule, table: str, column: str, panel: Panel) -> str:
    """What people call a column: of the table itself, of another that the rule needs, or a source of income."""
    needed = [need for need in rule.needs if need.endswith(f".{column}")]
    needed += [f"{need}.{column}" for need in rule.needs if "." not in need]
    named = (panel.titles.get(key) for key in (f"{table}.{column}", *needed, column))
    return next((title for title in named if title), column)


def _is_reason(rule: Rule) -> bool:
    """Whether a hit is a reason to visit, and says nothing against the records."""
    return rule.visit or bool(rule.department)


@cache
def _read(tables: tuple[str, ...]) -> dict[str, Rule]:
    """The rules of some tables.

    Raises:
        InputError: there is no such table, or it is none of rules.
    """
    told: dict[str, Rule] = {}
    for table in tables:
        try:
            told |= TypeAdapter(dict[str, Rule]).validate_python(read_table(FOLDER, table))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InputError(f"rules {table}: {where}: {first['msg']}") from error
    return told


def _is_there(panel: Panel, need: str) -> bool:
    table, _, column = need.partition(".")
    if table in OWN_TABLES:
        return True
    return table in panel.tables and (not column or column in panel.tables[table])


def _not_asked(name: str, rule: Rule, lacks: tuple[str, ...], panel: Panel) -> Finding:
    """A note that a rule cannot be answered, with what it lacks."""
    key = f"lacks.{name}" if rule.lacks else ""
    english = text(key, "en") if key else ", ".join(lacks)
    chinese = text(key, "zh") if key else "、".join(_in_chinese(need, panel) for need in lacks)
    details = {"broken": name, "lacks": english}
    return Finding("audit_not_asked", "note", "audits", details=details, zh={"lacks": chinese})


def _in_chinese(need: str, panel: Panel) -> str:
    """A table or field as the templates call it."""
    table = need.partition(".")[0]
    words = [panel.titles.get(each, each) for each in dict.fromkeys((table, need))]
    return "·".join(words)


def _told(name: str, rule: Rule, hits: Hits, panel: Panel) -> Broken:
    """Findings of one rule, the first ones each by itself."""
    findings = tuple(_finding(name, rule, hits, place, panel) for place in range(min(len(hits.rows), MOST)))
    files = tuple(hits.facts.file.levels) if hits.by_file else ()
    return Broken(name, rule.severity, hits.facts.name, hits.column, len(hits.rows), findings, files=files)


def _finding(name: str, rule: Rule, hits: Hits, place: int, panel: Panel) -> Finding:
    row, facts = int(hits.rows[place]), hits.facts
    who = int(facts.household[row])
    details = {key: _number(values[place]) for key, values in hits.numbers.items()}
    details |= {key: str(values[place]) for key, values in hits.words.items()}
    file = facts.file.codes[row]
    return Finding(
        name,
        rule.severity,
        facts.file.levels[file] if file >= 0 else facts.name,
        int(facts.row[row]),
        hits.column,
        "",
        details,
        "" if who < 0 else str(panel.household_ids[who]),
        {"column": _title(rule, facts.name, hits.column, panel)} if hits.column else {},
    )


def _raised(name: str, rule: Rule, hits: Hits, panel: Panel) -> Raised:
    """Hits of one rule, of each household the gravest."""
    who, nothing = hits.facts.household[hits.rows], np.full(len(hits.rows), np.nan)
    value, limit = (
        next((hits.numbers[each] for each in names if each in hits.numbers), nothing) for names in (_AMOUNTS, _LIMITS)
    )
    over, under = value / limit, limit / np.maximum(value, limit / _MOST_UNDER)
    ratio = np.nan_to_num(np.where(limit > 0, np.maximum(over, under), np.nan), nan=1.0)
    order = np.argsort(-ratio, kind="stable")
    order = order[who[order] >= 0]
    rows = order[np.unique(who[order], return_index=True)[1]]
    told = limit[rows] > 0
    return Raised(
        who[rows],
        np.full(len(rows), name, dtype=object),
        np.full(len(rows), rule.department, dtype=object),
        np.where(told, value[rows], np.nan),
        np.where(told, limit[rows], np.nan),
        ratio[rows],
        tuple(_finding(name, rule, hits, row, panel) for row in rows.tolist()),
    )


def _ratio(hits: Hits) -> NDArray[np.float64]:
    """(hits,) the amount by the limit that it is held against; 1 where one of them is not told."""
    nothing = np.full(len(hits.rows), np.nan)
    amount, trigger = (hits.numbers.get(name, nothing) for name in ("amount", "trigger"))
    return np.nan_to_num(amount / np.where(trigger > 0, trigger, np.nan), nan=1.0)


def _number(value: float) -> str:
    if np.isnan(value):
        return "?"
    return f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:,.2f}"
