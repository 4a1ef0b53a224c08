"""`pytest -p required_parts`: a skipped test fails where it was skipped for a part that RELAPSE_REQUIRE names.

The machine that decides whether a change is good sets RELAPSE_REQUIRE=browser,libreoffice,real-data, so that no part
of the suite can fall silent there; everywhere else such tests are skipped with their reason.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TypeVar

import pytest

WORDS = {  # a part, and words of which one stands in the reason of each test that is skipped without it
    "browser": ("chromium", "chromedriver", "browser"),
    "libreoffice": ("libreoffice", "soffice"),
    "pdf": ("pdftoppm", "poppler"),
    "fonts": ("font",),
    "postgresql": ("postgresql",),
    "real-data": ("relapse_real_data", "real panel", "real data"),
}

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a part that nobody knows: it would require nothing."""
    unknown = sorted(set(required()) - set(WORDS))
    if unknown:
        raise pytest.UsageError(f"RELAPSE_REQUIRE: no part {', '.join(unknown)}; there are {', '.join(WORDS)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that was skipped."""
    return failed_if_required((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A whole module that was skipped."""
    return failed_if_required((yield))


def required() -> list[str]:
    """The parts that must be there."""
    return [part.strip() for part in os.environ.get("RELAPSE_REQUIRE", "").split(",") if part.strip()]


def failed_if_required(report: Report) -> Report:
    """The report, turned into a failure where its reason names a required part."""
    if report.outcome != "skipped" or hasattr(report, "wasxfail"):
        return report
    reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
    missing = [part for part in required() if any(word in reason.lower() for word in WORDS[part])]
    if missing:
        report.outcome = "failed"
        report.longrepr = f"skipped ({reason}), but RELAPSE_REQUIRE wants {', '.join(missing)} tested"
    return report
