"""Writes docs/audits.md from the rules themselves: `python docs/make_audit_catalogue.py` (`--check` only compares)."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from relapse import config
from relapse.core.texts import TEXTS
from relapse.county.audits.audits import Rule

TARGET = Path(__file__).with_name("audits.md")
GROUPS = {
    "A": "Identity and structure", "B": "Missed inclusion (应纳未纳)", "C": "Wrong inclusion or category",
    "D": "Removal of risk", "E": "Income", "F": "Medical, insurance, disability", "G": "Education", "H": "Work",
    "I": "Public-welfare posts", "J": "Measures against cause", "K": "Social protection",
    "L": "House, water, land, road", "M": "Villages", "N": "Both clocks and leaks",
    "T": "Department triggers (部门预警)", "V": "Groups to be visited (八必访)",
}  # fmt: skip
HEAD = """# Audit rules

Made by `python docs/make_audit_catalogue.py` from `conf/rules/`: do not edit by hand.

`relapse validate`, `run` and `train` ask these rules of a county's tables, at an `as_of` and of nothing that became
known later. A rule is asked where the tables have the fields it needs; else `validate` lists it with what it lacks.
Limits are the county's to set (`audits.limits.B10.exited=6000`), as are severities (`audits.severity.B13=note`) and
what is left out (`audits.without=[L04]`).

- **severity**: `stop` ends the run with status 2; `fix`: the household's records leave training until they are
  corrected, and it stays on the list with credibility low (数据可信度 低); `check`: for the township to look at;
  `note`: counted. Where one such rule keeps out at least 5 % of those to whom the outcome came, and more than three
  times as large a share as of the others, `train` and `run` warn; of more than half they stop with status 2.
- **visit**: a hit is a reason to visit today, whatever the score, and no part of any score.
- **source**: F is a public checker of a county's exports (file), P and S a document by its number in our notes, A our
  own rule.

"""


def main(arguments: list[str]) -> int:
    """Write the document, or with `--check` say whether it is current (exit status 1 where it is not)."""
    made = document()
    if "--check" not in arguments:
        TARGET.write_text(made, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == made:
        return 0
    print("docs/audits.md is not current: run python docs/make_audit_catalogue.py")
    return 1


def document() -> str:
    """The whole document."""
    rules: Mapping[str, Rule] = config.option("audits", "national").rules
    return HEAD + "\n".join([*counts(rules), *sections(rules)]) + "\n"


def counts(rules: Mapping[str, Rule]) -> Iterator[str]:
    """How many rules there are, and which no table can answer."""
    official = [name for name in rules if name[0] in "ABCDEFGHIJKLMN"]
    lacking = [name for name, rule in rules.items() if rule.lacks]
    severities = Counter(rules[name].severity for name in official)
    told = ", ".join(f"{severities[each]} `{each}`" for each in ("stop", "fix", "check", "note"))
    asked = len([name for name in official if name not in lacking])
    yield f"{len(official)} audit rules ({told}), of which the contract's tables can answer {asked}; "
    triggers, groups = (sum(name[0] == letter for name in rules) for letter in "TV")
    yield f"{triggers} department triggers and {groups} groups of households to be visited.\n"
    yield "No table of the contract can answer, and why:\n"
    for name in lacking:
        yield f"- {name}: {TEXTS.get(f'lacks.{name}', ('', rules[name].lacks))[1]}"
    yield ""


def sections(rules: Mapping[str, Rule]) -> Iterator[str]:
    """A table a group."""
    for letter, title in GROUPS.items():
        yield f"## {letter}. {title}\n"
        yield "| rule | severity | what is told | needs | limits | source |"
        yield "| --- | --- | --- | --- | --- | --- |"
        for name in sorted(each for each in rules if each[0] == letter):
            yield row(name, rules[name])
        yield ""


def row(name: str, rule: Rule) -> str:
    """One rule."""
    severity = f"{rule.severity} (visit)" if rule.visit else rule.severity
    told = re.sub(r"\{\w+\}", "…", TEXTS.get(f"finding.{name}", ("", "(not asked)"))[1])
    needs = ", ".join(f"`{need}`" for need in rule.needs) or "-"
    limits = ", ".join(f"{key} {value:g}" for key, value in rule.limits.items()) or "-"
    cells = [f"`{name}`", severity, told, needs, limits, rule.source]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
