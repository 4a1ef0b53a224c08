"""One workbook and one page a township, with its own rows alone: a county's `RiskList` comes in, files go out."""

from __future__ import annotations

from relapse.core.heads import Heads
from relapse.core.results import RiskList
from relapse.core.texts import text
from relapse.county.reports import beside_sheets, list_html, list_xlsx
from relapse.county.reports.list_columns import column_version

FOLDER = "townships"


def render(risk_list: RiskList, heads: Heads) -> dict[str, bytes]:
    """Files by path, a workbook and a page for each township that has something to be told; none of a plain panel.

    Args:
        risk_list: of a county.
        heads: who heads the households.
    """
    files: dict[str, bytes] = {}
    for township in _townships(risk_list):
        part, stem = risk_list.of_township(township), file_stem(risk_list, township)
        mine = {household: heads[household] for household in part.households if household in heads}
        files[f"{FOLDER}/{stem}.xlsx"] = list_xlsx.render(part, mine, township)
        files[f"{FOLDER}/{stem}.html"] = list_html.render(part, mine, township)
    return files


def file_stem(risk_list: RiskList, township: str) -> str:
    """The name of a township's files: codes, month and column version, no name of anybody."""
    head, beside = risk_list.head, risk_list.supplement
    told = {
        "county": beside.region or head.panel, "township": beside.codes[township], "month": head.as_of.replace("-", ""),
        "columns": column_version(head),
    }  # fmt: skip
    return text("file.township", head.language, **told)


def _townships(risk_list: RiskList) -> list[str]:
    """Those that have rows and a code; a plain panel has none.

    Where the county's sheets of hits or doubts end before all are told, those too that have one of these alone.
    """
    codes, hits, doubts = risk_list.supplement.codes, risk_list.triggered, risk_list.supplement.doubts
    told = [risk_list.rows]
    if max(len(hits), len(doubts)) > beside_sheets.MOST_ROWS:
        told += [frame for frame in (hits, doubts) if len(frame)]
    return sorted({str(name) for frame in told for name in frame["township"].unique()} & set(codes)) if codes else []
