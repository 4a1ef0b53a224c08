"""A table as it stands in a file → arrays sorted for a `Panel`, and every fault on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from relapse.core.assumptions import Assumption
from relapse.core.facts import Category
from relapse.core.panel import Floats, Line, Panel
from relapse.core.results import Finding
from relapse.data.panel_checks import Faults
from relapse.data.panel_clock import Clock, read_clock
from relapse.data.panel_covariates import read_covariates
from relapse.data.panel_settings import PanelSettings
from relapse.data.read_table import RawTable
from relapse.data.table_columns import numbers, texts


@dataclass(frozen=True, eq=False)
class Draft:
    """All that a panel is made of, in the order of the file, and what is wrong with it.

    Args:
        households: (rows,) which household.
        clock: (rows,) both clocks.
        amounts: (rows,) each: income and, where the file has them, size, weight, state, line_column.
        sources: (rows,) each: parts of income.
        covariates: (rows,) each: other numbers.
        categories: (rows,) each: other texts.
        places: township and village, where the file has them.
        assumed: what had to be assumed.
        findings: every fault.
    """

    households: Category
    clock: Clock
    amounts: Mapping[str, Floats]
    sources: Mapping[str, Floats]
    covariates: Mapping[str, NDArray[np.float32]]
    categories: Mapping[str, Category]
    places: Mapping[str, Category]
    assumed: tuple[Assumption, ...]
    findings: list[Finding] = field(default_factory=list)


def examine(table: RawTable, settings: PanelSettings, needs: tuple[str, ...]) -> Draft:
    """Read every column and look for every fault.

    Args:
        table: has all columns that the settings name.
        settings: how to read it.
        needs: at most one column that holds the line.
    """
    faults = Faults(table)
    faults.ragged()
    names = settings.columns
    households = texts(table.columns[names.household_id])
    faults.rows("id_missing", "stop", households.codes < 0, names.household_id)
    faults.identity(names.household_id, households)
    clock = read_clock(faults, settings, households.codes)
    amounts, sources, assumed = _amounts(faults, settings, needs)
    covariates, categories = read_covariates(faults, settings, {*names.named.values(), *needs})
    told = amounts["state" if "state" in amounts else "income"]
    if np.isnan(told).all():
        faults.whole("no_income", "stop")
    places = {key: texts(table.columns[name]) for key in ("township", "village") if (name := getattr(names, key))}
    if names.size and not names.income_from_parts:
        covariates[names.size] = amounts.pop("size").astype(np.float32)
    return Draft(
        households, clock, amounts, sources, covariates, categories, places, (*clock.assumed, *assumed), faults.findings
    )


def assemble(draft: Draft, settings: PanelSettings, name: str, line: Line, digest: str) -> Panel:
    """The panel of a draft without faults that stop: rows by household, period and known period (then date)."""
    clock = draft.clock
    order = np.lexsort((clock.within, clock.known, clock.period, draft.households.codes))

    def amount(key: str) -> Floats | None:
        return draft.amounts[key][order] if key in draft.amounts else None

    def place(key: str) -> Category | None:
        return replace(draft.places[key], codes=draft.places[key].codes[order]) if key in draft.places else None

    return Panel(
        name=name,
        calendar=settings.calendar,
        window=settings.window,
        reported_share=settings.reported_share,
        max_age=clock.max_age,
        lookback=settings.periods_back,
        money=settings.money,
        simulated=settings.simulated,
        household_ids=np.array(draft.households.levels, dtype=object),
        household=draft.households.codes[order],
        period=clock.period[order],
        known=clock.known[order],
        income=draft.amounts["income"][order],
        size=amount("size"),
        weight=amount("weight"),
        state=amount("state"),
        line_column=amount("line_column"),
        sources={key: values[order] for key, values in draft.sources.items()},
        covariates={key: values[order] for key, values in draft.covariates.items()},
        categories={key: replace(values, codes=values.codes[order]) for key, values in draft.categories.items()},
        village=place("village"),
        township=place("township"),
        region=settings.region,
        line=line,
        titles=settings.titles,
        digest=digest,
        assumed=draft.assumed,
        costs=settings.columns.costs,
    )


def _amounts(
    faults: Faults, settings: PanelSettings, needs: tuple[str, ...]
) -> tuple[dict[str, Floats], dict[str, Floats], tuple[Assumption, ...]]:
    """Income and the other numbers a panel is made of; parts of income; what was assumed."""
    names = settings.columns
    amounts = {key: _number(faults, name) for key in ("size", "weight") if (name := getattr(names, key))}
    if names.size:
        amounts["size"] = _positive(faults, amounts["size"], names.size)
    if names.weight:
        faults.rows("weight_negative", "stop", amounts["weight"] < 0, names.weight)
    if names.label:
        amounts["state"] = _number(faults, names.label)
        faults.rows("label_not_01", "stop", _is_other_than(amounts["state"], 0, 1), names.label)
    if needs:
        amounts["line_column"] = _money(faults, needs[0], settings.absurd_above)
    parts = {name: _money(faults, name, settings.absurd_above) for name in (*names.sources, *names.costs)}
    sources = {name: parts[name] for name in names.sources}
    if names.income_from_parts:
        amounts["income"], assumed = _income_of(parts, settings)
        return amounts, sources, assumed
    amounts["income"] = _income(faults, settings)
    if names.size:  # all of the panel is per person then, so the parts must be too
        sources = {name: part / amounts["size"] for name, part in sources.items()}
    return amounts, sources, ()


def _income(faults: Faults, settings: PanelSettings) -> Floats:
    """Income per person as the file has it, or from its logarithm."""
    name = settings.columns.income or settings.columns.log_income or ""
    income = _number(faults, name)
    if settings.columns.log_income:
        with np.errstate(over="ignore"):
            income = np.exp(income)
    _absurd(faults, income, name, settings.absurd_above)
    if settings.columns.income:
        faults.rows("income_negative", "check" if settings.losses_allowed else "stop", income < 0, name)
    return income


def _income_of(parts: Mapping[str, Floats], settings: PanelSettings) -> tuple[Floats, tuple[Assumption, ...]]:
    """Sources less costs; missing where no source was reported (or, if so set, where any part is missing)."""
    names = settings.columns
    sources = np.stack([parts[name] for name in names.sources])
    costs = np.stack([parts[name] for name in names.costs]) if names.costs else np.zeros((1, sources.shape[1]))
    empty = np.isnan(sources).any(axis=0) | np.isnan(costs).any(axis=0)
    none = np.isnan(sources).all(axis=0)
    income = np.nansum(sources, axis=0) - np.nansum(costs, axis=0)
    if not settings.missing_parts_are_zero:
        return np.where(empty, np.nan, income), ()
    count = int((empty & ~none).sum())
    said = (Assumption("empty_part", {"rows": f"{count:,}"}),) if count else ()
    return np.where(none, np.nan, income), said


def _number(faults: Faults, name: str) -> Floats:
    values, wrong = numbers(faults.table.columns[name])
    faults.rows("not_a_number", "stop", wrong, name)
    return values


def _money(faults: Faults, name: str, limit: float) -> Floats:
    values = _number(faults, name)
    _absurd(faults, values, name, limit)
    return values


def _absurd(faults: Faults, values: Floats, name: str, limit: float) -> None:
    faults.rows("absurd", "stop", np.abs(values) > limit, name, limit=f"{limit:,.0f}")


def _positive(faults: Faults, size: Floats, name: str) -> Floats:
    wrong = (size <= 0) | np.isinf(size)
    faults.rows("size_not_positive", "check", wrong, name)
    return np.where(wrong, np.nan, size)


def _is_other_than(values: Floats, *allowed: float) -> NDArray[np.bool_]:
    return ~np.isnan(values) & ~np.isin(values, allowed)
