"""Printed sentences held against the tables of a county: which one it is, and whether each of its numbers is right.

`python tests/printed_sentences.py COUNTY LIST.csv AS_OF MAX_AGE HORIZON` does it for every row of a list in Chinese.
"""

from __future__ import annotations

import math
import re
import string
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pandas as pd

from raw_county import Household, RawCounty, Told
from relapse.core.texts import TEXTS

NOTHING = {"0", "0%"}
FIXED = {"money": "元", "periods": "个月"}


@cache
def patterns(prefix: str, tone: str) -> dict[str, re.Pattern[str]]:
    """By wording, what a sentence of a tone looks like, its numbers by their placeholders."""
    keys = [key for key in TEXTS if key.startswith(prefix) and not key.endswith((".page", ".paper"))]
    return {key: pattern(TEXTS.get(f"{key}.{tone}", TEXTS[key])[0]) for key in keys}


def pattern(wording: str) -> re.Pattern[str]:
    parts = []
    for before, name, _, _ in string.Formatter().parse(wording):
        parts.append(re.escape(before))
        if name is not None:
            parts.append(re.escape(FIXED[name]) if name in FIXED else f"(?P<{name}>[^。，、：（）]+?)")
    return re.compile("".join(parts))


def agrees(written: str, value: float | str) -> bool:
    """Whether what is written is the value, as far as its last digit (or its rounding) tells."""
    if isinstance(value, str):
        return written == value
    if found := re.fullmatch(r"不到([\d.]+)(千|%)?", written):
        return value < float(found[1]) * {"千": 1000.0, "%": 0.01, None: 1.0}[found[2]] and not math.isnan(value)
    if found := re.fullmatch(r"约(-?[\d,.]+)(万|千|%)?", written):
        # half a unit, of what was written to the yuan before
        unit, half = {"万": (1e4, 500.5), "千": (1e3, 500.5), "%": (0.01, 0.05), None: (1.0, 50.5)}[found[2]]
        return abs(float(found[1].replace(",", "")) * unit - value) <= half * (1 + 1e-6)
    number = written.rstrip("%").replace(",", "")
    unit = 0.01 if written.endswith("%") else 1.0
    digits = len(number.partition(".")[2])
    return abs(float(number) * unit - value) <= 0.5 * unit * 10.0**-digits + 1e-5 * abs(value)


def wrong(sentence: str, household: Household, tone: str = "exact", prefix: str = "reason.") -> tuple[str, str]:
    """The wording of a sentence, and what is wrong with it (empty where nothing is).

    A sentence that several wordings fit is right where one of them is.
    """
    fitting = {key: found for key, each in patterns(prefix, tone).items() if (found := each.fullmatch(sentence))}
    faults = []
    for wording, found in fitting.items():
        said = found.groupdict()
        try:
            told = household.expected(wording, said.get("label", ""))
        except (AssertionError, IndexError, KeyError, ValueError) as error:
            faults.append(f"{wording}: not true of the tables ({error!r})")
            continue
        if any(are_right(wording, said, each) for each in told):
            return wording, ""
        faults.append(f"{wording}: says {said}, the tables {told}")
    return next(iter(fitting), ""), "; ".join(faults) or "no wording is like it"


def are_right(wording: str, said: dict[str, str], told: Told) -> bool:
    """Whether each number is the tables'; a wording that leaves out a nothing leaves out nothing else, and no nothing is written."""
    left = [value for name, value in told.items() if name not in said]
    right = all(agrees(written, told[name]) for name, written in said.items())
    if not wording.endswith(".none"):
        return right and not (f"{wording}.none" in TEXTS and NOTHING & set(said.values()))
    return right and any(agrees("0", value) for value in left)


def main(folder: str, path: str, as_of: str, max_age: str, horizon: str) -> int:
    county = RawCounty(Path(folder), as_of, int(max_age), int(horizon))
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    seen, faults = Counter[str](), []
    for who, cell in zip(rows["户编号"], rows["主要原因"], strict=True):
        for sentence in re.split("[①②③]", cell)[1:]:
            wording, fault = wrong(sentence, county.household(who))
            seen[wording] += 1
            faults += [f"{who}: {sentence} {fault}"] if fault else []
    print(*(f"{count:6d} {wording}" for wording, count in seen.most_common()), sep="\n")  # noqa: T201
    print(*faults, f"{sum(seen.values())} sentences of {len(rows)} households, {len(faults)} wrong", sep="\n")  # noqa: T201
    return min(len(faults), 1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
