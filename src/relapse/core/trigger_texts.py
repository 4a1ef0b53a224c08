"""Sentences of department triggers and of the eight groups that must be visited, in Simplified Chinese and in English.

A trigger is a lead to check: the sentence says what was reported with its figure, and what to do.
"""

from __future__ import annotations

TEXTS_TRIGGERS: dict[str, tuple[str, str]] = {
    # medical insurance, health
    "finding.T01": (
        "医保：一名成员今年看病自付累计{amount}元，超过预警标准{trigger}元，请入户核实。",
        "Medical insurance: a member's own cost of this year is {amount} yuan, above {trigger}; visit to check.",
    ),
    "finding.T02": (
        "医保：一名成员今年住院自付累计{amount}元，达到预警标准{trigger}元，请入户核实。",
        "Medical insurance: a member's hospital own cost of this year is {amount} yuan, at or over {trigger}; visit.",
    ),
    "finding.T03": (
        "医保：一名成员一个月门诊自付{amount}元，达到预警标准{trigger}元，请入户核实。",
        "Medical insurance: a member's outpatient own cost of a month is {amount} yuan, at or over {trigger}; visit.",
    ),
    "finding.T04": (
        "医保：一次住院自付{amount}元，超过预警标准{trigger}元，请入户核实。",
        "Medical insurance: one stay in hospital made an own cost of {amount} yuan, above {trigger}; visit to check.",
    ),
    "finding.T05": (
        "卫健：{month}有成员新确诊大病专项救治病种，请入户核实。",
        "Health: in {month} a member had the first claim for a disease of the list of serious ones; visit to check.",
    ),
    "finding.T06": (
        "卫健：{month}报告有成员患大病，请入户核实。",
        "Health: in {month} a serious illness of a member was reported; visit to check.",
    ),
    # education
    "finding.T07": (
        "教育：一名{age}岁义务教育适龄儿童未在校，请入户核实。",
        "Education: a child of compulsory age ({age}) is in no school; visit to check.",
    ),
    "finding.T08": (
        "教育：{month}报告有孩子疑似失学辍学，请入户核实。",
        "Education: in {month} a child was reported to have left school; visit to check.",
    ),
    "lacks.T09": (
        "学生每学年学费、住宿、书本费扣除资助后的自付金额",
        "a pupil's own cost of tuition, board and books net of aid, by school year",
    ),
    # the disabled, civil affairs
    "finding.T10": (
        "残联：有成员新办残疾证，请入户核实。",
        "Federation of the disabled: a member got a disability certificate; visit to check.",
    ),
    "finding.T11": (
        "残联：有成员新评定为一级或二级残疾，请入户核实。",
        "Federation of the disabled: a member's disability is newly of grade 1 or 2; visit to check.",
    ),
    "finding.T12": (
        "民政：有成员新纳入低保，请入户核实。",
        "Civil affairs: a member came on the roll of the living allowance; visit to check.",
    ),
    "finding.T13": (
        "民政：有成员新纳入特困供养，请入户核实。",
        "Civil affairs: a member came on the roll of support in extreme hardship; visit to check.",
    ),
    "finding.T14": (
        "民政：{month}起新享受低保或特困供养，请入户核实。",
        "Civil affairs: living allowance or support in extreme hardship began in {month}; visit to check.",
    ),
    "finding.T15": (
        "民政：{month}获得临时救助，请入户核实。",
        "Civil affairs: temporary relief was given in {month}; visit to check.",
    ),
    "finding.T16": (
        "民政：一名{age}岁成员新登记为孤儿，请入户核实。",
        "Civil affairs: a member aged {age} was newly recorded as an orphan; visit to check.",
    ),
    "lacks.T17": (
        "低保、特困、临时救助的申请及申请日期；措施从获批时起记",
        "an application for allowance, support or relief and its date; a measure begins when it is granted",
    ),
    # labour
    "finding.T18": (
        "人社：{month}报告有成员失业、返乡或停工，请入户核实。",
        "Labour: in {month} a member was reported to have lost work or come back; visit to check.",
    ),
    "finding.T19": (
        "人社：有成员{month}结束务工，之后没有新的务工记录，请入户核实。",
        "Labour: a member's work ended in {month}, and none is recorded since; visit to check.",
    ),
    "finding.T20": (
        "人社：近几个月务工{months}个月，上年同期{before}个月，请入户核实。",
        "Labour: {months} months of work of late, {before} in the same months a year ago; visit to check.",
    ),
    # housing, water, emergency, traffic police
    "finding.T21": (
        "住建：住房新鉴定为{grade}级，请入户核实。",
        "Housing: the house is newly of grade {grade}; visit to check.",
    ),
    "finding.T22": (
        "住建：{month}报告住房损毁，请入户核实。",
        "Housing: in {month} the house was reported as damaged; visit to check.",
    ),
    "finding.T23": (
        "水利：{month}起供水中断{days}天，请入户核实。",
        "Water: the supply has been broken for {days} days, from {month} on; visit to check.",
    ),
    "finding.T24": (
        "应急：{month}受灾损失{amount}元，超过预警标准{trigger}元，请入户核实。",
        "Emergency: a disaster of {month} made a loss of {amount} yuan, above {trigger}; visit to check.",
    ),
    "finding.T25": (
        "交管：{month}发生事故，有人伤亡较重或须赔偿，请入户核实。",
        "Traffic police: an accident of {month} with grave harm, or with damages to pay; visit to check.",
    ),
    # farming, hotline, pushes
    "finding.T26": (
        "农业：{month}生产经营受损{amount}元，关注标准{trigger}元，请入户核实。",
        "Agriculture: a loss of the household's business in {month}, {amount} yuan (limit {trigger}); visit to check.",
    ),
    "finding.T27": (
        "农业：主要产品价格由{before}元降到{price}元，降了{percent}%，请入户核实。",
        "Agriculture: the price of the main product fell from {before} to {price} yuan, by {percent}%; visit to check.",
    ),
    "finding.T28": (
        "农业：参与的产业项目停产或失败，请入户核实。",
        "Agriculture: a project that the household belongs to stopped or failed; visit to check.",
    ),
    "finding.T29": (
        "热线、信访：{month}有求助或反映，请入户核实。",
        "Hotline: a plea or complaint of {month}; visit to check.",
    ),
    "finding.T30": (
        "部门{month}推送线索（触发值{amount}，标准{trigger}），尚未核实，请入户核实。",
        "A department's push of {month} (value {amount}, limit {trigger}) is not verified; visit to check.",
    ),
    # eight groups that must be visited
    "finding.V01": (
        "八必访：收入偏低或明显减少，人均{income}元。",
        "Must visit: income is low or clearly lower, {income} yuan per person.",
    ),
    "finding.V02": (
        "八必访：家中{persons}人患大病或长期慢性病。",
        "Must visit: {persons} member(s) seriously or chronically ill.",
    ),
    "finding.V03": (
        "八必访：家中{persons}人为分散供养特困人员。",
        "Must visit: {persons} member(s) with support in extreme hardship who live at home.",
    ),
    "finding.V04": (
        "八必访：家中{persons}人新纳入低保。",
        "Must visit: {persons} member(s) newly on the living allowance.",
    ),
    "finding.V05": (
        "八必访：家中{persons}人新办残疾证或为重度残疾。",
        "Must visit: {persons} member(s) newly or gravely disabled.",
    ),
    "finding.V06": (
        "八必访：家中{persons}人在非义务教育阶段就读。",
        "Must visit: {persons} members learn beyond compulsory school.",
    ),
    "finding.V07": (
        "八必访：工资占收入{percent}%，近期务工{months}个月，上年同期{before}个月。",
        "Must visit: wages are {percent}% of income; {months} months of work of late, {before} a year ago.",
    ),
    "finding.V08": (
        "八必访：近期突发变故或受灾，报告{events}起。",
        "Must visit: sudden change or disaster of late, {events} report(s).",
    ),
}
