"""The one catalogue of wording: whatever people read, in Simplified Chinese and in English.

`text` gives a sentence by its key; numbers are written by `amount`, `percent` and `periods` first, so that a sentence
holds texts alone. Sentences of a list speak of the household and never of how the order was worked out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from string import Formatter

from relapse.core.audit_texts_a_e import TEXTS_A_E
from relapse.core.audit_texts_f_n import TEXTS_F_N
from relapse.core.backtest_texts import TEXTS_BACKTEST
from relapse.core.county_texts import TEXTS_COUNTY
from relapse.core.errors import nearest
from relapse.core.event_reason_texts import TEXTS_EVENT_REASONS
from relapse.core.feature_texts import TEXTS_FEATURES, feature_named
from relapse.core.feedback_texts import TEXTS_FEEDBACK
from relapse.core.gate_texts import TEXTS_GATES
from relapse.core.impact_texts import TEXTS_IMPACT
from relapse.core.init_texts import TEXTS_INIT
from relapse.core.list_texts import TEXTS_LIST
from relapse.core.month_texts import TEXTS_MONTH
from relapse.core.name_texts import TEXTS_NAMES
from relapse.core.office_texts import TEXTS_OFFICE
from relapse.core.page_texts import TEXTS_PAGE
from relapse.core.promote_texts import TEXTS_PROMOTE
from relapse.core.reason_texts import TEXTS_REASONS
from relapse.core.results import Finding, Language, Verdict
from relapse.core.review_texts import TEXTS_REVIEW
from relapse.core.start_texts import TEXTS_START
from relapse.core.tier_texts import TEXTS_TIERS
from relapse.core.trigger_texts import TEXTS_TRIGGERS
from relapse.core.watch_texts import TEXTS_WATCH
from relapse.core.worded import Worded

DASH = "–"
MINUS = "-"
SURNAMES = (  # the commonest ones: a short text that begins with one may be a name, and is masked in findings
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹"
    "熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文欧阮莫覃韦岑侬蓝申向石冉杞普沙阿马拉"
)

TEXTS: dict[str, tuple[str, str]] = {
    # marks and notices
    "mark.unreviewed": ("试运行", "Trial run, not reviewed"),
    "mark.simulated": ("模拟数据", "Simulated data"),
    "notice.short": ("线索，不作认定依据。", "Leads to check; no finding."),
    "notice.long": (
        "本清单根据历史数据推算，只用来安排走访先后，不作为认定或不认定监测对象、给予或取消任何待遇的依据。"
        "是否纳入，以入户核实、信息比对、民主评议、公示和县级审定为准。未列入清单，不代表没有风险。",
        "This list is worked out from past data. It serves only to decide whom to visit first; it is no ground for "
        "recognising or not recognising anybody, or for giving or taking any benefit. A household that is not on the "
        "list may be at risk as well.",
    ),
    "notice.long.removal": (
        "本清单根据历史数据推算，只用来安排核实先后，不作为消除或不消除风险、给予或取消任何待遇的依据。"
        "风险是否消除，以入户核实、民主评议、公示和县级审定为准。列入清单，不代表没有风险。",
        "This list is worked out from past data. It serves only to decide whom to check first; it is no ground for "
        "removing or not removing anybody's risk, or for giving or taking any benefit. A household that is on the list "
        "may be at risk all the same.",
    ),
    "notice.rights": (
        "您有权了解列入走访的主要原因，并可要求由工作人员重新核实。",
        "You have the right to know the main reasons for the visit, and to ask for a check by a member of staff.",
    ),
    "notice.object": (
        "如果您认为上面的收入或情况与实际不符，或者不同意列入走访，可以口头或书面告诉村（社区）或乡镇工作人员，"
        "由工作人员重新核实并答复。任何认定或待遇都不会只凭这份推算作出。",
        "If the income or anything else above is wrong, or if you object to being listed, tell the village or township "
        "office in words or in writing; a member of staff checks it again and answers. No recognition and no benefit "
        "is ever decided by this calculation alone.",
    ),
    # small words
    "word.gap": ("　", " · "),
    "word.between": ("", " "),
    "word.page": ("第 {page} 页，共 {pages} 页", "page {page} of {pages}"),
    "font.body": ("宋体", "Calibri"),
    "font.head": ("黑体", "Calibri"),
    "interval": ("{value}（90%区间 {low}～{high}）", "{value} (90% interval {low} to {high})"),
    "interval.short": ("{low}～{high}", "{low} to {high}"),
    # money, periods
    "money.yuan": ("元", "yuan"),
    "money.dollars": ("美元", "dollars"),
    "money.pesos": ("比索", "pesos"),
    "money.pounds": ("英镑", "pounds"),
    "money.euros": ("欧元", "euros"),
    "money.rupees": ("卢比", "rupees"),
    "money.baht": ("泰铢", "baht"),
    "money.marks": ("马克", "marks"),
    "money.units": ("（原单位）", "units"),
    "period.monthly": ("个月", "months"),
    "period.quarterly": ("个季度", "quarters"),
    "period.annual": ("年", "years"),
    "period.wave": ("年", "years"),
    "period_any.": ("期", "period(s)"),
    "period_any.monthly": ("个月", "month(s)"),
    "period_any.quarterly": ("个季度", "quarter(s)"),
    "period_any.annual": ("年", "year(s)"),
    "period_any.wave": ("年", "year(s)"),
    "period_one.monthly": ("个月", "month"),
    "period_one.quarterly": ("个季度", "quarter"),
    "period_one.annual": ("年", "year"),
    "period_one.wave": ("年", "year"),
    # names
    "model.distance_to_line": ("距线差距", "distance to the line"),
    "model.distance_to_line_recent": ("近期最低距线差距", "lowest recent distance to the line"),
    "model.distance_to_line_growth": ("距线差距（按当地增速推算）", "distance to the line, moved by local growth"),
    "model.distance_to_line_reference": ("监测参考收入距线差距", "distance of the reference income to the line"),
    "model.distance_to_line_either": (
        "净收入与参考收入中较小的距线差距",
        "distance to the line of net or reference income, whichever is nearer",
    ),
    "model.triggers": ("部门预警和八必访", "departments' triggers and groups to visit"),
    "model.zhang_wan": ("往年加权收入（张和万）", "weighted past income (Zhang and Wan)"),
    "model.vep": ("预期贫困脆弱性（三步法）", "vulnerability as expected poverty (three-step FGLS)"),
    "model.markov": ("收入分档转移（马尔可夫链）", "bands of income (Markov chain)"),
    "model_lacks.distance_to_line_reference": (
        "数据没有理赔收入和合规自付支出，或设定了不读健康信息",
        "the data tell neither payouts nor own medical cost, or health may not be read",
    ),
    "model_lacks.distance_to_line_either": (
        "数据没有理赔收入和合规自付支出，或设定了不读健康信息",
        "the data tell neither payouts nor own medical cost, or health may not be read",
    ),
    "model_lacks.triggers": (
        "没有可供部门预警规则核对的县级业务表，或设定了不读某类敏感信息，或没有选用特征块triggers",
        "no county's tables that a department's trigger could be asked of, or some sensitive data may not be read, "
        "or the feature block triggers is not used",
    ),
    "model_lacks.vep": (
        "数据除收入外没有说明家庭情况的数字",
        "the data have no numbers of the households besides their income",
    ),
    "model.last_list": ("沿用上期清单", "last period's list"),
    "model.logit": ("逻辑回归", "logistic regression"),
    "model.logit_duration": ("含持续时间的离散风险模型", "hazard regression with spell duration"),
    "model.proxy_means": ("代理指标收入测算（分位数回归）", "proxy means test by quantile regression"),
    "model.scorecard": ("评分卡", "ten-item scorecard"),
    "model.structural": ("收入变动结构模型", "model of how incomes move"),
    "model.lgbm_structural": ("收入变动模型上的梯度提升树", "boosted trees on the model of how incomes move"),
    "model.lgbm_hazard": ("梯度提升树", "boosted trees (LightGBM)"),
    "outcome.below_line": ("收入低于线", "income below the line"),
    "outcome.unstable": ("脱贫不稳定", "unstable after exit"),
    "outcome.edge": ("边缘易致贫", "on the edge of poverty"),
    "outcome.sudden": ("突发严重困难", "sudden grave hardship"),
    "outcome.removal": ("风险消除", "removal of risk"),
    "outcome.return": ("风险消除后再次被识别", "recognition anew"),
    "outcome.any": ("任一类监测对象", "any official recognition"),
    # what is forecast: as a thing (several, one), and as what came
    "event.below_line": ("跌到线下", "falls below the line"),
    "event.any": ("被识别为监测对象", "official recognitions"),
    "event.unstable": ("被识别为脱贫不稳定户", "recognitions as unstable after exit"),
    "event.edge": ("被识别为边缘易致贫户", "recognitions as on the edge of poverty"),
    "event.sudden": ("被识别为突发严重困难户", "recognitions for sudden grave hardship"),
    "event.removal": ("风险消除", "removals of risk"),
    "event.return": ("风险消除后再次被识别", "recognitions anew after a removal of risk"),
    "event_one.below_line": ("跌到线下", "a fall below the line"),
    "event_one.any": ("被识别为监测对象", "an official recognition"),
    "event_one.unstable": ("被识别为脱贫不稳定户", "a recognition as unstable after exit"),
    "event_one.edge": ("被识别为边缘易致贫户", "a recognition as on the edge of poverty"),
    "event_one.sudden": ("被识别为突发严重困难户", "a recognition for sudden grave hardship"),
    "event_one.removal": ("风险消除", "a removal of risk"),
    "event_one.return": ("风险消除后再次被识别", "a recognition anew after a removal of risk"),
    "event_came.below_line": ("跌到线下", "did fall"),
    "event_came.any": ("被识别为监测对象", "were officially recognised"),
    "event_came.unstable": ("被识别为脱贫不稳定户", "were recognised as unstable"),
    "event_came.edge": ("被识别为边缘易致贫户", "were recognised as on the edge"),
    "event_came.sudden": ("被识别为突发严重困难户", "were recognised for sudden hardship"),
    "event_came.removal": ("风险消除", "had their risk removed"),
    "event_came.return": ("再次被识别", "were recognised anew"),
    "label.removal": (
        "预测期内风险消除（一旦发生即计入）",
        "removal of risk at any time up to the horizon, under policy as it is",
    ),
    "label.return": (
        "风险消除后再次被识别（只计预测期全在消除后规定月数以内的户）",
        "recognition anew after a removal of risk, of households whose whole horizon lies in the months that are asked",
    ),
    "order": ("距线差距", "their distance to the line"),
    "order.removal": ("高出线的多少", "how far they are above the line"),
    "label.recognition": (
        "预测期内首次被识别（一旦发生即计入）",
        "first official recognition at any time up to the horizon",
    ),
    "label.first_entry": (
        "预测期内首次低于线（一旦发生即计入）",
        "first fall below the line at any time up to the horizon",
    ),
    "label.at_horizon": (
        "到预测期那一期是否低于线（中间不计）",
        "below the line in the period at the horizon itself",
    ),
    "tier.visit": ("本期必访", "visit now"),
    "tier.next": ("下期轮访", "next in turn"),
    "group.triggers": ("部门预警和必访", "departments' triggers and groups to visit"),
    "group.distance": ("收入距线的远近", "how far income is from the line"),
    "group.trend": ("收入的升降", "whether income rises or falls"),
    "group.volatility": ("收入起伏的大小", "how much income swings"),
    "group.history": ("过去是否低于线", "whether it was below the line before"),
    "group.sources": ("收入靠什么来源", "where income comes from"),
    "group.window": ("将移出计算的旧收入", "past income that is about to drop out of the count"),
    "group.covariates": ("家庭和生产情况", "the household's other circumstances"),
    "group.place": ("所在村和乡镇的情况", "the village and township around it"),
    "group.season": ("季节", "the season"),
    "group.data": ("记录是否齐全", "how complete the records are"),
    # reasons
    "reason.close": (
        "人均收入{income__per_person}{money}，只比监测线高{income__above_line}{money}。",
        "Income per person is {income__per_person} {money}, only {income__above_line} above the line.",
    ),
    "reason.close.none": (
        "人均收入{income__per_person}{money}，正好在线上。",
        "Income per person is {income__per_person} {money}, just on the line.",
    ),
    "reason.drop": (
        "人均收入比一年前少{income__fall_1y}{money}，降了{income__fall_share_1y}。",
        "Income per person is {income__fall_1y} {money} lower than a year ago, a fall of {income__fall_share_1y}.",
    ),
    "reason.drop_step": (
        "人均收入比上次少{income__fall_step}{money}，降了{income__fall_share_step}。",
        "Income per person is {income__fall_step} {money} lower than last time, a fall of {income__fall_share_step}.",
    ),
    "reason.volatile": (
        "过去收入起伏大，最低时只有{income__lowest}{money}。",
        "Income swings widely; at its lowest it was {income__lowest} {money} per person.",
    ),
    "reason.lowest_near": (
        "过去距线最近时人均收入{income__at_lowest_ratio}{money}，接近或低于线。",
        "At its lowest against the line, income per person was {income__at_lowest_ratio} {money}: near or below it.",
    ),
    "reason.was_below": (
        "过去{history__periods_seen}{periods}中有{history__periods_below}{periods}低于线。",
        "Below the line in {history__periods_below} of {history__periods_seen} known {periods}.",
    ),
    "reason.recently_below": (
        "{history__since_below}{periods}前还低于线。",
        "Last below the line {history__since_below} {periods} ago.",
    ),
    "reason.source_lost": (
        "{label}一项比一年前少了，相当于线的{value}。",
        "{label}: lower than a year ago by {value} of the line.",
    ),
    "reason.one_source": ("收入几乎只靠一项（占{value}）。", "Nearly all income comes from one source ({value})."),
    "reason.leaves_window": (
        "近一年的收入里，有相当于线{value}的部分很快不再计入。",
        "Past income worth {value} of the line is about to drop out of the count.",
    ),
    "reason.still_needed": (
        "要保持在线上，接下来还需收入线的{value}。",
        "To stay above the line, {value} of the line must still come in.",
    ),
    "reason.covariate": ("{label}：{value}。", "{label}: {value}."),
    "reason.covariate_changed": ("{label}由{earlier}变为{value}。", "{label} went from {earlier} to {value}."),
    "reason.place": (
        "所在村（片区）近来低于线的户较多（{value}）。",
        "Many households around it are below the line ({value}).",
    ),
    "reason.thin": (
        "近期收入只有{value}有记录，名次仅供参考。",
        "Only {value} of recent income is on record; the rank is rough.",
    ),
    "reason.thin.none": ("近期收入没有记录，名次仅供参考。", "No recent income is on record; the rank is rough."),
    # what stands beside a version in the registry
    "record.first_line": (
        "“{panel}”截至{as_of}的版本：{model}，以{households}户在{first}至{last}期间的{events}例“{event}”训练。",
        "Version of '{panel}' as of {as_of}: {model}, fitted on {events} {event} of {households} "
        "households, {first} to {last}.",
    ),
    "record.figures": ("回测数字（括号里是90%区间）", "Figures of the backtest (in brackets 90% intervals)"),
    "record.gates": ("关卡", "Gates"),
    "gate.data_quality": ("数据质量", "data quality"),
    "gate.alarms": ("泄漏警报", "leakage alarm"),
    "gate.beats_rule": ("不落后于距线差距", "not behind the distance rule"),
    "gate.not_behind_champion": ("不落后于现用版本", "not behind the champion"),
    "gate.calibration": ("可能性可信", "chances can be trusted"),
    "record.gate": ("关卡", "gate"),
    "record.holds": ("通过", "holds"),
    "record.figure": ("实测", "figure"),
    "record.threshold": ("标准", "threshold"),
    "record.lineage": (
        "版本摘要 {digest}；数据摘要 {data_digest}；relapse {relapse}。完整配置见运行的 config/resolved.yaml。",
        "Version digest {digest}; data digest {data_digest}; relapse {relapse}. The whole config is "
        "config/resolved.yaml of the run.",
    ),
    # what the version is
    "verdict.ahead": (
        "预测{horizon}：{model}好于{rule}，{metric}相差 {difference}（90%区间 {low}～{high}，全部大于零）。",
        "{horizon} ahead: {model} is better than {rule}; {metric} differs by {difference} "
        "(90% interval {low} to {high}, all above zero).",
    ),
    "verdict.not_apart": (
        "预测{horizon}：{model}与{rule}分不出高下，{metric}相差 {difference}（90%区间 {low}～{high}，含零）。",
        "{horizon} ahead: {model} and {rule} cannot be told apart; {metric} differs by {difference} "
        "(90% interval {low} to {high}, with zero inside).",
    ),
    "verdict.same": (
        "{model}与{rule}在每个预测期的{metric}都一样。",
        "{model} and {rule}: the same {metric} at every horizon.",
    ),
    "verdict.behind": (
        "预测{horizon}：{model}不如{rule}，{metric}相差 {difference}（90%区间 {low}～{high}，全部小于零）。",
        "{horizon} ahead: {model} is worse than {rule}; {metric} differs by {difference} "
        "(90% interval {low} to {high}, all below zero).",
    ),
    "fallback.too_few_events": (
        "可供学习的“{event}”只有{events}例，至少要{needed}例，因此按{order}排序。",
        "Only {events} {event} to learn from, {needed} are needed: households are ordered by {order}.",
    ),
    "fallback.too_few_to_check": (
        "可用来检验的“{event}”只有{events}例，至少要{needed}例，因此按{order}排序。",
        "Only {events} {event} to check against, {needed} are needed: households are ordered by {order}.",
    ),
    "fallback.at": ("时点 {origins}：{sentence}", "At {origins}: {sentence}"),
    "fallback.no_evidence": (
        "没有证据表明比按{order}排序更准，因此按{order}排序。",
        "Nothing shows that it is better than the plain rule: households are ordered by {order}.",
    ),
    "fallback.shrunk": (
        "证据有限，推算结果只按{weight}计入，其余仍按{order}。",
        "The evidence is thin: what was learned counts for {weight}; for the rest they are ordered by {order}.",
    ),
    "held.places": (
        "训练截止以后的事例太少，因此模型与规则是在没有参与学习的村（没有村名的按户）里比较的，不是在以后的时点比较："
        "这能说明换了村是否管用；以后年份是否管用，还没有这样检验过。",
        "Too few events came later: model and rule were held against each other in villages (households where none are "
        "known) that neither had learned, not at later origins. This tells how it does elsewhere; how it does in "
        "years to come has not been tested so.",
    ),
    # the list
    "list.title": ("风险线索清单", "Households to look at first"),
    "list.title.removal": ("可望风险消除户清单", "Monitored households whose risk may soon be removed"),
    "list.title.return": ("风险消除后重新走访清单", "Households to look at again after their risk was removed"),
    "list.subtitle": (
        "{panel}　数据截至 {as_of}　预测未来{horizon}　共 {listed} 户　金额单位：{money}",
        "{panel} · data as of {as_of} · next {horizon} · {listed} households · money in {money}",
    ),
    "list.by_office": ("推算，请勿改动", "Worked out; do not change"),
    "list.by_visitor": ("走访后填写", "To be filled in after the visit"),
    "list.empty": ("本期没有列入清单的户。", "No household is on the list this time."),
    "list.facts": ("这份清单从何而来", "Where this list comes from"),
    "column.rank": ("位次", "rank"),
    "column.household_id": ("户编号", "household_id"),
    "column.township": ("乡镇", "township"),
    "column.village": ("行政村", "village"),
    "column.tier": ("走访等级", "tier"),
    "column.income": ("人均收入", "income"),
    "column.line": ("线", "line"),
    "column.above_line": ("高于/低于线", "above_line"),
    "column.reasons": ("主要原因", "reasons"),
    "column.credibility": ("数据可信度", "credibility"),
    "column.chance": ("{horizon}内可能性", "chance_{count}"),
    "column.visit_date": ("核查日期", "visit_date"),
    "column.visit_way": ("核查方式", "visit_way"),
    "column.verdict": ("核查结论", "verdict"),
    "column.cause_found": ("实际原因", "cause_found"),
    "column.action": ("处置意见", "action"),
    "column.visitor": ("核查人", "visitor"),
    "column.remark": ("备注", "remark"),
    "head.place": ("乡镇、村", "Place"),
    "head.rank": ("位次", "Rank"),
    "head.household": ("户编号", "Household"),
    "head.tier": ("走访等级", "Tier"),
    "head.income": ("人均收入", "Income per person"),
    "head.gap": ("高于（＋）低于（－）线", "Above (+) or below (-) the line"),
    "head.reasons": ("主要原因", "Main reasons"),
    "head.credibility": ("数据可信度", "How far the data can be trusted"),
    "credibility.high": ("高", "high"),
    "credibility.medium": ("中", "medium"),
    "credibility.low": ("低", "low"),
    "head.chances": ("{event_one}的可能性", "Chance of {event_one}"),
    "head.within": ("{horizon}内", "within {horizon}"),
    "head.chance": ("未来{horizon}内{event_one}的可能性", "Chance of {event_one} within {horizon}"),
    "head.within.at_horizon": ("{horizon}后", "after {horizon}"),
    "head.chance.at_horizon": ("{horizon}后低于线的可能性", "Chance of being below the line after {horizon}"),
    "column.chance.at_horizon": ("{horizon}后可能性", "chance_{count}"),
    "way.visit": ("入户", "visit at home"),
    "way.phone": ("电话", "phone"),
    "way.video": ("视频", "video"),
    "way.village": ("村内了解", "asked in the village"),
    "found.risk": ("存在风险", "at risk"),
    "found.no_risk": ("不存在风险", "not at risk"),
    "found.unclear": ("暂不能确定", "cannot tell yet"),
    "found.not_met": ("未见到人", "nobody met"),
    "found.wrong": ("信息有误", "information is wrong"),
    "action.identify": ("启动识别程序", "start recognition"),
    "action.help_first": ("先帮扶再观察", "help first, then watch"),
    "action.refer": ("转部门解决", "refer to a department"),
    "action.watch": ("继续关注", "keep watching"),
    "action.nothing": ("不需处理", "nothing needed"),
    "action.monitored": ("已是监测对象", "already monitored"),
    "sheet.cover": ("说明", "About"),
    "sheet.list": ("风险线索清单", "Leads"),
    "sheet.list.removal": ("可望消除清单", "May be removed"),
    "sheet.list.return": ("重新走访清单", "Look again"),
    "sheet.codes": ("代码表", "Codes"),
    "hint.date": ("写年-月-日，如 2026-03-16", "Write year-month-day, such as 2026-03-16"),
    "hint.date_wrong": ("这里应填日期，如 2026-03-16。", "A date is expected here, such as 2026-03-16."),
    "hint.choose": ("从下拉表中选一项", "Choose one from the list"),
    "hint.choose_wrong": ("请从下拉表中选一项。", "Please choose one from the list."),
    "hint.remark": ("不超过100字；不写病名、身份证号", "At most 100 characters; no disease, no ID number"),
    "hint.cause": ("最多写三个，没有写“无”", "At most three; write none where there is none"),
    # what stands above a list
    "fact.what": ("这是什么", "What this is"),
    "fact.what.value": (
        "按未来{horizon}内{event}的风险从高到低排的户，供安排走访先后使用。",
        "Households in the order of their risk within the next {horizon} ({event}), so that the most urgent are "
        "visited first.",
    ),
    "fact.what.value.removal": (
        "按未来{horizon}内{event}的可能性从高到低排的监测对象，供安排核实先后使用；现行帮扶和走访照常，不表示可以停止帮扶。",
        "Monitored households in the order of their chance of {event} within the next {horizon}, with help and visits "
        "going on as they are; it says whom to check first, and nobody's help may stop for it.",
    ),
    "fact.what.value.return": (
        "按未来{horizon}内{event}的风险从高到低排的户，供安排走访先后使用；现行政策照常。",
        "Households whose risk was removed, in the order of their risk within the next {horizon} ({event}), with "
        "policy as it is, so that the most urgent are visited first.",
    ),
    "fact.panel": ("范围", "Panel"),
    "fact.as_of": ("数据截至", "Data as of"),
    "fact.horizon": ("预测期", "Horizon"),
    "fact.horizon.value": ("未来{horizon}", "next {horizon}"),
    "fact.at_risk": ("参加排序户数", "Households ranked"),
    "fact.listed": ("清单户数", "Households on the list"),
    "fact.hit_rate": ("本清单命中率", "Hit rate of this list"),
    "fact.hit_rate.value": (
        "{rate}。用过去的数据回头检验，排在同样长的清单上的户中，后来{horizon}内真的{event_came}的比例。",
        "{rate}. Share of listed households that {event_came} within {horizon}, tried out on past data with lists of "
        "the same length.",
    ),
    "fact.expected": ("预计户数", "Expected"),
    "fact.expected.value": (
        "优先走访的{visits}户中，预计未来{horizon}内有{low}至{high}户{event}（现行帮扶照常；十次约有九次落在此范围内）。",
        "{low} to {high} {event} within {horizon} among the {visits} households to visit first, under present practice "
        "(nine times of ten).",
    ),
    "fact.rule_hit_rate": ("只看距线差距的命中率", "Hit rate of the distance rule"),
    "fact.base_rate": ("所有户的平均", "All households ranked"),
    "fact.best_hit_rate": ("最高可能达到", "Best attainable"),
    "fact.no_backtest": (
        "没有检验结果，或所涉户数太少（不足20户），不宜给出比率。",
        "No figure: this version was not tried out, or fewer than 20 households stand behind it.",
    ),
    "fact.order": ("排序方法", "Ordered by"),
    "fact.agreement": (
        "{model}（位次与可能性的一致程度 {agreement}，1为完全一致）",
        "{model} (order and chance agree to {agreement}; 1 is complete)",
    ),
    "fact.status": ("状态", "Status"),
    "fact.status.reviewed": ("已经人工审核。", "Reviewed."),
    "fact.status.unreviewed": (
        "试运行：这一版本还没有人审核，请谨慎使用。",
        "Trial run: nobody has reviewed this version yet; use with care.",
    ),
    "fact.status.simulated": (
        "模拟数据：不是真实的户。",
        "Simulated data: these are no real households.",
    ),
    "fact.assumed": ("读数据时的假定", "Assumed while reading"),
    "assumed.no_known_at": (
        "数据没有知晓日期一列，各行按所属时段之后{delay}个时段知晓处理",
        "no known_at column: rows are taken as known {delay} after their period",
    ),
    "assumed.empty_known_at": (
        "{rows}行没有知晓日期，按{delay}个时段后知晓处理",
        "{rows} rows have no known_at: they are taken as known {delay} later",
    ),
    "assumed.max_age": (
        "最近一次已知的情况可能是{age}个时段以前的，即通常的上报时滞",
        "the newest known state may be {age} old, the usual reporting delay",
    ),
    "assumed.empty_part": (
        "{rows}行缺少收入的某一部分，该部分按0计",
        "{rows} rows have an empty part of income: it counts as zero there",
    ),
    "assumed.table_known_at": (
        "{table}中有{rows}行没有知晓日期，按{delay}个月后知晓处理",
        "{rows} rows of {table} have no known_at: taken as known {delay} months later",
    ),
    "fact.notice": ("声明", "Notice"),
    "fact.digest": ("版本标识", "Version digest"),
    "fact.data_digest": ("数据标识", "Data digest"),
    "fact.version": ("版本号", "Version"),
    "fact.fill": ("怎样填写", "How to fill in"),
    "fact.fill.1": (
        "1. 按位次走访；“本期必访”在先，“下期轮访”在后。",
        "1. Visit in the order of rank: 'visit now' first, then 'next in turn'.",
    ),
    "fact.fill.2": (
        "2. 只填右边“走访后填写”的各列，其余单元格已锁定。",
        "2. Fill in only the columns under 'To be filled in after the visit'; all other cells are locked.",
    ),
    "fact.fill.3": (
        "3. 核查方式、核查结论、处置意见从下拉表中选；核查日期写年-月-日。",
        "3. Choose visit_way, verdict and action from their lists; write visit_date as year-month-day.",
    ),
    "fact.fill.4": (
        "4. 备注不写病名和身份证号。填完原样交回，不要另存为其他格式，不得张贴或转发。",
        "4. No disease and no ID number in the remark. Hand the file back as it is; do not post it or pass it on.",
    ),
    # the page for one household
    "household.title": ("给农户的说明", "What is said to the household"),
    "household.who": ("户编号 {household}", "Household {household}"),
    "household.place": (
        "在{at_risk}户中排第{rank}位（数据截至{as_of}，看未来{horizon}）。",
        "Number {rank} of {at_risk} households (data as of {as_of}, next {horizon}).",
    ),
    "household.lead": (
        "这只是安排走访先后的线索，不是对您家的认定，也不影响您现有的待遇。",
        "This is a lead that decides whom to visit first. It is no finding about you and changes no benefit.",
    ),
    "household.known": ("我们知道的收入", "What is known of the income"),
    "household.chart": (
        "各期人均收入（实线）与线（虚线），{money}",
        "Income per person (full) and the line (dashed), {money}",
    ),
    "household.chart.income": ("人均收入", "income"),
    "household.chart.line": ("线", "line"),
    "household.chart.words": (
        "最近一期（{label}）人均收入{income}{money}，线为{line}{money}。",
        "In the latest period ({label}) income per person was {income} {money}; the line was {line} {money}.",
    ),
    "household.no_history": ("没有收入记录。", "No income is on record."),
    "household.table": ("逐期数字", "Figures by period"),
    "household.period": ("时期", "Period"),
    "household.reasons": ("为什么先来看您家", "Why you are visited first"),
    "household.no_reasons": (
        "没有特别的原因，主要看收入距线的远近。",
        "No particular reason; income against the line decides.",
    ),
    "household.raised": ("哪些情况使风险提示升高", "What raised the concern"),
    "household.lowered": ("哪些情况使风险提示降低", "What lowered it"),
    "household.reasons.removal": ("为什么先来核实您家", "Why you are checked first"),
    "household.no_reasons.removal": (
        "没有逐条原因，下面列出哪些情况使可能性升高或降低。",
        "No single reason is told; what raised or lowered the chance stands below.",
    ),
    "household.raised.removal": ("哪些情况使风险消除的可能性升高", "What made a removal of risk likelier"),
    "household.lowered.removal": ("哪些情况使风险消除的可能性降低", "What made it less likely"),
    "household.none": ("没有明显的。", "Nothing of note."),
    "household.object": ("您的权利", "Your rights"),
    "household.technical": ("供业务人员参考", "For technical readers"),
    "strength.main": ("主要", "main"),
    "strength.strong": ("较大", "strong"),
    "strength.some": ("有一些", "some"),
    "strength.slight": ("很小", "slight"),
    # findings
    "findings.title": ("数据检查结果", "What was found in the data"),
    "findings.none": ("没有发现问题。", "No fault was found."),
    "findings.count": (
        "共 {count} 处，其中 {stop} 处必须先改。",
        "{count} in all; {stop} must be mended before anything runs.",
    ),
    "findings.by_rule": ("按规则统计", "By rule"),
    "findings.all": ("逐条", "One by one"),
    "findings.rule": ("规则", "rule"),
    "findings.severity": ("程度", "severity"),
    "findings.table": ("表", "table"),
    "findings.row": ("行", "row"),
    "findings.column": ("列", "column"),
    "findings.value": ("值", "value"),
    "findings.sentence": ("说明", "sentence"),
    "findings.household": ("户编号", "household"),
    "findings.left_out": (
        "每条规则只列前{most}处，全部见同一文件夹的 findings.csv。",
        "The first {most} of each rule; all are in findings.csv beside this page.",
    ),
    "findings.number": ("处数", "count"),
    "findings.example": ("例", "for example"),
    "severity.stop": ("必须改", "stop"),
    "severity.fix": ("应改", "fix"),
    "severity.check": ("请核对", "check"),
    "severity.note": ("提示", "note"),
    "finding.period_twice": (
        "同一户的这一时期在第{first}行已经有一行，只能有一行。",
        "The same household and period stand in row {first} already; only one row can hold.",
    ),
    "finding.not_a_number": ("“{value}”不是数字。", "'{value}' is no number."),
    "finding.one_period": (
        "数据只有“{value}”一期，至少要两期才能检验和预测。",
        "All rows speak of one period, {value}; at least two are needed to test and to forecast.",
    ),
    "finding.known_before_happened": (
        "知晓日期“{value}”早于这一行所说的时期。",
        "Known at '{value}', which is before the period that the row speaks of.",
    ),
    # a county's files
    "finding.file_unreadable": ("文件无法读取：{why}", "The file cannot be read: {why}"),
    "unreadable.password": (
        "文件有打开密码（或是旧版.xls），请打开后另存为没有密码的.xlsx。",
        "it is protected by a password (or an old .xls): open it, save it as .xlsx without a password",
    ),
    "unreadable.old": ("是旧版工作簿，请打开后另存为.xlsx。", "it is an old workbook: open it and save it as .xlsx"),
    "unreadable.cut": ("文件不完整或已损坏，请重新导出。", "it is cut off or damaged: export it again"),
    "unreadable.empty": ("文件是空的，请重新导出，或移出文件夹。", "it is empty: export it again, or take it away"),
    "unreadable.no_rows": (
        "只有表头没有数据，请重新导出，或移出文件夹。",
        "it has a header and no rows: export it again, or take it away",
    ),
    "unreadable.encoding": (
        "编码不是UTF-8也不是GBK，请另存为UTF-8编码的CSV。",
        "the encoding is neither UTF-8 nor GBK: save it as CSV in UTF-8",
    ),
    "unreadable.no_table": (
        "内容不成表格：多数行的值比表头多或少，或缺引号，请检查后重新导出。",
        "it is no table: rows have more or fewer values than the header, or a quotation mark is missing",
    ),
    "unreadable.large": ("解压后过大，请另存为CSV。", "it is too large once unpacked: save it as CSV"),
    "unreadable.open": ("文件打不开，请先在其他程序中关闭它。", "it cannot be opened: close it in other programs"),
    "finding.file_ignored": (
        "文件名不是任何一张表，没有读取。{nearest}",
        "The file's name is none of the tables'; it was not read. {nearest}",
    ),
    "finding.sheet_ignored": ("工作表“{value}”没有读取。", "The sheet '{value}' was not read."),
    "finding.table_missing": (
        "缺少这张表，没有它无法预测。",
        "The table is missing; nothing can be forecast without it.",
    ),
    "finding.column_missing": (
        "缺少需要的列“{column}”（{header}）。{nearest}",
        "The needed column '{column}' ({header}) is missing. {nearest}",
    ),
    "finding.column_twice": (
        "列“{column}”出现两次，只读第一列。",
        "The column '{column}' stands there twice; the first is read.",
    ),
    "finding.columns_ignored": (
        "有{count}列没有使用：{names}",
        "{count} column(s) are not used: {names}",
    ),
    "finding.column_shifted": (
        "这一列有{count}个值不可能是{kind}，是否错列？",
        "{count} values of the column cannot be {kind}: are the columns shifted?",
    ),
    "finding.export_undated": (
        "文件名末尾没有日期，请写成“名称_20250902”。",
        "The file's name bears no date; write it like NAME_20250902.",
    ),
    "finding.id_damaged": (
        "“{value}”的末几位已丢失（被当作数字保存过），请重新导出为文本。",
        "'{value}' has lost its last digits (it was saved as a number); export it again as text.",
    ),
    "finding.not_a_month": ("“{value}”不是公历年月。", "'{value}' is no month of our calendar."),
    "finding.not_a_date": ("“{value}”不是公历日期。", "'{value}' is no date of our calendar."),
    "finding.not_a_flag": ("“{value}”既不是“是”也不是“否”。", "'{value}' is neither yes nor no."),
    "finding.not_a_choice": ("“{value}”不在这一列的选项中。", "'{value}' is none of the column's choices."),
    "finding.value_missing": ("这一行缺少必填的“{column}”。", "The row lacks '{column}', which must be told."),
    "finding.out_of_range": ("“{value}”超出合理范围。", "'{value}' lies outside the plausible range."),
    "finding.absurd_amount": (
        "金额“{value}”大得不合常理，请核对单位。",
        "An amount of '{value}' is beyond reason; check the unit.",
    ),
    "finding.household_unknown": (
        "这一户不在农户信息表中，该行没有使用。",
        "The household is not in the table households; the row was not used.",
    ),
    "finding.in_the_future": (
        "日期晚于最新的收入报告月，该行没有使用。",
        "The date lies after the newest month for which income was reported; the row was not used.",
    ),
    "finding.ends_before_begin": (
        "终止月份早于起始月份，该行没有使用。",
        "The last month lies before the first; the row was not used.",
    ),
    "finding.span_too_long": (
        "自{value}起跨五年以上，应是笔误，该行没有使用。",
        "From {value} on it spans more than five years, which is a slip; the row was not used.",
    ),
    "finding.told_twice": (
        "同一事实在同一日期出现两次，以后一行为准。",
        "The same fact stands there twice; the later row holds.",
    ),
    "finding.snapshot_older": (
        "文件名的日期晚于前一份，但内容只到{value}，前一份已到{before}，请核对。",
        "The file is dated later than the one before, but what it holds ends on {value}, and the other's on {before}.",
    ),
    "finding.snapshot_twice": ("同一天有两份同名导出。", "There are two exports of the same name and day."),
    "finding.nothing_usable": (
        "没有一户有可用的收入，无法预测；请先处理其他各条。",
        "No household has an income that can be used, so nothing can be forecast; see to the other findings first.",
    ),
    "finding.two_counties": (
        "同一文件夹里有两个县的代码：{codes}，请分开存放。",
        "Two county codes in one folder: {codes}; keep each county in a folder of its own.",
    ),
    "finding.township_silent": (
        "{township}在{value}没有任何收入记录，此前有。",
        "{township} reported no income at all for {value}, though it did before.",
    ),
    "finding.line_missing": ("{why}", "{why}"),
    "line_missing.where": (
        "{region}缺少{year}年的监测线，请在“监测线”表中补一行（区划代码、生效日期、监测线、公布日期）。",
        "No line for {region} in {year}; add a row to the table lines (region_code, valid_from, line, announced_on).",
    ),
    "kind.id": ("编号", "a number of its own"),
    "kind.choice": ("可选项", "one of the choices"),
    "kind.flag": ("是或否", "yes or no"),
    "kind.month": ("年月", "a month"),
    "kind.date": ("日期", "a date"),
    "kind.money": ("金额", "an amount"),
    "kind.number": ("数字", "a number"),
    "kind.count": ("数目", "a count"),
    "finding.not_a_line": (
        "“{value}”不能用作监测线：区划代码须为2、4或6位数字，标准须大于0。",
        "'{value}' makes no line: a region has 2, 4 or 6 digits, and a line is above 0.",
    ),
    "finding.line_rises": (
        "{value}监测线由{before}元升到{after}元，{count}户仅因此低于线（其收入没有变）。",
        "In {value} the line rises from {before} to {after} yuan: {count} households are below it for that alone.",
    ),
    "lacks.D11": (
        "采集人和电话属个人信息，读入时不保留",
        "who collected, and the telephone: identity, not kept by the reading",
    ),
    "lacks.E17": (
        "民政部门按户按月的低保金发放表",
        "the civil-affairs roll of allowances as paid, by household and month",
    ),
    "lacks.N04": (
        "由预测对象的定义保证：在监测的户不参加预测",
        "kept by the outcome: who is monitored is not at risk of an entry",
    ),
    "lacks.N05": ("由时间划分保证：预测期在数据截至之后", "kept by label and split: leads begin after the as_of"),
    "lacks.N09": ("由泄漏警报检查（conf/alarm/leak.yaml）", "looked for by the leak alarm, conf/alarm/leak.yaml"),
    "finding.left_out": (
        "规则{broken}使{lost}户已发生预测事件的农户不进入训练（占{share}），其他农户只占{others}：请更正这些记录；本县不填该项的，可设"
        "audits.severity.{broken}=check。",
        "Rule {broken} leaves {lost} households to whom the outcome came out of training ({share}), of the others only "
        "{others}: mend these records, or, if the county does not fill that field, say audits.severity.{broken}=check.",
    ),
    "finding.audit_not_asked": ("规则{broken}没有检查，缺少：{lacks}", "Rule {broken} was not asked; lacking: {lacks}"),
    "finding.row_width": ("这一行的值比表头多或少。", "The row has more or fewer values than the header."),
    "finding.id_missing": ("这一行没有户编号。", "The row has no household id."),
    "finding.period_wrong": ("“{value}”不是这种时期（{frequency}）。", "'{value}' is no {frequency} period."),
    "finding.period_absurd": (
        "时期“{value}”不在1800至2200年之间。",
        "The period '{value}' lies outside the years 1800 to 2200.",
    ),
    "finding.time_wrong": ("“{value}”不是年份。", "'{value}' is no whole year."),
    "finding.known_at_wrong": ("“{value}”不是日期。", "'{value}' is no date."),
    "finding.absurd": (
        "“{value}”无穷大或超过{limit}，请核对单位和小数点。",
        "'{value}' is infinite or beyond {limit}; check the unit and the decimal point.",
    ),
    "finding.income_negative": (
        "收入为负（{value}）。请核对；确为经营亏损的，设data.losses_allowed=true。",
        "The income '{value}' is negative. Please check; where it is a loss in business, say data.losses_allowed=true.",
    ),
    "finding.size_not_positive": (
        "人口“{value}”不大于零，按缺失处理。",
        "The size '{value}' is not above zero and counts as missing.",
    ),
    "finding.weight_negative": ("权数“{value}”为负。", "The weight '{value}' is negative."),
    "finding.label_not_01": ("“{value}”既不是0也不是1。", "'{value}' is neither 0 nor 1."),
    "finding.no_income": ("没有一行有收入（或状态）。", "No row has an income (or a state)."),
    "finding.covariate_ignored": ("这一列没有使用：{reason}", "The column is not used: {reason}"),
    "finding.identity": ("这一列的值像身份证号或电话号码。", "The values look like identity or telephone numbers."),
    "finding.and_more": ("还有{count}行违反规则 {broken}。", "{count} more rows break the rule {broken}."),
    # the report of a backtest
    "backtest.title": ("回测报告：{panel}", "Backtest of {panel}"),
    "backtest.not_applicable": ("{model}不适用：{lacks}。", "Not applicable here: {model}; {lacks}."),
    "backtest.not_applicable_row": ("{model}（不适用）", "{model} (not applicable)"),
    "backtest.verdict": ("结论", "What it says"),
    "backtest.no_verdict": ("没有可比较的对象。", "There is nothing to compare."),
    "backtest.setting": (
        "在{origins}个时点上回到当时，只用当时知道的数据排序，再看后来的结果（{first}～{last}）。结果的定义：{label}。",
        "At {origins} origins ({first} to {last}) households were ordered with what was known then, and held against "
        "what came of them. What counts: {label}.",
    ),
    "backtest.lists": ("清单（{list}）", "The list ({list})"),
    "backtest.list_share": ("每个时点排在前 {share} 的户", "the first {share} of households at each origin"),
    "backtest.list_count": ("每个时点排在前 {count} 位的户", "the first {count} households at each origin"),
    "backtest.ahead": ("预测未来{horizon}：{outcome}", "Next {horizon}: {outcome}"),
    "backtest.counts": ("{n} 户次，其中 {events} 例发生，", "{n} rows, {events} of them events; "),
    "backtest.base_line": (
        "基准率 {base}，这样长的清单最多能达到 {best}。",
        "base rate {base}, best attainable with a list of this length {best}.",
    ),
    "backtest.no_rule": (
        "没有距线差距规则的结果，按规定不单独给出这一预测期的数字。",
        "The distance rule was not run here; figures are not shown without it beside them.",
    ),
    "backtest.money": ("金额单位：{money}（每人）。", "Money is in {money} per person."),
    "backtest.ranking": ("排序与可能性是否可信", "Order and calibration"),
    "backtest.ranking.words": (
        "平均精确率和ROC面积越高越好；实际/预期为1、偏差为0最好。",
        "Average precision and ROC area: higher is better. Observed over expected is best at 1, calibration error "
        "at 0.",
    ),
    "backtest.paired": ("两两之差（同样的户、同样的时点）", "Paired differences (same rows, same origins)"),
    "backtest.range": ("各时点范围", "range over origins"),
    "backtest.pictures": ("图", "Pictures"),
    "backtest.horizon": ("预测期", "horizon"),
    "backtest.model": ("排序方法", "ordered by"),
    "backtest.against": ("对照", "against"),
    "backtest.metric": ("指标", "figure"),
    "backtest.difference": ("差", "difference"),
    "backtest.base": ("基准率", "base rate"),
    "backtest.line_rose": (
        "预测{horizon}：{events}例中有{alone}例只因监测线上调（收入没有跌破原来的线），按原来的线检验见 slices.csv。",
        "{horizon} ahead: {alone} of {events} events come from the line's own rise, with no fall of the household's; "
        "figures with the line held are in slices.csv.",
    ),
    "backtest.small": (
        "括号里是90%区间，按村（或户）和时间块一起重抽得出。",
        "In brackets: 90% intervals; villages (or households) and blocks of origins are drawn again together.",
    ),
    "metric.precision": ("命中率", "precision"),
    "metric.recall": ("找到的比例", "recall"),
    "metric.attainable": ("最高可达命中率", "best attainable"),
    "metric.lift": ("提升倍数", "lift"),
    "metric.pr_auc": ("平均精确率", "average precision"),
    "metric.roc_auc": ("ROC面积", "ROC area"),
    "metric.brier": ("布里尔分", "Brier score"),
    "metric.brier_skill": ("布里尔技巧", "Brier skill"),
    "metric.ece": ("校准偏差", "calibration error"),
    "metric.log_loss": ("对数损失", "log loss"),
    "metric.observed_expected": ("实际/预期", "observed / expected"),
    "picture.calibration": (
        "校准（最长的预测期）：推算的可能性与实际比例",
        "Calibration at the longest horizon: forecast chance and what came of it",
    ),
    "picture.precision_by_length": (
        "清单长短与命中率（最长的预测期）",
        "Precision by length of the list, at the longest horizon",
    ),
    "picture.importance": ("各组原因的作用大小", "Importance by group of causes"),
    # words on pictures
    "plot.contribution": ("对风险的推动（对数几率）", "push on the risk (log-odds)"),
    "plot.value": ("取值", "value"),
    "plot.low": ("低", "low"),
    "plot.high": ("高", "high"),
    "plot.others": ("其余{{n}}项", "{{n}} others"),
    "plot.importance": ("平均作用大小", "mean size of the push"),
    "plot.origin": ("时点", "origin"),
    "plot.forecast": ("推算的可能性", "forecast chance"),
    "plot.observed": ("实际比例", "observed share"),
    "plot.perfect": ("完全一致", "perfect"),
    "plot.length": ("清单占全部户的百分比", "list length, percent of households"),
    "plot.precision": ("命中率", "precision"),
    "plot.attainable": ("最高可达", "best attainable"),
    "plot.base_rate": ("基准率", "base rate"),
    **TEXTS_COUNTY,
    **TEXTS_NAMES,
    **TEXTS_EVENT_REASONS,
    **TEXTS_REASONS,
    **TEXTS_A_E,
    **TEXTS_F_N,
    **TEXTS_TRIGGERS,
    **TEXTS_INIT,
    **TEXTS_LIST,
    **TEXTS_MONTH,
    **TEXTS_IMPACT,
    **TEXTS_START,
    **TEXTS_OFFICE,
    **TEXTS_PAGE,
    **TEXTS_TIERS,
    **TEXTS_BACKTEST,
    **TEXTS_FEEDBACK,
    **TEXTS_PROMOTE,
    **TEXTS_GATES,
    **TEXTS_REVIEW,
    **TEXTS_FEATURES,
    **TEXTS_WATCH,
}


def text(key: str, language: Language, **values: object) -> str:
    """A wording with its placeholders filled.

    Args:
        key: of the catalogue, such as `reason.close`.
        language: zh or en.
        values: texts for the placeholders; further ones are ignored.

    Raises:
        KeyError: the key is not in the catalogue (the nearest ones are named), or a placeholder has no value.

    Example:
        >>> text("reason.one_source", "en", value="93%")
        'Nearly all income comes from one source (93%).'
    """
    pair = TEXTS.get(key)
    if pair is None:
        room = [name for name in TEXTS if name.startswith(key.partition(".")[0] + ".")]
        raise KeyError(f"no text '{key}'; {nearest(key, room or TEXTS)}")
    try:
        return pair[language == "en"].format_map(values)
    except KeyError as missing:
        raise KeyError(f"text '{key}' needs a value for {missing}") from None


def in_words(said: Worded, language: Language) -> str:
    """What is said, in a language.

    Raises:
        KeyError: as `text`.
    """
    if said.otherwise and said.key not in TEXTS:
        return said.otherwise
    joint = text("sensitive.joint", language)
    values = {
        name: value
        if isinstance(value, str)
        else joint.join(in_words(each, language) for each in (value if isinstance(value, tuple) else (value,)))
        for name, value in said.values.items()
    }
    return text(said.key, language, **values)


def feature_called(feature: str, language: Language, label: str = "") -> str:
    """What a feature is called, see `feature_named`.

    Example:
        >>> feature_called("work__wage_line_share", "en"), feature_called("mine__visits_year", "en")
        ('wages per person over the line', 'visits year')
    """
    return in_words(feature_named(feature, label), language)


def part_key(division: str, part: str) -> str:
    """The key under which one part of a slice is named; empty where it has a name of its own, as a township has."""
    rooms = ("cause", "part", "outcome") if division == "cause" else ("part", "outcome")
    return next((key for key in (f"{room}.{part}" for room in rooms) if key in TEXTS), "")


def verdict_words(verdict: Verdict, language: Language) -> dict[str, str | bool]:
    """What a gate says, in a language: `gate` (its name in the config), `holds`, `figure`, `threshold` and `why`."""
    told = {name: in_words(getattr(verdict, name), language) for name in ("figure", "threshold", "why")}
    return {"gate": verdict.gate, "holds": verdict.holds, **told}


def event_words(outcome: str, language: Language) -> dict[str, str]:
    """What is forecast in words, and how the rule orders it: `event`, `event_one`, `event_came` and `order`."""
    words = {name: text(f"{name}.{outcome}", language) for name in ("event", "event_one", "event_came")}
    return {**words, "order": outcome_text("order", outcome, language)}


def outcome_text(key: str, outcome: str, language: Language, **values: object) -> str:
    """A wording of an outcome's own, where there is one (`key.outcome`); else the common one."""
    own = f"{key}.{outcome}"
    return text(own if own in TEXTS else key, language, **values)


