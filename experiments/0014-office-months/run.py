"""An office's months played through: writes figures.csv and the README's table.

    python experiments/0014-office-months/run.py [FOLDER [HOUSEHOLDS]]

The simulated Yi County gets a folder by `relapse init`, filled with what its departments would have exported; then four
months are played with the office's own commands, each a process of its own. FOLDER is left as it is for looking at
(`pictures.py FOLDER`); without one a temporary folder is made and removed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd

HERE = Path(__file__).parent
sys.path += [str(HERE.parent), str(HERE)]
import departments  # noqa: E402 - beside this file
import visits  # noqa: E402
from pages import publish, save  # noqa: E402 - what the studies share

COUNTY, HOUSEHOLDS, FIRST, LATE = "mycounty", "3000", "2024-05", "claims"
MONTHS = ("2024-06", "2024-07", "2024-08")
A_TOWNSHIP = 12  # visits and month, on average, that the county can make
SEES = 4  # months ahead in which a recognition counts as a risk that visitors find


@dataclass
class Office:
    """A county office in a folder.

    Args:
        home: its folder; `mycounty` is what `relapse init` made, `safe` lies elsewhere.
        tables: of the county to the end of its days, which nobody in the office has.
        said: what was checked, a row each.
    """

    home: Path
    tables: dict[str, pd.DataFrame]
    said: list[dict[str, Any]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.home / COUNTY

    def call(self, command: str, *words: str, status: int = 0) -> str:
        """Call a command as the office does; what the terminal shows is kept in `terminal/`."""
        began = time.monotonic()
        line = [sys.executable, "-m", "relapse", command, "--config-dir", "conf", f"data={COUNTY}", *words]
        source = str(HERE.parents[1] / "src")
        paths = os.pathsep.join([source, *filter(None, [os.environ.get("PYTHONPATH")])])
        done = subprocess.run(
            line, cwd=self.folder, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": paths}
        )
        screens = self.home / "terminal"
        screens.mkdir(exist_ok=True)
        screen = screens / f"{len(list(screens.iterdir())) + 1:02d}-{command}.txt"
        screen.write_text(f"$ relapse {' '.join(line[3:])}\n{done.stdout}{done.stderr}", encoding="utf-8")
        if done.returncode != status:
            sys.exit(f"relapse {command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        print(f"relapse {command}: {time.monotonic() - began:.0f} s", flush=True)
        return done.stdout + done.stderr

    def outbox(self, month: str, edition: int = 1) -> Path:
        within = self.folder / "outputs" / "outbox" / month
        return within if edition == 1 else within / f"edition-{edition}"

    def check(self, step: str, what: str, value: object, holds: bool) -> None:
        """Keep what was looked at, and whether it is as an office would expect it."""
        self.said.append({"step": step, "what": what, "value": str(value), "holds": bool(holds)})
        print(f"{'' if holds else 'NOT AS EXPECTED: '}{step}: {what}: {value}", flush=True)


def main(folder: str | None = None, households: str = HOUSEHOLDS) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(folder or scratch).resolve()
        if (home / COUNTY).exists():
            sys.exit(f"{home} has been played in already; name an empty folder")
        office = Office(home, world(home, households))
        begin(office)
        first_month(office)
        second_month(office)
        third_month(office)
        save(pd.DataFrame(office.said).drop(columns="count"), HERE / "figures.csv")
    tables()


def tables() -> None:
    """Make the page's table from figures.csv."""
    told = pd.read_csv(HERE / "figures.csv", dtype=str)
    publish(HERE, {"checks": told.assign(holds=told["holds"].map({"True": "yes", "False": "no"}))})


def world(home: Path, households: str) -> dict[str, pd.DataFrame]:
    """The county as it will have been; the office gets of it what becomes known, as it becomes known."""
    home.mkdir(parents=True, exist_ok=True)
    words = ["simulate", f"data.households={households}", f"paths.data={home / 'world'}"]
    subprocess.run([sys.executable, "-m", "relapse", *words], check=True)
    return departments.read(home / "world" / "yi_2020")


def begin(office: Office) -> None:
    """A folder of one's own, the files that are there, a key, the first list."""
    subprocess.run([sys.executable, "-m", "relapse", "init", COUNTY], cwd=office.home, check=True)
    for template in (office.folder / "tables").iterdir():
        template.unlink()
    departments.first(office.tables, office.folder / "tables", FIRST)
    townships = office.tables["households"]["township"].nunique()
    config = office.folder / "conf" / "data" / f"{COUNTY}.yaml"
    config.write_text(settled(config.read_text(encoding="utf-8"), office.home, A_TOWNSHIP * townships), "utf-8")
    office.call("validate")
    office.call("run")
    office.call("key", f"copy={office.home / 'safe' / 'key.html'}")
    office.call("key", f"check={office.home / 'safe' / 'key.html'}")
    listed = issued(office, FIRST)
    office.check("begin", "households on the first list", len(listed), len(listed) > 0)
    office.check("begin", "of them 本月必访", sum(listed["走访等级"] == "本月必访"), True)


