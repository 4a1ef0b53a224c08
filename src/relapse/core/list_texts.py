"""Wording of a county's list of leads (风险线索清单): headers, codes and cells, in Simplified Chinese and English."""

from __future__ import annotations

COMPOUND_SURNAMES = (
    "欧阳", "太史", "上官", "端木", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛", "尉迟", "公羊",
    "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容", "仲孙", "钟离", "长孙", "宇文",
    "司徒", "鲜于", "司空", "闾丘", "亓官", "司寇", "巫马", "颛孙", "壤驷", "漆雕", "乐正", "宰父", "谷梁", "拓跋",
    "轩辕", "令狐", "段干", "百里", "呼延", "东郭", "南门", "羊舌", "梁丘", "左丘", "西门", "第五", "达奚", "纳兰",
)  # fmt: skip

TEXTS_LIST: dict[str, tuple[str, str]] = {
    # headers, in order; in English they are those that programs know
    "clue.number": ("序号", "number"),
    "clue.clue_id": ("线索编号", "clue_id"),
    "clue.township": ("乡镇", "township"),
    "clue.village": ("行政村", "village"),
    "clue.village_group": ("自然村(组)", "village_group"),
    "clue.household_id": ("户编号", "household_id"),
    "clue.head_name": ("户主姓名", "head_name"),
    "clue.id_last_four": ("证件号码后四位", "id_last_four"),
    "clue.size": ("家庭人口", "size"),
    "clue.type": ("户类型", "type"),
    "clue.tier": ("走访等级", "tier"),
    "clue.source": ("线索来源", "source"),
    "clue.category": ("预测类别", "category"),
    "clue.horizon": ("预测期", "horizon"),
    "clue.rank": ("县内位次", "rank"),
    "clue.tier_rate": ("同档预计", "tier_rate"),
    "clue.income": ("近{window}个月人均纯收入(元)", "income_{window}m"),
    "clue.line": ("本年监测线(元)", "line"),
    "clue.above_line": ("高于/低于监测线(元)", "above_line"),
    "clue.change_1y": ("较上年同期(元)", "change_1y"),
    "clue.own_cost": ("近{window}个月合规自付(元)", "own_cost_{window}m"),
    "clue.after_own_cost": ("扣除自付后人均(元)", "after_own_cost"),
    "clue.work_months": ("务工月数(近6个月/上年同期)", "work_months"),
    "clue.guarantees": ("三保障及饮水", "guarantees"),
    "clue.reasons": ("主要原因", "reasons"),
    "clue.triggers": ("部门预警", "triggers"),
    "clue.checks": ("建议核实要点", "checks"),
    "clue.credibility": ("数据可信度", "credibility"),
    "clue.due": ("反馈时限", "due"),
    "clue.visit_date": ("核查日期", "visit_date"),
    "clue.visit_way": ("核查方式", "visit_way"),
    "clue.verdict": ("核查结论", "verdict"),
    "clue.cause_found": ("实际原因", "cause_found"),
    "clue.action": ("处置意见", "action"),
    "clue.not_included": ("未纳入原因", "not_included"),
    "clue.income_found": ("核实后人均纯收入(元)", "income_found"),
    "clue.referred_to": ("转办部门", "referred_to"),
    "clue.visitor": ("核查人", "visitor"),
    "clue.remark": ("备注", "remark"),
    # cells
    "type.exited": ("脱贫户", "exited"),
    "type.ordinary": ("一般农户", "ordinary"),
    "type.not_exited": ("未脱贫户", "not exited"),
    "category.may_be": ("可能为：{what}", "may be: {what}"),
    "category.or": ("或", " or "),
    "cell.horizon": ("未来{horizon}", "next {horizon}"),
    "cell.rank": ("{rank}/{households}", "{rank}/{households}"),
    "cell.tier_rate": ("每100户约{count}户", "about {count} in 100"),
    "cell.tier_rate_few": ("每100户不到1户", "fewer than 1 in 100"),
    "cell.work_months": ("{now}个月/{before}个月", "{now} months/{before} months"),
    "cell.and": ("、", ", "),
    "unmet.none": ("无问题", "no problem"),
    "unmet.unknown": ("未知", "not known"),
    "unmet.housing": ("住房", "housing"),
    "unmet.medical": ("医疗", "medical"),
    "unmet.schooling": ("教育", "schooling"),
    "unmet.water": ("饮水", "water"),
    # what may be written after the visit
    "cause.illness": ("因病", "illness"),
    "cause.disability": ("因残", "disability"),
    "cause.schooling": ("因学", "schooling"),
    "cause.disaster": ("因自然灾害", "disaster"),
    "cause.accident": ("因意外事故", "accident"),
    "cause.industry": ("因产业项目失败", "project failed"),
    "cause.job": ("因务工就业不稳", "unsteady work"),
    "cause.no_labour": ("缺劳动力", "no labour"),
    "cause.housing": ("因住房", "housing"),
    "cause.water": ("因饮水", "water"),
    "cause.other": ("其他", "other"),
    "cause.none": ("无", "none"),
    "not_included.steady": ("收入稳定高于监测线", "income steadily above the line"),
    "not_included.bears_cost": ("支出可自行承担", "can bear the cost"),
    "not_included.assets": ("信息比对不符(房车企业公职等)", "assets found (house, car, firm, post)"),
    "not_included.children": ("子女赡养有力", "supported by children"),
    "not_included.covered": ("已有保障足以兜底", "covered by benefits already"),
    "not_included.gone": ("已死亡或整户外迁", "dead or moved away"),
    "not_included.wrong_data": ("数据错误", "data are wrong"),
    "not_included.other": ("其他", "other"),
    "referred.medical_insurance": ("医保", "medical insurance"),
    "referred.civil_affairs": ("民政", "civil affairs"),
    "referred.education": ("教育", "education"),
    "referred.labour": ("人社", "labour"),
    "referred.housing": ("住建", "housing"),
    "referred.water": ("水利", "water"),
    "referred.disabled_federation": ("残联", "federation of the disabled"),
    "referred.agriculture": ("农业农村", "agriculture"),
    "referred.emergency": ("应急", "emergency"),
    "referred.other": ("其他", "other"),
    "hint.cause_list": (
        "从下拉表中选一项；有两三个原因的，用“、”隔开写在一格里",
        "Choose one from the list; where there are two or three, write them in one cell with commas",
    ),
    "hint.income_found": (
        "填数字，单位元；没有核算的留空",
        "A number in yuan; empty where nothing was worked out",
    ),
    "hint.not_included": (
        "处置意见不是“启动识别程序”的，必须选一项",
        "Must be chosen unless the action is to start recognition",
    ),
    # department triggers in a few words
    "lead.T01": ("医保 今年自付{amount}元", "medical insurance: own cost of {amount} yuan this year"),
    "lead.T02": ("医保 今年住院自付{amount}元", "medical insurance: hospital own cost of {amount} yuan this year"),
    "lead.T03": ("医保 一个月门诊自付{amount}元", "medical insurance: outpatient own cost of {amount} yuan in a month"),
    "lead.T04": ("医保 一次住院自付{amount}元", "medical insurance: own cost of {amount} yuan in one stay"),
    "lead.T05": ("卫健 {month}大病专项救治", "health: serious illness on the list, {month}"),
    "lead.T06": ("卫健 {month}报告大病", "health: serious illness reported, {month}"),
    "lead.T07": ("教育 适龄儿童未在校", "education: a child of compulsory age in no school"),
    "lead.T08": ("教育 {month}报告疑似失学辍学", "education: a child said to have left school, {month}"),
    "lead.T10": ("残联 新办残疾证", "federation of the disabled: new certificate"),
    "lead.T11": ("残联 新评定为一级或二级残疾", "federation of the disabled: newly of grade 1 or 2"),
    "lead.T12": ("民政 新纳入低保", "civil affairs: newly on the allowance"),
    "lead.T13": ("民政 新纳入特困供养", "civil affairs: newly on extreme support"),
    "lead.T14": ("民政 {month}新享受低保或特困供养", "civil affairs: allowance or support began, {month}"),
    "lead.T15": ("民政 {month}获得临时救助", "civil affairs: temporary relief, {month}"),
    "lead.T16": ("民政 新登记孤儿", "civil affairs: newly recorded orphan"),
    "lead.T18": ("人社 {month}报告失业、返乡或停工", "labour: work lost or come home, {month}"),
    "lead.T19": ("人社 {month}结束务工", "labour: work ended, {month}"),
    "lead.T20": (
        "人社 近期务工{months}个月，上年同期{before}个月",
        "labour: {months} months worked, {before} a year ago",
    ),
    "lead.T20.none": ("人社 近期没有务工，上年同期{before}个月", "labour: no month worked, {before} a year ago"),
    "lead.T21": ("住建 住房新鉴定为{grade}级", "housing: house newly of grade {grade}"),
    "lead.T22": ("住建 {month}报告住房损毁", "housing: damage to the house, {month}"),
    "lead.T23": ("水利 {month}起供水中断{days}天", "water: supply broken for {days} days from {month}"),
    "lead.T24": ("应急 {month}受灾损失{amount}元", "emergency: disaster loss of {amount} yuan, {month}"),
    "lead.T25": ("交管 {month}事故伤亡或赔偿", "traffic police: grave accident or damages, {month}"),
    "lead.T26": ("农业农村 {month}生产经营受损", "agriculture: loss of the household's business, {month}"),
    "lead.T27": ("农业农村 主要产品降价{percent}%", "agriculture: main product's price down by {percent}%"),
    "lead.T28": ("农业农村 产业项目停产或失败", "agriculture: project stopped or failed"),
    "lead.T29": ("热线信访 {month}求助或反映", "hotline: plea or complaint, {month}"),
    "lead.also": ("（{departments}也有预警）", " (also {departments})"),
    "lead.T30": ("部门 {month}推送线索未核实", "a department's push not verified, {month}"),
    # about the list
    "list.folded": (
        "列标不连续处有折叠的列：选中两侧整列，右键“取消隐藏”即可查看。",
        "Some columns are folded: select the columns on both sides and choose Unhide.",
    ),
    "head.head_name": ("户主", "Head"),
    "head.gap.county": ("离监测线", "Above or below the line"),
    "head.checks": ("建议核实要点", "What to look at"),
    "head.triggers": ("部门预警：", "Departments: "),
    "head.due": ("反馈时限", "Reply by"),
    "fact.fill.1.county": (
        "1. 按清单顺序走访：先“本月必访”和“随机抽查”，“电话问询”打电话，“次月轮访”下月再去；“未安排”的不要求走访。",
        "1. Go by the order of the list: 'visit this month' and 'random check' first, 'ask by phone' by phone, 'next "
        "month in turn' next month; nobody has to visit what is not planned.",
    ),
    "fact.fill.3.county": (
        "3. 核查方式、核查结论、实际原因、处置意见、未纳入原因、转办部门从下拉表中选；核查日期写年-月-日。",
        "3. Choose visit_way, verdict, cause_found, action, not_included and referred_to from their lists; write "
        "visit_date as year-month-day.",
    ),
    "fact.columns": ("怎样看各列", "How to read the columns"),
    "fact.columns.value": (
        "线索编号由月份、村代号和户在村内的顺序组成，同月同户不变，交回时以它和户编号核对；村代号由乡镇名和村名推算，不是行政区划代码。\n"
        "同档预计是过去的数据回头检验时同一档的命中率，不是这一户的可能性；次月轮访没有检验结果，留空。\n"
        "务工月数是全家各人月数之和。空白处是数据里没有，不是没有问题。\n"
        "反馈时限从数据截至月的月末算起{days}天；有部门预警的{working}个工作日（只除去周末，不计节假日）。\n"
        "连续上榜月数含本月，随机抽查不计。\n"
        "走访等级按各乡镇当月能走访的户数安排，不按可能性划线；随机抽查的户不表示风险高，名单外漏掉多少要靠它来估计。",
        "A clue_id is made of the month, a code of the village and the household's place in it; it stays the same "
        "within a month, and a handed-back row is known by it and the household_id. The village's code is worked out "
        "from the names of township and village; it is no official code.\n"
        "tier_rate is the hit rate of the tier when tried out on past data, never the household's own chance; the "
        "second tier was not tried out and is left empty.\n"
        "work_months are those of all members together. An empty cell says that the data tell nothing.\n"
        "due: {days} days from the end of the data's month; {working} working days where a department gave a trigger "
        "(weekends are left out, holidays are not).\n"
        "months_listed counts this month too, and no random checks.\n"
        "Tiers follow from how many households each township can visit in the month, not from a chance; a household "
        "drawn at random is not thereby at risk: from these is estimated what the list misses.",
    ),
    "fact.private": ("个人信息", "Personal data"),
    "fact.private.value": (
        "本文件含户主姓名和证件号码后四位，只限县级工作使用，不得外传、张贴或上传网络；用后按规定保存和销毁。",
        "This file holds names and the last four digits of ID numbers. It is for the county office alone: do not pass "
        "it on, post it or put it online; keep and destroy it as the rules say.",
    ),
    "fact.private.township": (
        "本文件含户主姓名和证件号码后四位，只限县里和本乡镇工作使用，不得外传、张贴或上传网络；用后按规定保存和销毁。",
        "This file holds names and the last four digits of ID numbers. It is for the county office and this township: "
        "do not pass it on, post it or put it online; keep and destroy it as the rules say.",
    ),
}
