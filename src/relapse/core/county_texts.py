"""Sentences of a county's list: what a household lacks, what illness leaves it; in Simplified Chinese and English."""

from __future__ import annotations

TEXTS_COUNTY: dict[str, tuple[str, str]] = {
    "group.guarantees": ("三保障和饮水", "the three guarantees and water"),
    "group.illness": ("看病负担", "the cost of illness"),
    "group.own_facts": ("县里另外掌握的情况", "what else the county knows"),
    "reason.unmet_food_clothing": ("吃饭穿衣还有困难。", "Food or clothing is still a worry."),
    "reason.unmet_schooling": (
        "家中有义务教育阶段孩子无在校记录。",
        "A child of compulsory school age is in no school on record.",
    ),
    "reason.unmet_medical": ("家中有人没有参加基本医疗保险。", "A member has no basic medical insurance."),
    "reason.unmet_housing": ("住房不安全，记为危房或C、D级。", "The house is unsafe: dangerous, or of grade C or D."),
    "reason.unmet_water": ("安全饮水还没有解决。", "There is no safe drinking water."),
    "reason.after_own_cost": (
        "近一年看病自付人均{value}{money}，扣除后人均收入低于线。",
        "Own medical cost of a year is {value} {money} per person; income after it is below the line.",
    ),
}
