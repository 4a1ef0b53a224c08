"""The price of what the household sells, and whether its business earns more than it costs."""

from __future__ import annotations

import numpy as np
from pydantic.dataclasses import dataclass

from relapse.core import told
from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.facts import Facts, Floats
from relapse.core.panel import HOUSEHOLDS, Histories, Ints, first_known
from relapse.core.recipe import STRICT, Count

PRICES = "prices"
BUSINESS, COST = "business", "business_cost"
Column = tuple[Feature, Floats]


@dataclass(frozen=True, config=STRICT)
class Prices:
    """Changes of the price of the own product, and business income against its cost.

    Args:
        newest_months: the newest price may be so many months old.
        mean_months: the newest price is held against the mean of so many months.
        short, long: months over which the price changed.
    """

    newest_months: Count
    mean_months: Count
    short: Count
    long: Count

    def table(self, known: Histories, leads: Ints) -> FeatureTable:
        """Price features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): relative changes, and shares of the line; NaN where the county tells nothing of it.
        """
        if not told.has(known.view, HOUSEHOLDS):
            return FeatureTable.of([], len(known.members))
        return FeatureTable.of([*self._changes(known), *_margin(known)], len(known.members))

    def _changes(self, known: Histories) -> list[Column]:
        """(n,) each: changes of the price of the household's product."""
        view, members = known.view, known.members
        homes, untold = view.table(HOUSEHOLDS).newest, np.full(len(members), np.nan)
        if not told.has(view, PRICES) or "product" not in homes:
            return [(_SHORT, untold), (_LONG, untold), (_AGAINST_MEAN, untold)]
        prices, mine = view.table(PRICES), np.full(len(view.panel.household_ids), -1, dtype=np.intp)
        product = prices.text("product")
        code = {level: place for place, level in enumerate(product.levels)}
        own = homes.text("product")
        mine[homes.household] = np.array([*(code.get(level, -1) for level in own.levels), -1])[own.codes]
        monthly = self._monthly(prices, product.codes, len(product.levels), view.as_of)
        newest = first_known(monthly[:, : self.newest_months + 1])
        place = np.argmax(~np.isnan(monthly), axis=1)
        here = np.arange(len(monthly))

        def before(months: int) -> Floats:
            return np.asarray(monthly[here, np.minimum(place + months, monthly.shape[1] - 1)])

        mean = _mean(monthly[:, : self.mean_months])
        changes = [newest / before(self.short) - 1, newest / before(self.long) - 1, newest / mean - 1]
        of_products = [np.append(change, np.nan) for change in changes]  # the last place: no product is told
        return [
            (entry, change[mine[members]])
            for entry, change in zip((_SHORT, _LONG, _AGAINST_MEAN), of_products, strict=True)
        ]

    def _monthly(self, prices: Facts, product: Ints, products: int, as_of: int) -> Floats:
        """(products, months back) mean price of all markets in each month; NaN where none was told."""
        width = max(self.mean_months, self.long + self.newest_months + 1)
        ago, price = as_of - prices.happened.astype(np.int64), told.number(prices, "price")
        rows = np.flatnonzero((ago >= 0) & (ago < width) & (price > 0) & (product >= 0))
        cell = product[rows] * width + ago[rows]
        total = np.bincount(cell, weights=price[rows], minlength=products * width)
        count = np.bincount(cell, minlength=products * width)
        return told.over(np.asarray(total, np.float64), count.astype(np.float64)).reshape(products, width)


def _margin(known: Histories) -> list[Column]:
    """Business income against its cost in the newest window; nothing where the county tells not both.

    A business of which no cost was told had none; what costs and never was told to bring anything is called no loss.
    """
    panel, untold = known.view.panel, np.full(len(known.members), np.nan)
    if not {BUSINESS, COST} <= set(panel.sources):
        return [(entry, untold) for entry in (_MARGIN, _COST_SHARE, _EARNED, _SPENT, _LOSS)]
    told_of = {name: told.told_in_newest_window(known, name) for name in (BUSINESS, COST)}
    earned, spent = (told.of_newest_window(known, name) for name in (BUSINESS, COST))
    earned = np.where(told_of[BUSINESS], earned, np.nan)
    spent = np.where(told_of[BUSINESS] | told_of[COST], spent, np.nan)
    whole = earned + spent
    lost = np.where(np.isnan(whole), np.nan, np.maximum(spent - earned, 0))
    return [
        (_MARGIN, told.share_of_line(known, earned - spent)),
        (_COST_SHARE, told.over(spent, whole)),
        (_EARNED, earned),
        (_SPENT, spent),
        (_LOSS, lost),
    ]


def _mean(values: Floats) -> Floats:
    """(rows,) mean of what is told."""
    seen = ~np.isnan(values)
    return told.over(np.nansum(values, axis=1), seen.sum(axis=1).astype(np.float64))


def _change(what: str, meaning: str, wording: str = "") -> Feature:
    return Feature(f"prices__{what}", "share", meaning, "industry", wording=wording)


_SHORT = _change("change_share_3m", "change of the price of the household's product over some months")
_LONG = Feature(
    "prices__change_share_12m",
    "share",
    "change of the price of the household's product over a year",
    "industry",
    wording="reason.price_fall",
    true_below=-0.1,
)
_AGAINST_MEAN = _change("against_mean_share_36m", "price of the household's product against its mean of three years")
_LOSS = Feature(
    "prices__business_loss_yuan",
    "money",
    "business cost of the household above its business income in the newest window",
    "industry",
    modelled=False,
)
_MARGIN = Feature(
    "prices__business_margin_share_12m",
    "share",
    "business income less its cost in the newest window, as a share of the line",
    "industry",
)
_COST_SHARE = Feature(
    "prices__business_cost_share_12m",
    "share",
    "business cost over the sum of business cost and income in the newest window",
    "industry",
    wording="reason.industry",
    true_of=_LOSS.name,
    true_above=1,  # less may be written as the same amount twice
)
_EARNED = Feature(
    "prices__business_income_yuan", "money", "business income of the household in it", "industry", modelled=False
)
_SPENT = Feature(
    "prices__business_cost_yuan", "money", "business cost of the household in it", "industry", modelled=False
)
