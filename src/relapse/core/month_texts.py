"""Wording of the office's month: freshness of tables, what past lists came to, note, status, key, deletion."""

from __future__ import annotations

TEXTS_MONTH: dict[str, tuple[str, str]] = {
    # freshness of tables
    "feed.late": (
        "{title}最近一次更新是{newest}，比平时晚{late}个月；本期按已有数据推算。",
        "{title}: last told something in {newest}, {late} month(s) later than usual; worked out from what there is.",
    ),
    "feed.in_time": ("按时", "in time"),
    "feed.behind": ("晚{late}个月", "{late} month(s) late"),
    "feed.no_rhythm": ("不定期", "no rhythm"),
    "feed.never": ("尚无数据", "nothing yet"),
    "feed.head.title": ("数据", "Table"),
    "feed.head.newest": ("数据截至", "Newest"),
    "feed.head.state": ("情况", "State"),
    # what past lists came to
    "monitor.title": ("已发清单的结果", "What past lists came to"),
    "monitor.subtitle": ("{panel}，数据截至{as_of}", "{panel}, data as of {as_of}"),
    "monitor.hits": ("走访清单后来有多少户被识别", "How many of the listed households it came to"),
    "monitor.hits.about": (
        "只算期限已满、识别记录已报齐的清单；同一户几个月都在清单上，每个月各算一次。基准是全部应评户，不分是否列入。",
        "Lists whose window has closed and whose late reports are in; a household on several lists counts on each. The "
        "base is all households at risk.",
    ),
    "monitor.few": (
        "5户以下的数字不显示，也不按走访等级和线索来源分列，以免推算出个别户；不足20户的不算比例。",
        "Counts below 5 are not shown, nor parts of a total in which there is one; no rate of fewer than 20.",
    ),
    "monitor.none": (
        "还没有期限已满的清单。第一批结果要等清单发出{horizon}个月、识别记录报齐以后才有。",
        "No list's window has closed yet: the first figures come {horizon} month(s) after a list, once late reports "
        "are in.",
    ),
    "monitor.horizon": ("清单发出后{horizon}个月内", "Within {horizon} month(s) of the list"),
    "monitor.head.group": ("范围", "Group"),
    "monitor.head.lists": ("清单期数", "Lists"),
    "monitor.head.n": ("户次", "Rows"),
    "monitor.head.hits": ("被识别", "Came"),
    "monitor.head.rate": ("每100户", "In 100"),
    "monitor.head.range": ("90%区间", "90% range"),
    "monitor.group.base": ("全部应评户（基准）", "all at risk (base)"),
    "monitor.group.all": ("清单合计", "the list"),
    "monitor.group.tier": ("其中：{value}", "of these: {value}"),
    "monitor.group.source": ("其中：{value}", "of these: {value}"),
    "monitor.hidden": ("不足5", "<5"),
    "monitor.not_told": ("不显示", "not shown"),
    "monitor.drift": ("风险分布有没有变", "Whether the chances moved"),
    "monitor.drift.value": (
        "{before}与{now}两期清单的风险分布差异指数（PSI）为{value}：{what}",
        "Between the lists of {before} and {now} the population stability index is {value}: {what}",
    ),
    "monitor.drift.steady": ("变化不大。", "about the same."),
    "monitor.drift.some": ("有些变化，请留意数据是否齐全。", "some change; see whether the data are whole."),
    "monitor.drift.much": (
        "变化明显，先查数据是否缺漏或口径有变，再使用本期清单。",
        "a marked change: look for missing data or changed definitions before the list is used.",
    ),
    "monitor.drift.model": ("两期用的模型版本不同，差异也可能来自模型。", "The two come from different versions."),
    "monitor.drift.rule": (
        "0.1以下算变化不大，0.25以上算变化明显，这是经验值，不是检验。",
        "Below 0.1 is taken for steady, above 0.25 for marked: a rule of thumb, no test.",
    ),
    "monitor.drift.none": ("只有一期清单，还不能比较。", "There is one list only."),
    "monitor.feeds": ("各类数据是否按时", "Whether each table is in time"),
    "monitor.feeds.about": (
        "“晚”是指超过最近十几次更新之间最长的间隔。",
        "Late means: silent for longer than between any two of its last reports.",
    ),
}
