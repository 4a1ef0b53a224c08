"""`relapse validate`: every fault of the input in one pass, with row, column, value and rule."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack

from relapse.core.errors import InputError
from relapse.core.panel import Line
from relapse.core.protocols import Auditor, Data
from relapse.core.recipe import PeriodText
from relapse.core.results import Language
from relapse.county.reports import findings_csv, findings_html
from relapse.flows.examine import all_findings
from relapse.outputs import Paths, locked, write_all
from relapse.pipelines.common import WAIT_SECONDS, chosen_period, say
from relapse.pipelines.parts import examined_parts
from relapse.terminal import Stages, closing_table


def validate(
    data: Data, line: Line, audits: Auditor, paths: Paths, as_of: PeriodText | None, language: Language
) -> None:
    """Check the input and list every fault, each with its row, column, value and rule.

    Of a county the audit rules are asked as well, at as_of. Ends with 2 where a fault stops the work; other faults are
    told and do not.

    Writes quality/findings.csv and quality/report.html.

    Examples:
        relapse validate
        relapse validate language=en
        relapse validate data=county data.path=FOLDER audits.limits.B10.exited=6000
        relapse validate data=panel data.path=FILE data.columns.household_id=hhid data.columns.period=year \
            data.columns.income=income_pc data.frequency=annual
    """
    stages = Stages()
    folder = paths.outputs / "quality"
    with locked(paths.outputs, WAIT_SECONDS, say), ExitStack() as stack:
        with stages.stage("read") as stage:
            examined = stack.enter_context(examined_parts(data, line, paths))
            stage.say(findings=len(examined.findings))
        with stages.stage("validate") as stage:
            period = None if examined.parts is None else chosen_period(examined.parts.part(0), as_of)
            findings = all_findings(examined, audits, period)
            counts = Counter(finding.severity for finding in findings)
            stage.say(findings=len(findings), **dict(sorted(counts.items())))
        files = {
            "findings.csv": findings_csv.render(findings, language),
            "report.html": findings_html.render(findings, language),
        }
        write_all(folder, files)
    rules = Counter((finding.severity, finding.rule) for finding in findings)
    rows = [[severity, rule, str(count)] for (severity, rule), count in sorted(rules.items())]
    closing_table("Findings", ["severity", "rule", "count"], rows, [("report", str(folder / "report.html"))])
    if counts["stop"]:
        raise InputError(
            f"{counts['stop']} faults stop the work; {folder / 'findings.csv'} lists every one with its row"
        )
