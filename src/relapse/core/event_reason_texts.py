"""Sentences of what befell a household, of help, projects and prices, and of sensitive data; in Chinese and English."""

from __future__ import annotations

TEXTS_EVENT_REASONS: dict[str, tuple[str, str]] = {
    "group.disaster": ("受灾损失", "disasters and their losses"),
    "group.accident": ("意外事故", "accidents"),
    "group.job": ("务工就业", "work and jobs"),
    "group.industry": ("产业和分红", "farming, business and dividends"),
    "group.events": ("家庭变故", "what else befell the household"),
    "group.measures": ("帮扶和政策性收入", "help, and income from policy"),
    "group.register": ("登记的家庭情况", "what the register says of the household"),
    "sensitive.health": ("健康和看病", "health"),
    "sensitive.disability": ("残疾", "disability"),
    "sensitive.minors": ("未成年人", "children"),
    "sensitive.joint": ("、", ", "),
    "record.sensitive": ("用到的敏感信息：{groups}。", "Sensitive data in use: {groups}."),
    "record.sensitive_idle": (
        "给了模型、但没有推动任何一户次序的敏感信息：{groups}。",
        "Sensitive data that the model was given, and that move nobody's place: {groups}.",
    ),
    "record.sensitive_off": (
        "已关闭、没有使用的敏感信息：{groups}。",
        "Sensitive data switched off, and not used: {groups}.",
    ),
    "reason.disaster": (
        "近一年受灾报损{events__disaster_loss_12m}{money}，理赔{events__disaster_payout_12m}{money}（{events__disaster_month}月）。",
        "Disasters of a year: loss {events__disaster_loss_12m} {money}, insurance {events__disaster_payout_12m} "
        "{money}, the newest in month {events__disaster_month}.",
    ),
    "reason.disaster.none": (
        "近一年受灾报损{events__disaster_loss_12m}{money}（{events__disaster_month}月），没有理赔记录。",
        "Disasters of a year: loss {events__disaster_loss_12m} {money}, the newest in month {events__disaster_month}; "
        "no insurance payment on record.",
    ),
    "reason.accident_happened": ("近一年遇到意外事故或案件{value}次。", "Accidents or crimes of a year: {value}."),
    "reason.job_event": ("近一年有失业、返乡或欠薪{value}次。", "Lost jobs or unpaid wages of a year: {value}."),
    "reason.industry_event": (
        "近一年报过滞销或项目失败{value}次。",
        "Goods not sold or failed projects of a year: {value}.",
    ),
    "reason.housing_event": ("近一年住房或饮水受损{value}次。", "Damage to house or water of a year: {value}."),
    "reason.own_report": (
        "近一年自己申报或求助过{value}次。",
        "It reported itself, or asked for help, {value} time(s) in a year.",
    ),
    "reason.measure_ending": (
        "有{value}项帮扶快到期，最早的还剩{measures__next_end_months}个月。",
        "Measures of help that end soon: {value}, the first in {measures__next_end_months} month(s).",
    ),
    "reason.transfer_stop": (
        "有一项补助从{measures__transfer_stopped_month}月起没有到账，每月少{value}{money}。",
        "A monthly payment of {value} {money} has not come since month {measures__transfer_stopped_month}.",
    ),
    "reason.dividend": (
        "去年{projects__dividend_missed_month}月有分红{value}{money}，今年同期未见到账。",
        "A dividend of {value} {money} came in month {projects__dividend_missed_month} of last year, none this year.",
    ),
    "reason.dividend_unpaid": (
        "有{projects__unpaid_count_12m}笔分红到期未付，共{value}{money}。",
        "Dividends due and unpaid: {projects__unpaid_count_12m}, {value} {money} in all.",
    ),
    "reason.project_bad": (
        "参加的项目欠分红、闲置或停产，已有{value}个月。",
        "A project it belongs to has owed dividends, stood idle or stopped for {value} month(s).",
    ),
    "reason.project_bad.none": (
        "参加的项目本月开始欠分红、闲置或停产。",
        "A project it belongs to came to owe dividends, stand idle or stop this month.",
    ),
    "reason.industry": (
        "近一年经营支出{prices__business_cost_yuan}{money}，经营收入只有{prices__business_income_yuan}{money}，可能亏本。",
        "Business cost of a year is {prices__business_cost_yuan} {money}, its income only "
        "{prices__business_income_yuan} {money}: perhaps a loss.",
    ),
    "reason.industry.none": (
        "近一年经营支出{prices__business_cost_yuan}{money}，没有经营收入，可能亏本。",
        "Business cost of a year is {prices__business_cost_yuan} {money}, and no income from it: perhaps a loss.",
    ),
    "reason.price_fall": (
        "主要产品的价格比一年前低{value}。",
        "The price of its main product is {value} below a year ago.",
    ),
    "reason.monitored_before": (
        "以前当过监测对象{value}次，风险已消除。",
        "It was monitored {value} time(s) before, and removed.",
    ),
}
