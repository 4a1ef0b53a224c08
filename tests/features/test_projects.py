"""Dividends and projects; a county of 1,000 yuan a month for one person, at the end of 2023-12."""

from __future__ import annotations

from typing import Any

import numpy as np

from panels import read, table, values
from relapse import config
from snapshots import county_of

BLOCK = config.option("features", "projects")


def dividend(household: str, due: str, amount: float, paid: str | None, came: float | None = None, project: str = "p"):
    return {
        "household_id": household, "project_id": project, "due_month": due, "amount": amount, "paid_month": paid,
        "paid_amount": came,
    }  # fmt: skip


def of(households: str, **tables: Any) -> dict[str, list[Any]]:
    return values(BLOCK, county_of(households=[{"household_id": each} for each in households], **tables).known.everyone)


def test_projects__dividends_that_are_due_and_unpaid():
    made = of("abc", dividends=[
        dividend("a", "2023-06", 800.0, None), dividend("a", "2023-10", 500.0, "2023-11", 300.0),
        dividend("b", "2023-12", 900.0, None),  # due this month: told in the next
        dividend("b", "2022-12", 900.0, None),  # too long ago
        dividend("c", "2023-06", 700.0, "2023-07"),  # paid in full where nothing else is told
        dividend("c", "2023-10", 400.0, "2024-01"),  # came after the as_of
    ])  # fmt: skip
    assert made["projects__unpaid_count_12m"] == [2, 0, 1]
    assert made["projects__unpaid_yuan_12m"] == [1000, 0, 400]
    assert np.allclose(made["projects__unpaid_share_12m"], [1 / 12, 0, 400 / 12000])
    assert made["projects__overdue_months"][0] == 6
    assert np.isnan(made["projects__overdue_months"][1])
    assert made["projects__overdue_months"][2] == 2


def test_projects__dividends_paid_and_what_hangs_on_one_project():
    made = of("ab", dividends=[
        dividend("a", "2023-01", 600.0, "2023-01", project="p"), dividend("a", "2023-06", 500.0, "2023-06", project="p"),
        dividend("a", "2023-06", 900.0, "2023-07", project="q"), dividend("a", "2022-06", 2730.0, "2022-06", project="q"),
    ])  # fmt: skip
    assert np.allclose(made["projects__dividend_share_12m"], [2000 / 12000, 0])
    assert np.allclose(made["projects__dividend_change_share_1y"], [-730 / 7300, 0])
    assert np.allclose(made["projects__largest_share_12m"], [1100 / 12000, 0])


def test_projects__last_year_s_dividend_that_did_not_come_again():
    made = of("abc", dividends=[
        dividend("a", "2022-10", 1500.0, "2022-10"), dividend("a", "2022-08", 300.0, "2022-08"),
        dividend("b", "2022-10", 1500.0, "2022-10"), dividend("b", "2023-08", 20.0, "2023-08"),
        dividend("c", "2022-12", 1500.0, "2022-12"),  # the same month of this year is told in the next
    ])  # fmt: skip
    assert made["projects__dividend_missed_yuan"] == [1500, 0, 0]
    assert made["projects__dividend_missed_month"][0] == 10
    assert np.allclose(made["projects__dividend_missed_share"], [0.125, 0, 0])


def test_projects__worst_state_of_the_own_ones_and_since_when():
    def state(project: str, when: str, status: str) -> dict[str, Any]:
        return {"project_id": project, "as_of": when, "status": status}

    def member(household: str, project: str, since: str = "2020-01", until: str | None = None) -> dict[str, Any]:
        return {"household_id": household, "project_id": project, "since": since, "until": until}

    made = of(
        "abcd",
        projects=[
            state("p", "2022-01", "running"), state("p", "2023-03", "arrears"), state("p", "2023-08", "stopped"),
            state("q", "2022-01", "running"), state("r", "2022-01", "arrears"), state("r", "2023-05", "running"),
        ],
        project_members=[
            member("a", "p"), member("a", "q"), member("b", "q"), member("b", "r"), member("b", "x"),
            member("c", "p", until="2023-11"), member("d", "p", since="2024-02"),
        ],
    )  # fmt: skip
    assert made["projects__count"] == [2, 3, 0, 0]
    assert made["projects__worst_status"][:2] == [4, 0]  # running 0, ended 1, arrears 2, idle 3, stopped 4
    assert np.isnan(made["projects__worst_status"][2:]).all()
    assert made["projects__bad_months"][0] == 9  # in trouble without a break since 2023-03
    assert np.isnan(made["projects__bad_months"][1:]).all()


def test_projects__missing_without_tables__and_no_features_without_a_county():
    made = of("a")
    assert len(made) == 13
    assert all(np.isnan(each).all() for each in made.values())
    assert values(BLOCK, read(table({"a": [1, 2]})).as_of(2001).everyone) == {}
