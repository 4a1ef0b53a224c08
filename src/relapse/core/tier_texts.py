"""Wording of tiers, rules of missed inclusion, what changed and what protects; in Simplified Chinese and English."""

from __future__ import annotations

TEXTS_TIERS: dict[str, tuple[str, str]] = {
    "tier.county.visit": ("本月必访", "visit this month"),
    "tier.county.next": ("次月轮访", "next month in turn"),
    "tier.county.phone": ("电话问询", "ask by phone"),
    "tier.county.random": ("随机抽查", "random check"),
    "tier.county.beyond": ("超出本月走访能力，未安排", "beyond this month's capacity, not planned"),
    "source.model": ("模型", "model"),
    "source.rule": ("部门预警", "department"),
    "source.both": ("模型+部门预警", "model and department"),
    "source.random": ("随机抽查", "random check"),
    # headers
    "clue.months_listed": ("连续上榜月数", "months_listed"),
    "clue.changed": ("较上月变化", "changed"),
    "clue.protects": ("有利因素", "protects"),
    "clue.measures": ("可考虑的帮扶", "measures"),
    "clue.last_verdict": ("上次核查结论", "last_verdict"),
    "clue.stratum": ("抽查分层", "stratum"),
    "clue.listing_probability": ("抽中概率", "listing_probability"),
    # what a visit found
    "verdict.at_risk": ("存在风险", "at risk"),
    "verdict.no_risk": ("不存在风险", "not at risk"),
    "verdict.unclear": ("暂不能确定", "not certain yet"),
    "verdict.not_met": ("未见到人", "nobody met"),
    "verdict.wrong_data": ("信息有误", "data wrong"),
    # rules of missed inclusion in a few words, as department triggers are told
    "lead.apart": (" ", ": "),
    "lead.B01": ("应纳未纳 现住危房", "missed inclusion: lives in a dangerous house"),
    "lead.B02": ("应纳未纳 安全饮用水未解决", "missed inclusion: no safe drinking water"),
    "lead.B03": ("应纳未纳 家中{persons}人未参保", "missed inclusion: {persons} without medical insurance"),
    "lead.B04": ("应纳未纳 {children}名适龄儿童未在校", "missed inclusion: {children} of compulsory age in no school"),
    "lead.B05": (
        "应纳未纳 人均{income}元，低于线{line}元",
        "missed inclusion: {income} yuan, below the line of {line}",
    ),
    "lead.B06": (
        "应纳未纳 扣除自付后人均{reference}元，低于线{line}元",
        "missed inclusion: {reference} yuan after own cost, below the line of {line}",
    ),
    "lead.B07": (
        "应纳未纳 三保障及饮水有{unmet}项未落实",
        "missed inclusion: {unmet} of the guarantees and water unmet",
    ),
    "lead.B08": (
        "应纳未纳 全家{members}人无劳动力，未享低保特困",
        "missed inclusion: none of {members} can work, no allowance",
    ),
    "lead.B10": ("应纳未纳 今年看病自付{cost}元", "missed inclusion: own medical cost of {cost} yuan this year"),
    "lead.B11": ("应纳未纳 新办一级或二级残疾证", "missed inclusion: new certificate of grade 1 or 2"),
    "lead.B12": (
        "应纳未纳 前半年务工{months}个月，近半年无人务工",
        "missed inclusion: {months} months worked in the half year before, none since",
    ),
    "lead.B14": ("应纳未纳 风险消除后又有{reasons}项风险", "missed inclusion: {reasons} reason(s) back after removal"),
    "lead.B16": ("应纳未纳 近半年有救助，未核实", "missed inclusion: relief in half a year, not verified"),
    "lead.B18": ("应纳未纳 近期有人伤亡，未核实", "missed inclusion: somebody hurt or killed of late, not verified"),
    # what random checks tell
    "fact.drawn": ("名单外漏掉多少", "What the list misses"),
    "fact.drawn.value": (
        "从没有列入的户中随机抽查{households}户，抽中概率已记录。按这样抽，有{power}把握至少抽到一户有风险的，需要：",
        "Drawn at random from households not listed: {households}, each with its probability on record. With a chance "
        "of {power} one at risk at least is drawn after:",
    ),
    "fact.drawn.noticed": (
        "名单外有{rate}的户有风险时，{months}个月。",
        "{months} month(s), if {rate} of those not listed are at risk.",
    ),
    "fact.drawn.rate": (
        "近{months}个月随机抽查中有结果的{checked}户，{found}户有风险；推算名单外有风险的占{rate}。",
        "Over {months} months {checked} checks are known, {found} found a risk; estimated share of those not listed "
        "at risk: {rate}.",
    ),
    "fact.drawn.few": (
        "已有结果的抽查{months}个月，满{wanted}个月才推算。",
        "Checks are known of {months} month(s); a share is estimated from {wanted} on.",
    ),
    # what is new against the list of the month before
    "changed.new": ("上月不在清单上", "not on last month's list"),
    "changed.tier": ("走访等级由{before}变为{now}", "from {before} to {now}"),
    "changed.lead": ("新增预警：{lead}", "new trigger: {lead}"),
    "changed.reason": ("新出现的原因：{reason}", "new reason: {reason}"),
    "changed.income_less": ("人均收入比上月清单少{amount}元", "income per person {amount} yuan less than last month"),
    "changed.income_more": ("人均收入比上月清单多{amount}元", "income per person {amount} yuan more than last month"),
    "assumed.previous": (
        "上月清单（{as_of}）与其校验值不符，按没有上月清单处理。",
        "The list of the month before ({as_of}) is not as its manifest says; this list was made as if there were none.",
    ),
    # what protects: true of the household's own numbers, and it lowered its place
    "protects.above": (
        "人均收入{income__per_person}{money}，比监测线高{income__above_line}{money}。",
        "Income per person is {income__per_person} {money}, {income__above_line} above the line.",
    ),
    "protects.rise": (
        "人均收入比一年前多{income__rise_1y}{money}。",
        "Income per person is {income__rise_1y} {money} more than a year ago.",
    ),
    "protects.never_near": (
        "过去收入最低时也有人均{income__at_lowest_ratio}{money}，高出线三成以上。",
        "At its lowest against the line, income per person was {income__at_lowest_ratio} {money}: well above it.",
    ),
    "protects.never_below": (
        "过去{history__periods_seen}{periods}都没有低于线。",
        "Never below the line in {history__periods_seen} known {periods}.",
    ),
    "protects.several_sources": (
        "收入不靠一项，最大的一项占{sources__largest_earned_share}。",
        "Income has several sources; the largest is {sources__largest_earned_share} of it.",
    ),
    "protects.work": ("近6个月一直有人务工。", "Somebody worked in each of the last 6 months."),
    "protects.jobs": ("家中有{value}份工作正在干。", "Jobs that run: {value}."),
    "protects.able": ("家中有{value}名劳动力。", "Members able to work: {value}."),
    "protects.little_cost": (
        "近12个月看病自付不到收入的2%。",
        "Own medical cost of 12 months is below 2% of income.",
    ),
    "protects.guarantees": ("三保障和饮水都有着落。", "The guarantees and water are all met."),
    "protects.measures": ("正在享受{value}项帮扶。", "Measures of help that run: {value}."),
    "protects.transfers": ("补助等转移性收入占收入的{value}。", "Transfers are {value} of income."),
}
