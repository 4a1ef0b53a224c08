"""An office's month for the tests: a made county up to a month, what arrives in its inbox, and an exported version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from calls import Called, call

import relapse
from counties import made_county

LAST = "2023-06"  # of the data in the folder; what became known in July arrives in the inbox
KNOWN = "知晓日期"
FEEDS = ("收入", "医疗费用", "识别记录")


@dataclass(frozen=True)
class Office:
    """Folders of an office: `county`, `inbox`, `outputs`, `state`, and a version exported to `version`."""

    home: Path

    @property
    def outbox(self) -> Path:
        return self.home / "outputs" / "outbox"

    @property
    def inbox(self) -> Path:
        return self.home / "inbox"

    @property
    def words(self) -> tuple[str, ...]:
        return ("data=county", "data.path=county", "version=version", "risk_list.length=20")

    def call(self, command: str, *more: str) -> Called:
        words = self.words[: {"status": 2, "monitor": 3}.get(command)]
        return call(command, *words, *more, cwd=self.home)


def make_office(home: Path, households: int = 90) -> None:
    """The county until `LAST`, July's exports in the inbox, and a version that was fitted a year before."""
    whole = made_county(home / "whole", households=households)
    (home / "county").mkdir()
    (home / "inbox").mkdir()
    for file in sorted(whole.iterdir()):
        encoding = "gb18030" if file.stem == "农户信息" else "utf-8-sig"
        rows = pd.read_csv(file, dtype=str, encoding=encoding)
        known = rows[KNOWN].str.slice(0, 7) if file.stem in FEEDS else pd.Series(LAST, index=rows.index)
        rows[known <= LAST].to_csv(home / "county" / file.name, index=False)
        new = rows[known == "2023-07"].drop(columns=KNOWN) if file.stem in FEEDS else rows[:0]
        if len(new):
            new.to_csv(home / "inbox" / f"{file.stem}_20230731.csv", index=False)
    panel = relapse.read(home / "county")
    relapse.train(panel, as_of="2022-12", model="distance_to_line", horizons=[1, 3]).save(home / "version")
