"""Pictures of all that an office looked at in the months that run.py played: `python …/pictures.py FOLDER`.

Workbooks as LibreOffice prints them, pages as Chromium shows them at 1400, 800 and 390 pixels and prints them.
They go to FOLDER/pictures/, to be looked at; nothing is kept of them here. Needs what docs/make_pictures.py needs.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path += [str(HERE.parents[1] / "docs"), str(HERE)]
from make_pictures import page, printed  # noqa: E402 - how the documents' pictures are made
from run import COUNTY, MONTHS  # noqa: E402

WIDTHS = {1400: 1400, 800: 1400, 390: 1800}  # height by width
SHEETS = range(1, 5)  # cover, how to use it, the list's first pages


def main(folder: str) -> None:
    home = Path(folder).resolve() / COUNTY
    outputs, pictures = home / "outputs", home.parent / "pictures"
    pictures.mkdir(exist_ok=True)
    box = outputs / "outbox" / MONTHS[-1]
    workbook = sorted((box / "list" / "townships").glob("*.xlsx"))[0]
    screens = [
        box / "note.html", box / "list" / "list.html", workbook.with_suffix(".html"), box / "list" / "office.html",
        box / "feedback" / "report.html", box / "monitor" / "report.html", outputs / "impact" / "assessment.html",
        outputs / "backtest" / "report.html", next((outputs / "explain").glob("*.html")), home / "交接清单.html",
        *(home / "english" / "lists").rglob("list.html"),
    ]  # fmt: skip
    for number, path in enumerate(screens, start=1):
        for width, height in WIDTHS.items():
            keep(pictures / f"{number:02d}-{path.stem[:20]}-{width}.png", page(path, width, height))
    for name, path in {"county": box / "list" / "list.xlsx", "township": workbook}.items():
        for sheet in SHEETS:
            keep(pictures / f"{name}-{sheet}.png", printed(path, sheet))
    for name, path in {"village": workbook.with_suffix(".html"), "note": box / "note.html"}.items():
        keep(pictures / f"paper-{name}.png", printed(path, 1))


def keep(path: Path, picture: bytes) -> None:
    """Write a picture and say so."""
    path.write_bytes(picture)
    print(path.name, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