def settled(text: str, home: Path, length: int) -> str:
    """The config as the office fills it in."""
    changes = {
        "region:": 'region: "990727"',
        "list_length:": f"list_length: {length}",
        "key_file:": f"key_file: {home / 'keys' / 'county.key'}",
    }
    lines = [next((new for old, new in changes.items() if line.startswith(old)), line) for line in text.splitlines()]
    return "\n".join([*lines, "simulated: true", ""])


def first_month(office: Office) -> None:
    """June: exports, what townships hand back in their ways; one is missing, and comes within the month."""
    month, step = MONTHS[0], "first month"
    departments.arriving(office.tables, office.folder / "inbox", month)
    given = hand_back(office, FIRST, step, missing=1)
    office.call("month")
    looked_at(office, month, step)
    note = (office.outbox(month) / "note.html").read_text(encoding="utf-8")
    office.check(step, "the note calls nothing late", "晚了" not in note, "晚了" not in note)
    before = summary(office, month)["verified"]
    hand_back(office, FIRST, f"{step}, second batch", only=given[-1:])
    office.call("month")
    second = office.outbox(month, 2)
    office.check(f"{step}, second batch", "a further edition lies in the outbox", second.name, second.is_dir())
    looked_at(office, month, f"{step}, second batch", 2)
    after = summary(office, month, 2)["verified"]
    office.check(f"{step}, second batch", "verified before and after", f"{before}, {after}", after > before)
    kept = {path: path.read_bytes() for path in office.outbox(month).rglob("*") if path.is_file()}
    office.call("month")
    same = kept == {path: path.read_bytes() for path in office.outbox(month).rglob("*") if path.is_file()}
    office.check(f"{step}, second batch", "started once more, the same bytes", same, same)


def second_month(office: Office) -> None:
    """July: claims are late, the officer is replaced, the computer with the key was lost."""
    month, step = MONTHS[1], "second month"
    departments.arriving(office.tables, office.folder / "inbox", month, without=(LATE,))
    hand_back(office, MONTHS[0], step, edition=2)
    shutil.rmtree(office.home / "keys")
    lost = office.call("month", status=2)
    office.check(step, "without its key the month stops and names the way back", "status 2", "restore=" in lost)
    waiting = list((office.folder / "inbox").glob("*.csv"))
    office.check(step, "exports are still in the inbox", len(waiting), len(waiting) > 0)
    office.call("key", f"restore={office.home / 'safe' / 'key.html'}")
    office.call("status")
    office.call("month")
    looked_at(office, month, step)
    note = (office.outbox(month) / "note.html").read_text(encoding="utf-8")
    office.check(step, "the note says that claims are late", "医疗费用" in note, "医疗费用" in note and "晚" in note)
    late = json.loads((office.outbox(month) / "manifest.json").read_text())["late"]
    office.check(step, "late tables", ", ".join(late), late == [LATE])
    told = office.call("status")
    office.check(step, "status shows the list of the month", month, month in told)
    day = pd.Period(month).end_time.strftime("%Y%m%d")
    rows = office.tables[LATE]
    departments.write(
        rows[departments.known(rows) == month].drop(columns="known_at"),
        LATE,
        office.folder / "inbox" / f"医保_{day}.csv",
    )
    office.call("month")
    step = "second month, claims came"
    looked_at(office, month, step, 2)
    late = json.loads((office.outbox(month, 2) / "manifest.json").read_text())["late"]
    office.check(step, "late tables", ", ".join(late) or "none", not late)


def third_month(office: Office) -> None:
    """August: as usual; one household asks why it was listed; drafts and old files are looked at."""
    month, step = MONTHS[2], "third month"
    departments.arriving(office.tables, office.folder / "inbox", month)
    hand_back(office, MONTHS[1], step, edition=2)
    office.call("month")
    looked_at(office, month, step)
    listed = issued(office, month)
    asked = listed[(listed["走访等级"] == "本月必访") & (listed["线索来源"] != "部门预警")].iloc[0]["户编号"]
    office.call("explain", f"household={asked}")
    office.call("impact")
    office.call("expire")
    office.call("status")
    office.call("score", "language=en", "paths.outputs=english")