def finding_sentence(finding: Finding, language: Language) -> str:
    """What is wrong, in one sentence.

    Raises:
        KeyError: the rule has no text `finding.<rule>`, or the finding lacks a value that its text needs.
    """
    values = {"nearest": "", "column": finding.column, "value": finding.value, **finding.details}
    values |= finding.zh if language == "zh" else {}
    if "kind" in values:
        values["kind"] = text_or(f"kind.{values['kind']}", language, values["kind"])
    return text(f"finding.{finding.rule}", language, **values).strip()


@cache
def fields_of(key: str, language: Language) -> frozenset[str]:
    """The placeholders of a wording."""
    wording = TEXTS[key][0 if language == "zh" else 1]
    return frozenset(name for _, name, _, _ in Formatter().parse(wording) if name)


def text_or(key: str, language: Language, otherwise: str) -> str:
    """A wording without placeholders, or another text where the catalogue has none (names of a user's own things)."""
    return text(key, language) if key in TEXTS else otherwise


def amount(value: float | None, decimals: int = 0) -> str:
    """A number with thousands separators, zero without a sign; a dash where it is missing.

    Example:
        >>> amount(7779.6), amount(-0.2), amount(4.255, 2), amount(-0.0004, 3), amount(None)
        ('7,780', '0', '4.25', '0.000', '–')
    """
    return DASH if value is None or not math.isfinite(value) else _unsigned_zero(f"{value:,.{decimals}f}")


