"""Writes docs/features.md from the live catalogue: `python docs/make_feature_catalogue.py` (`--check` only compares).

The catalogue is what the blocks of `conf/features/` say of themselves on a small made-up panel that has every kind of
column, so a feature that exists stands in the document and one that does not cannot.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import relapse
from relapse import config
from relapse.core.catalogue import Feature
from relapse.core.panel import Panel
from relapse.core.rows import Unit
from relapse.core.texts import TEXTS, feature_called, text_or
from relapse.flows.rows import make_unit

OWN_WORDS = ("sources", "covariates", "place", "season", "window")  # blocks that say the same on every panel
TARGET = Path(__file__).with_name("features.md")
HEAD = """# Features

Made by `python docs/make_feature_catalogue.py` from the live catalogue: do not edit by hand.

A feature is a column with an entry in the catalogue; one without an entry cannot exist. Names are
`block__what_unit_window`, and a block is one file in `conf/features/` and `src/relapse/features/`. The list below is
that of a monthly panel whose income is summed over twelve months, with the parts `wage` and `farm`, the number
`persons_over_65`, the text `trade`, a village and a township. On your panel these are your own columns; how many
periods ago a distance is a feature of its own depends on the frequency (`conf/features/income.yaml`); a panel whose
window is one period has no `window` block, one without parts of income no `sources` block. What only a
[county's folder](county-folder.md) can give is marked county; the block `facts` has the entries of your own config
([how](county-facts.md)).

- **name**: what it is called on pictures, tables and pages (in Chinese it has another; a feature of your own is called
  by its label, or by its own name).
- **unit**: `money` is the panel's; `log_ratio` is the natural logarithm of income over the line; `share` is 0 to 1 (or
  of the line); `periods` are steps of the panel; `own` is whatever the file has.
- **direction**: what the model is held to: with `-` a higher value never raises the risk, with `+` it never lowers it.
- **used by**: `model`, or `words` where a value is there only for the sentences of the list and for the plain rules.
  Amounts of money are never in the model, since money of different years does not compare.
- **by lead**: the value differs by how far ahead the forecast lies.
- **sentence on the list**: printed where the feature raised the household's score and the sentence is true of it; `…`
  is the household's own number.

Two tables of a county are left out of the model altogether: who was visited (`visits`) and whom a department pushed
(`clues`). They tell what was suspected and not how the household is; a list that learned from them would send people
back where they have been. (The block `triggers` looks at pushes, for the baseline of that name alone; no model reads
it.) Having been listed is no feature either. Earlier times as a monitored household are, once
they are over and as far as they were known (`register`); of the others in the village, recognitions count as a share
without the household itself (`around`).

What of the tables is sensitive stands in `conf/sensitive/national.yaml`, field by field. Ethnicity and sex are never
read. Health, disability and what is on record of children are read for a need that is stated there; a feature that
tells of them says so below, and one setting takes them all away: `sensitive.groups.health.allowed=false`. Its features
are then not made, and its fields and tables are for every other feature as if the county had none. Age is free:
school age and age of work follow from it.
"""


def main(arguments: list[str]) -> int:
    """Write the document, or with `--check` say whether it is current (exit status 1 where it is not)."""
    made = document()
    if "--check" not in arguments:
        TARGET.write_text(made, encoding="utf-8")
        return 0
    if TARGET.read_text(encoding="utf-8") == made:
        return 0
    print("docs/features.md is not current: run python docs/make_feature_catalogue.py")
    return 1


def document() -> str:
    """The whole document."""
    return "\n".join([HEAD, *(line for name in config.options("features") for line in section(name))])


def section(name: str) -> Iterator[str]:
    """One block: what its module says of itself, and its features."""
    unit = unit_on(panel(), name)
    module = sys.modules[type(config.option("features", name)).__module__]
    yield f"## {name}\n"
    yield f"{(module.__doc__ or '').strip().splitlines()[0]}\n"
    yield "| feature | name | unit | meaning | cause | direction | used by | sentence on the list |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    fixed = len(unit.table.entries)
    for place, entry in enumerate(unit.table.every_entry):
        yield row(entry, by_lead=place >= fixed)
    if name not in OWN_WORDS:
        there = {entry.name for entry in unit.entries}
        told = unit_on(county(), name).table
        for place, entry in enumerate(told.every_entry):
            if entry.name not in there:
                yield row(entry, by_lead=place >= len(told.entries), where="county: ")
    yield ""


def unit_on(made: Panel, name: str) -> Unit:
    """The features of one block on a panel."""
    known, block = made.as_of(made.last), config.option("features", name)
    return make_unit(known, config.option("label", "below_line"), {name: block}, np.array([1, 3, 6], np.int32), gap=0)


def row(entry: Feature, *, by_lead: bool, where: str = "") -> str:
    """One feature as a row of a table."""
    direction = {1: "+", -1: "-", 0: ""}[entry.direction]
    sentence = re.sub(r"\{\w+\}", "…", TEXTS[entry.wording][1]) if entry.wording else ""
    cause = text_or(f"group.{entry.group}", "en", entry.group)
    meaning = where + entry.meaning + (" (by lead)" if by_lead else "")
    meaning += f" (sensitive: {entry.sensitive})" if entry.sensitive else ""
    cells = [f"`{entry.name}`", feature_called(entry.name, "en", entry.label), entry.unit, meaning, cause, direction]
    cells += ["model" if entry.modelled else "words", sentence]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


@cache
def county() -> Panel:
    """A made-up county of two households, with payouts, own medical cost and a recognition."""
    months = pd.period_range("2018-01", "2020-12", freq="M").astype(str)
    homes = pd.DataFrame({"household_id": ["a", "b"], "township": "t", "village": "v", "type": "exited", "size": 1})
    income = pd.DataFrame([(who, month) for who in "ab" for month in months], columns=["household_id", "from"])
    income = income.assign(to=income["from"], source="wage", amount=900, known_at=income["from"] + "-28")
    claims = pd.DataFrame({"household_id": ["a"], "month": "2020-05", "own_cost": 500, "known_at": "2020-06-01"})
    known = {"recognised_at": "2020-06", "known_at": "2020-07-01"}
    recognised = pd.DataFrame({"household_id": ["a"], "category": "unstable", **known})
    with tempfile.TemporaryDirectory() as folder:
        homes = homes.assign(as_of="2017-12-01", known_at="2017-12-01")
        tables = {"households": homes, "income": income, "claims": claims, "recognitions": recognised}
        for name, table in tables.items():
            table.to_csv(Path(folder) / f"{name}.csv", index=False)
        return relapse.read(folder, line=6000.0)


@cache
def panel() -> Panel:
    """A made-up monthly panel with every kind of column."""
    rng = np.random.default_rng(1)
    months = pd.period_range("2018-01", "2020-12", freq="M").astype(str)
    frame = pd.DataFrame(
        [(f"h{number:02d}", month) for number in range(12) for month in months], columns=["household", "month"]
    )
    number = frame["household"].str[1:].astype(int)
    frame = frame.assign(
        wage=rng.uniform(200, 900, len(frame)),
        farm=rng.uniform(0, 400, len(frame)),
        persons_over_65=number % 3,
        trade=np.where(number % 2, "farm", "shop"),
        village=[f"v{one % 4}" for one in number],
        township=[f"t{one % 2}" for one in number],
    )
    return relapse.panel(
        frame, line=6000.0, household_id="household", period="month", sources=["wage", "farm"], village="village",
        township="township", frequency="monthly", window=12,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