def hand_back(
    office: Office, month: str, step: str, missing: int = 0, only: list[Path] | None = None, edition: int = 1
) -> list[Path]:
    """Fill in the workbooks of a month's list and put them into the inbox; gives those that were left out.

    Every township has a habit of its own, which goes round from month to month.
    """
    folder = list_folder(office, month, edition) / "townships"
    books = sorted(folder.glob("*.xlsx"))
    recognised = office.tables["recognitions"]
    ahead = str(pd.Period(month) + SEES)
    at_risk = recognised[(recognised["recognised_at"] > month) & (recognised["recognised_at"] <= ahead)]
    count, rows = 0, 0
    for number, book in enumerate(books):
        if (only is None and number >= len(books) - missing) or (only is not None and book not in only):
            continue
        habit: Callable[..., None] = visits.HABITS[(number + int(month[-2:])) % len(visits.HABITS)]
        township = visits.read(book)
        rng = np.random.default_rng([number, int(month[-2:])])
        answers = visits.visited(township, set(at_risk["household_id"]), str(pd.Period(month) + 1), rng)
        habit(township, answers, office.folder / "inbox" / f"{number + 1:02d}乡镇交回.xlsx")
        rows, count = rows + len(answers), count + visits.counts(answers, habit)
    office.check(step, f"rows filled in of {month}, that count", f"{rows}, {count}", rows > 0)
    office.said[-1]["count"] = count
    return books[len(books) - missing :]


def looked_at(office: Office, month: str, step: str, edition: int = 1) -> None:
    """What an office sees at once: what came back, who rests, what is late, which edition."""
    told = summary(office, month, edition)
    mine = [each for each in office.said if each["step"].startswith(step.partition(",")[0])]
    wanted = sum(each.get("count", 0) for each in mine)
    office.check(step, "verified as filled in", f"{told['verified']} of {wanted}", told["verified"] == wanted)
    office.check(step, "rows that were not matched", told["unmatched"], told["unmatched"] == 0)
    left = sorted(path.name for path in (office.folder / "inbox").iterdir() if not path.name.startswith("README"))
    office.check(step, "left in the inbox", ", ".join(left) or "nothing", not left)
    listed = issued(office, month, edition)
    now = listed[listed["走访等级"] == "本月必访"]
    rests = resting(office, month)
    again = now[now["户编号"].isin(rests)]
    rule = again["线索来源"] != "模型"
    office.check(
        step, "verified 不存在风险 lately; of them to be visited again; by the forecast alone",
        f"{len(rests)}; {len(again)}; {sum(~rule)}", len(again) < 0.2 * len(rests),
    )  # fmt: skip
    back = sheet(list_folder(office, month, edition) / "list.xlsx", "上月回填结果")
    office.check(step, "rows of 上月回填结果", len(back), len(back) > 0)


def resting(office: Office, month: str) -> set[str]:
    """Households whose newest verified visit within three months found nothing."""
    kept = pd.read_parquet(office.folder / "tables" / "feedback" / "visits.parquet")
    kept = kept[kept["verified"].astype(bool)].sort_values("visited_at", kind="stable")
    last = kept.drop_duplicates("household_id", keep="last")
    within = pd.PeriodIndex(pd.to_datetime(last["visited_at"]), freq="M") > pd.Period(month) - 3
    return set(last.loc[within & (last["verdict"] == "no_risk"), "household_id"])


def summary(office: Office, month: str, edition: int = 1) -> dict[str, Any]:
    """The counts of what came back."""
    told: dict[str, Any] = json.loads((office.outbox(month, edition) / "feedback" / "summary.json").read_text())
    return told


def list_folder(office: Office, month: str, edition: int = 1) -> Path:
    """Where a list lies."""
    if month == FIRST:
        return office.folder / "outputs" / "lists" / COUNTY / month
    return office.outbox(month, edition) / "list"


def issued(office: Office, month: str, edition: int = 1) -> pd.DataFrame:
    """The rows of a month's list."""
    return sheet(list_folder(office, month, edition) / "list.xlsx", visits.SHEET)


def sheet(workbook: Path, name: str) -> pd.DataFrame:
    """A sheet below its header, the row that has 户编号."""
    book = openpyxl.load_workbook(workbook, read_only=True)
    lines = [line for line in book[name].iter_rows(values_only=True) if any(each is not None for each in line)]
    book.close()
    place = next((number for number, line in enumerate(lines) if "户编号" in line), len(lines) - 1)
    return pd.DataFrame(lines[place + 1 :], columns=list(lines[place]))


if __name__ == "__main__":
    main(*sys.argv[1:])