def signed(value: float | None, decimals: int = 0) -> str:
    """As `amount`, with a plus before what is above zero.

    Example:
        >>> signed(0.0312, 3), signed(-0.0312, 3), signed(-0.0002, 3)
        ('+0.031', '-0.031', '0.000')
    """
    written = amount(value, decimals)
    return f"+{written}" if value is not None and value > 0 and written.strip("0.,") not in ("", DASH) else written


def brief(value: float, digits: int) -> str:
    """A number of any size with so many digits that count, zero without a sign; a dash where it is missing.

    Example:
        >>> brief(0.123456, 4), brief(1234567.0, 4), brief(-0.0, 4), brief(float("nan"), 4)
        ('0.1235', '1.235e+06', '0', '–')
    """
    return _unsigned_zero(f"{value:,.{digits}g}") if math.isfinite(value) else DASH


def _unsigned_zero(written: str) -> str:
    return written.lstrip(MINUS) if not written.strip("-0.,") else written


def decimals_for(typical: float) -> int:
    """Decimals that money needs: none where a typical amount (the line) has three digits, else one or two.

    Example:
        >>> decimals_for(7260), decimals_for(42.0), decimals_for(1.8)
        (0, 1, 2)
    """
    if not math.isfinite(typical) or abs(typical) >= 100:
        return 0
    return 1 if abs(typical) >= 10 else 2


