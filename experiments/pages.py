"""What the studies share: a table put between its marks in a page."""

from __future__ import annotations

from pathlib import Path


def rewrite(page: Path, mark: str, text: str) -> None:
    """Replace what stands between `<!-- MARK:begin -->` and `<!-- MARK:end -->` in a page that has both."""
    begin, end = f"<!-- {mark}:begin -->", f"<!-- {mark}:end -->"
    head, rest = page.read_text(encoding="utf-8").split(begin)
    page.write_text(f"{head}{begin}\n{text}\n{end}{rest.split(end)[1]}", encoding="utf-8")
