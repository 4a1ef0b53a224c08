"""Sentences of who lives in a household, of its work and its health, in Simplified Chinese and in English."""

from __future__ import annotations

TEXTS_REASONS: dict[str, tuple[str, str]] = {
    "group.family": ("家庭人口", "who lives in the household"),
    "group.disability": ("残疾", "disability"),
    "group.schooling": ("上学负担", "schooling"),
    "group.no_labour": ("劳动力不足", "lack of labour"),
    "reason.illness": (
        "近12个月看病自付{health__own_cost_yuan_12m}{money}，占家庭年收入的{value}。",
        "Own medical cost of 12 months: {health__own_cost_yuan_12m} {money}, {value} of the household's income.",
    ),
    "reason.illness_new": (
        "近6个月首次有住院或大病记录，近12个月自付{value}{money}。",
        "First hospital stay or serious illness within 6 months; own cost of 12 months {value} {money}.",
    ),
    "reason.new_disability": (
        "近12个月有{value}名家庭成员新办残疾证（最重{people__new_disability_grade}级）。",
        "New certificates of disability within 12 months: {value} (gravest grade {people__new_disability_grade}).",
    ),
    "reason.students": (
        "家中有{value}人在读高中、中职或大学。",
        "Members at senior school, college or university: {value}.",
    ),
    "reason.job_loss": (
        "近6个月有人务工的只有{work__anyone_months_6m}个月，上年同期{work__anyone_months_6m_year_ago}个月。",
        "Somebody worked in {work__anyone_months_6m} of the last 6 months, in {work__anyone_months_6m_year_ago} of the "
        "same months a year ago.",
    ),
    "reason.job_loss.none": (
        "近6个月没有人务工，上年同期有{work__anyone_months_6m_year_ago}个月。",
        "Nobody worked in the last 6 months, somebody in {work__anyone_months_6m_year_ago} of the same months "
        "a year ago.",
    ),
    "reason.work_ending": ("有{value}人的务工或岗位6个月内到期。", "Jobs or posts that end within 6 months: {value}."),
    "reason.single_earner": (
        "全家{people__members_count}口人，只有1人务工，工资占收入{value}。",
        "One of {people__members_count} persons has a job; wages are {value} of income.",
    ),
    "reason.idle_young": (
        "家中有{value}名青年劳动力未见务工记录。",
        "Young members able to work, no job known: {value}.",
    ),
    "reason.no_labour": (
        "全家{people__members_count}口人没有劳动力，近12个月人均收入{value}{money}。",
        "None of {people__members_count} persons can work; income per person of 12 months {value} {money}.",
    ),
    "reason.left_behind_elderly": (
        "家中有{value}名老人，没有60岁以下成年人同住。",
        "Old members with no adult under 60 at home: {value}.",
    ),
}
