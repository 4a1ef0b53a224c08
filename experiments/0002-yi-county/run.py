"""Simulated counties held against published figures: writes figures.csv here and the README's table and words.

    python experiments/0002-yi-county/run.py [HOUSEHOLDS]

Makes the four counties of 14,000 exited households (or as many as named) in a folder that is removed again.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pandas as pd
from study import ROWS, Row, figures

from relapse import config

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import publish, rewrite

HERE = Path(__file__).parent
COUNTIES = ("yi_2020", "mountain_2020", "project_2020", "coast_2020")
ORIGIN = "2020-01"  # of the truth, for whose sake the days of return are written


def main(households: int) -> None:
    found = {}
    for name in COUNTIES:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / name
            data = config.option("data", name, path=str(place), households=households)
            data.make(place.with_name("truth"), [data.calendar.parse(ORIGIN)], 1)
            found[name] = figures(place, place.with_name("truth"))
        print(name, flush=True)
    table = pd.DataFrame(found)
    table.to_csv(HERE / "figures.csv", float_format="%.6g", lineterminator="\n", index_label="figure")
    rewrite(HERE / "README.md", "misfits", words(table, households))
    tables()


def tables() -> None:
    """Make the page's table from figures.csv."""
    publish(HERE, {"figures": shown(pd.read_csv(HERE / "figures.csv", index_col="figure"))})


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """A row a figure; whether it fits is asked of Yi County alone."""
    lines = []
    for row in ROWS:
        told = [f"{table.loc[row.name, name]:,.{row.digits}f}" for name in COUNTIES]
        fits = "yes" if row.fits(table.loc[row.name, "yi_2020"]) else "**no**"
        lines.append([row.name, *told, row.published, fits, row.source])
    return pd.DataFrame(lines, columns=["figure", *COUNTIES, "published", "fits (Yi)", "source"])


def words(table: pd.DataFrame, households: int) -> str:
    """Which figures of Yi County do not fit, and why."""
    wrong = [row for row in ROWS if not row.fits(table.loc[row.name, "yi_2020"])]
    head = f"Of {len(ROWS)} figures {len(ROWS) - len(wrong)} fit at {households:,} exited households; these do not:"
    return "\n".join([head, "", *(sentence(row, float(table.loc[row.name, "yi_2020"])) for row in wrong)])


def sentence(row: Row, value: float) -> str:
    return f"- {row.name}: {value:,.{row.digits}f}, published {row.published}. {row.why[0].upper()}{row.why[1:]}."


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 14_000)