def percent(share: float | None) -> str:
    """A share as a percentage, with more decimals the smaller it is; a dash where it is missing.

    Example:
        >>> percent(0.273), percent(0.034), percent(0.0021), percent(0.0), percent(float("nan"))
        ('27%', '3.4%', '0.21%', '0%', '–')
    """
    if share is None or not math.isfinite(share):
        return DASH
    size = abs(share)
    decimals = 0 if size == 0 or size >= 0.0995 else 1 if size >= 0.00995 else 2
    return f"{_unsigned_zero(f'{share * 100:.{decimals}f}')}%"


def periods(count: int, frequency: str, language: Language) -> str:
    """A number of periods in words, such as `6个月` or `1 year`."""
    word = text(f"period_one.{frequency}" if count == 1 else f"period.{frequency}", language)
    return f"{count}{word}" if language == "zh" else f"{count} {word}"


def money_word(money: str, language: Language) -> str:
    """What money is called: translated where the catalogue knows it, else as the panel has it."""
    return text_or(f"money.{money}", language, money)


def numbered(sentences: Sequence[str], joint: str) -> str:
    """Sentences with ①②③ before them, on one line or joined by `joint`."""
    return joint.join(f"{chr(0x2460 + place)}{sentence}" for place, sentence in enumerate(sentences))
