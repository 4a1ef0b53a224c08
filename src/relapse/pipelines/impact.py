"""`relapse impact`: a draft of the assessment of what the lists mean for people's personal information."""

from __future__ import annotations

from pathlib import Path

from relapse.core.errors import InputError
from relapse.core.keep import Keep
from relapse.core.protocols import Data
from relapse.core.results import Language
from relapse.core.sensitive import Sensitive
from relapse.county.reports import impact_html
from relapse.county.reports.impact_html import Impact
from relapse.county.risk_list.build import ListSettings
from relapse.data.county_folder import CountyFolder
from relapse.outputs import Paths, locked, write_all
from relapse.pipelines.common import WAIT_SECONDS, say
from relapse.terminal import closing_table


def impact(
    data: Data, sensitive: Sensitive, risk_list: ListSettings, keep: Keep, paths: Paths, language: Language
) -> None:
    """Draft the impact assessment of personal information (PIPL articles 55 and 56), filled in from the config.

    What the config cannot tell is marked, for the office and its lawyer to fill in; nothing here is legal advice. It is
    to be made before the first list, again where purpose or means change, and kept for three years at least.

    Writes impact/assessment.html.

    Examples:
        relapse impact --config-dir mycounty/conf data=mycounty
        relapse impact data=yi_2020 language=en
    """
    if not isinstance(data, CountyFolder):
        raise InputError(f"'{data.panel_name}' is no county's folder: there is nothing to fill the assessment from")
    told = Impact(
        county=data.called() or data.panel_name,
        region=data.region,
        simulated=data.simulated,
        tables=data.tables.tables,
        folder=str(Path(data.path).expanduser().resolve()),
        horizon=risk_list.horizon or max(data.default_horizons),
        visits=risk_list.key(data.list_length),
        reply_days=risk_list.reply_days,
        keep_months=keep.months,
        keeps_key=data.key_place is not None,
        sensitive=sensitive,
    )
    folder = paths.outputs / "impact"
    with locked(paths.outputs, WAIT_SECONDS, say):
        write_all(folder, {"assessment.html": impact_html.render(told, language)})
    closing_table("", [], [], [("draft", str(folder / "assessment.html"))])
