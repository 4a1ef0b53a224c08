"""Wording of what a monitor finds of a version: verdict and reasons, results, what came so far, drift, marks."""

from __future__ import annotations

TEXTS_WATCH: dict[str, tuple[str, str]] = {
    # the verdict, and what to do
    "watch.verdict": ("结论", "Verdict"),
    "watch.verdict.keep": ("继续使用", "keep"),
    "watch.verdict.watch": ("继续使用，留意观察", "watch"),
    "watch.verdict.recalibrate": ("重新校准", "recalibrate"),
    "watch.verdict.retrain": ("重新训练", "retrain"),
    "watch.verdict.stop": ("停用", "stop"),
    "watch.do.keep": ("不需要做什么。", "Nothing has to be done."),
    "watch.do.watch": (
        "清单照常使用。下月再看；下面列出的事项，能查的先查。",
        "Lists are used as before. Look again next month, and at what stands below as far as it can be looked into.",
    ),
    "watch.do.recalibrate": (
        "排序仍然可用，清单照常使用；但预计户数和每100户的说法偏了，不要据此安排人力。请用最新数据重新训练（relapse "
        "train，校准随之更新），由审核人批准后启用。",
        "The order still holds and lists are used as before; but how many are expected is off: do not plan by it. Fit "
        "once more on the newest data (relapse train, which calibrates anew) and let a reviewer promote it.",
    ),
    "watch.do.retrain": (
        "排序变差了。清单暂可使用；请用最新数据重新训练（relapse train），由审核人比较后启用（relapse promote）。",
        "The order got worse. Lists may be used for now; train once more on the newest data (relapse train) and let a "
        "reviewer compare and promote it.",
    ),
    "watch.do.stop": (
        "这个版本停止出清单：relapse score 不再出清单；relapse month "
        "改按规则（离监测线的距离）排序，部门预警、随机抽查照旧，并在每页注明。"
        "补齐数据后再运行一次监测，或训练并批准新版本，即恢复。",
        "No more lists by this version: relapse score makes none, relapse month orders by the rule (distance to the "
        "line) instead, with departments' triggers and random checks as ever, and says so on every page. What is "
        "missing and another run of the monitor, or a new version that is trained and promoted, brings it back.",
    ),
    "watch.run.verdict": ("**结论：{verdict}**", "**Verdict: {verdict}**"),
    "watch.run": (
        "全部图表在本次运行的 monitor.html（Artifacts 一栏）。指标 live/ 是这个版本没有学过的月份的结果，watch/ "
        "越小越好；watch/verdict 的数：{scale}。",
        "All figures and pictures are in this run's monitor.html (under Artifacts). Metrics under live/ are results of "
        "months that the version did not learn from, those under watch/ should be small; watch/verdict is {scale}.",
    ),
    "watch.version": (
        "所监测的版本：依据截至{made}的数据训练；以下只看它没有学过的月份。",
        "The version was made on data as of {made}; all below is of months that it did not learn from.",
    ),
    "watch.version.rule": (
        "这个版本就是按规则排序，没有另外的规则可比。",
        "The version is the plain rule itself: there is no other rule to hold it against.",
    ),
    "watch.why.income_silent": (
        "收入数据比平时晚了{late}个月（停用界限：{limit}个月），预测已无依据。",
        "Incomes are {late} months later than usual (limit: {limit}): nothing is left to forecast from.",
    ),
    "watch.why.worse_than_rule": (
        "{horizon}个月内：排序不如规则，平均精度相差{value}（90%区间{low}～{high}，全部小于零）。",
        "Within {horizon} month(s) the order is worse than the rule's: average precision differs by {value} (90% "
        "interval {low} to {high}, all below zero).",
    ),
    "watch.why.ranking_fell": (
        "{horizon}个月内：区分能力（ROC-AUC）现为{value}（{low}～{high}），低于训练时回测的{then_value}（{then_low}～{then_high}）。",
        "Within {horizon} month(s) ROC-AUC is {value} ({low} to {high}), below that of the backtest, {then_value} "
        "({then_low} to {then_high}).",
    ),
    "watch.why.gain_lost": (
        "{horizon}个月内：比规则多出的平均精度现为{value}（{low}～{high}），回测时为{then_value}（{then_low}～{then_high}）。",
        "Within {horizon} month(s) the gain over the rule in average precision is {value} ({low} to {high}); in the "
        "backtest it was {then_value} ({then_low} to {then_high}).",
    ),
    "watch.why.level_off": (
        "{horizon}个月内：实际为预计的{value}倍（90%区间{low}～{high}），超出{least}～{most}；排序没有变差的证据。",
        "Within {horizon} month(s) {value} times as many came as expected (90% interval {low} to {high}), outside "
        "{least} to {most}; nothing shows that the order got worse.",
    ),
    "watch.why.slope_off": (
        "{horizon}个月内：校准斜率为{value}（90%区间{low}～{high}），超出{least}～{most}。",
        "Within {horizon} month(s) the calibration slope is {value} (90% interval {low} to {high}), outside {least} to "
        "{most}.",
    ),
    "watch.why.few_events": (
        "期限已满的结果太少（各期都不足{least}户），还不能下结论。",
        "Too few results of closed windows (fewer than {least} at every horizon): nothing can be concluded yet.",
    ),
    "watch.why.early_off": (
        "早期估计：期限未满的清单，到目前为止实际为预计的{value}倍（{low}～{high}），超出{least}～{most}；期限满后再定。",
        "Early estimate: so far {value} times as many came as expected so far ({low} to {high}), outside {least} to "
        "{most}; it is settled once the windows have closed.",
    ),
    "watch.why.early_few": (
        "早期估计：期限未满的清单，到目前为止被识别的明显少于预计（不到{least}倍）；先查识别记录是否报齐。",
        "Early estimate: far fewer came so far than expected so far (less than {least} times); see first whether all "
        "recognitions are in.",
    ),
    "watch.why.labels_late": (
        "识别记录晚了{late}个月，这几个月的结果还不知道，没有计入。",
        "The table that tells results is {late} month(s) late: these months are left out.",
    ),
    "watch.why.tables_late": ("{count}张表晚到：{tables}。", "{count} table(s) late: {tables}."),
    "watch.why.score_moved": (
        "风险分布变了：差异指数（PSI）{psi}，界限{limit}，训练期内相隔同样时间时最多{usual}。",
        "The scores moved: the index is {psi} (limit {limit}); between months of training as far apart it is at most "
        "{usual}.",
    ),
    "watch.why.inputs_moved": (
        "数据变动使平均风险（对数几率）移动{shift}，界限{limit}，训练期内相隔同样时间时最多{usual}。",
        "Inputs moved the mean score by {shift} log-odds (limit {limit}); between months of training as far apart at "
        "most {usual}.",
    ),
    "watch.why.told_apart": (
        "现在的数据与训练时可以分得出：ROC-AUC {value}（{low}～{high}），"
        "训练期内同样做为{then_value}（{then_low}～{then_high}）。",
        "Now is told from then by ROC-AUC {value} ({low} to {high}); months of training by {then_value} ({then_low} to "
        "{then_high}).",
    ),
    "watch.why.level_holds": (
        "{horizon}个月内：实际为预计的{value}倍（{low}～{high}），与{least}～{most}相符。",
        "Within {horizon} month(s) {value} times as many came as expected ({low} to {high}), compatible with {least} "
        "to {most}.",
    ),
    "watch.why.ranking_holds": (
        "{horizon}个月内：ROC-AUC {value}（{low}～{high}），不低于回测的{then_value}（{then_low}～{then_high}）。",
        "Within {horizon} month(s) ROC-AUC is {value} ({low} to {high}), not below the backtest's {then_value} "
        "({then_low} to {then_high}).",
    ),
    "watch.why.ranking_now": (
        "{horizon}个月内：ROC-AUC {value}（{low}～{high}）；训练时的回测没有留下可比的数字。",
        "Within {horizon} month(s) ROC-AUC is {value} ({low} to {high}); no figure of the backtest is kept to compare.",
    ),
    "watch.unknown": ("不详", "not known"),
    # results
    "watch.results": ("预计与实际（期限已满，最终数字）", "Expected and observed (closed windows, final)"),
    "watch.results.about": (
        "每个月对全部应评户重新算一遍当时的预测，与后来的识别记录对照；区间为90%，按村和月份重抽样。"
        "“比规则”是平均精度之差，规则是离监测线的距离。走访会促成识别，帮扶会防止返贫，两者都会改变这里的数字。",
        "Of every month, what the version said then of all at risk, held against what was recognised since; intervals "
        "are 90 %, villages and months resampled. The gain is in average precision, over the distance to the line. "
        "Visits lead to recognitions and help prevents falls: both move these figures.",
    ),
    "watch.results.none": (
        "还没有期限已满的月份。",
        "No window has closed yet.",
    ),
    "watch.head.horizon": ("期限", "Within"),
    "watch.head.months": ("月数", "Months"),
    "watch.head.events": ("实际被识别", "Came"),
    "watch.head.expected": ("预计", "Expected"),
    "watch.head.ratio": ("实际/预计", "Observed / expected"),
    "watch.head.slope": ("校准斜率", "Slope"),
    "watch.head.auc": ("ROC-AUC", "ROC-AUC"),
    "watch.head.auc_then": ("回测时", "In the backtest"),
    "watch.head.gain": ("比规则", "Gain over the rule"),
    "watch.horizon": ("{horizon}内", "{horizon}"),
    # so far
    "watch.early": ("期限未满的月份：早期估计", "Windows partly closed: early estimates"),
    "watch.early.value": (
        "{months}个月的期限未满，平均已过{leads}个月：到目前为止预计{expected}户次，实际{observed}户次，为预计的{ratio}倍。",
        "Of {months} month(s) the window is partly closed, {leads} month(s) of it in the mean: so far {expected} were "
        "expected and {observed} came, {ratio} times as many.",
    ),
    "watch.early.hidden": (
        "{months}个月的期限未满，平均已过{leads}个月：到目前为止的户数太少，不显示。",
        "Of {months} month(s) the window is partly closed, {leads} month(s) of it in the mean: too few came to be "
        "told.",
    ),
    "watch.early.none": ("没有期限未满的月份。", "There is none."),
    "watch.groups": ("清单上的户，到目前为止（含未满期限的，早期估计）", "The listed so far (open windows too: early)"),
    "watch.groups.about": (
        "预计数按已过月份的预测累加；清单上的户会被走访，识别因此提早或增多，所以高于1不等于预测偏低。",
        "Expected is summed over the months gone by. Listed households are visited, which brings recognitions forward: "
        "above 1 need not mean that the forecast is low.",
    ),
    "watch.months": ("逐月（{horizon}期限）", "Month by month (within {horizon})"),
    "watch.months.about": (
        "“最终”指期限已满；其余是到目前为止。备注的数字对应页末的大事记，期限与之重叠的月份都标上。",
        "Final: the window has closed; else so far. Numbers point to the dates below that fall into the window.",
    ),
    "watch.timeline": ("各月实际发生与推算之比，和大事记", "Came over expected by month, and the dates"),
    "watch.timeline.about": (
        "折线：各月清单之后实际发生数与推算数之比（实心为最终，空心为到目前为止）；虚线1是推算正好。"
        "圆圈里的数字是页末大事记的编号，竖线是它开始的月份，阴影是它持续的时间。",
        "Line: what came over what was expected after each month (filled: final; hollow: so far); the dashed line at 1 "
        "is as expected. Numbers in circles are those of the dates below: a line where each begins, shaded while it "
        "lasts.",
    ),
    "watch.head.month": ("月份", "Month"),
    "watch.head.n": ("应评户", "At risk"),
    "watch.head.so_far": ("被识别", "Came"),
    "watch.head.state": ("状态", "State"),
    "watch.head.marks": ("备注", "Marks"),
    "watch.final": ("最终", "final"),
    "watch.part": ("已过{closed}/{of}个月", "{closed} of {of} months"),
    # drift
    "watch.drift": ("数据有没有变，对风险有什么影响", "Whether inputs moved, and what that did to scores"),
    "watch.drift.none": (
        "版本刚刚训练，或户数太少，还不能比较。",
        "The version was made this month, or there are too few households: nothing to compare yet.",
    ),
    "watch.drift.about": (
        "{then}与{now}相比（相隔{months}个月）。“平时”是训练期内相隔{apart}个月的{pairs}对月份中最大的变动。"
        "{clocks}列本来就随时间变化（如距上次事件的月数、本乡镇的平均数、价格），只算影响，不算变动；"
        "其余{features}列中，{moved}列变动超过平时的两倍以上且达到界限。",
        "{then} against {now} ({months} months apart). Usual is the most of {pairs} pair(s) of months of training, "
        "{apart} months apart. {clocks} columns tell the month by construction (months since something, means of the "
        "township, prices): their effect is told, and they are never called moved. Of the other {features}, {moved} "
        "moved by more than twice the usual and by more than the limit.",
    ),
    "watch.drift.score": (
        "风险分布差异指数（PSI）{psi}，平时最多{usual}；平均风险移动{shift}（对数几率），平时最多{usual_shift}。",
        "Index of the scores {psi}, usually at most {usual}; the mean score moved by {shift} log-odds, usually at most "
        "{usual_shift}.",
    ),
    "watch.drift.apart": (
        "用一个小分类器区分两个时点（不用随时间变化的列，按村交叉检验）：ROC-AUC {value}（{low}～{high}），"
        "训练期内同样做为{usual}；"
        "主要依据：{columns}。0.5是分不出，1是完全分得出。",
        "A small classifier tells now from then (without columns that tell the month, cross-fitted by village) with "
        "ROC-AUC {value} ({low} to {high}), months of training with {usual}; it asks above all: {columns}. 0.5 is not "
        "at all, 1 is always.",
    ),
    "watch.causes": ("各类原因对平均风险的影响", "What each cause did to the mean score"),
    "watch.blocks": ("按数据类别", "By block of features"),
    "watch.named": ("变动超过平时的列", "Columns that moved more than usual"),
    "watch.named.none": ("没有哪一列的变动超过平时。", "No column moved more than usual."),
    "watch.head.cause": ("原因", "Cause"),
    "watch.head.block": ("数据类别", "Block"),
    "watch.head.column": ("列", "Column"),
    "watch.head.columns": ("列数", "Columns"),
    "watch.head.moved": ("变动的列", "Moved"),
    "watch.head.psi": ("差异指数", "Index"),
    "watch.head.usual": ("平时", "Usual"),
    "watch.head.effect": ("对风险的影响", "Effect on the score"),
    "watch.head.effect_usual": ("平时最多", "Usually at most"),
    "watch.head.missing": ("缺失：当时→现在", "Missing: then → now"),
    "watch.base": ("基础值", "base value"),
    "watch.others": ("其余原因", "all other causes"),
    "watch.total": ("合计", "all together"),
    # blocks of features
    "watch.block.around": ("周边情况", "around it"),
    "watch.block.calendar": ("监测线和年度", "line and calendar"),
    "watch.block.covariates": ("其他列", "other columns"),
    "watch.block.events": ("突发事件", "events"),
    "watch.block.facts": ("县里另外掌握的", "own facts"),
    "watch.block.feeds": ("数据是否按时", "freshness of tables"),
    "watch.block.guarantees": ("三保障和饮水", "guarantees"),
    "watch.block.health": ("看病", "health"),
    "watch.block.history": ("过去是否低于线", "history"),
    "watch.block.income": ("收入", "income"),
    "watch.block.measures": ("帮扶措施", "measures"),
    "watch.block.people": ("家庭成员", "people"),
    "watch.block.permanent": ("长期水平", "lasting level"),
    "watch.block.place": ("村和乡镇", "place"),
    "watch.block.prices": ("价格", "prices"),
    "watch.block.projects": ("项目和分红", "projects"),
    "watch.block.register": ("登记信息", "register"),
    "watch.block.season": ("季节", "season"),
    "watch.block.sources": ("收入来源", "sources"),
    "watch.block.structural": ("结构推算", "structural"),
    "watch.block.triggers": ("部门预警", "triggers"),
    "watch.block.window": ("将移出的旧收入", "window"),
    "watch.block.work": ("务工", "work"),
    # marks
    "watch.marks": ("大事记", "Dates"),
    "watch.marks.none": ("这段时间没有登记的政策变化或冲击。", "No change of policy and no shock is on record."),
    "watch.mark.line": ("监测线", "line"),
    "watch.mark.policy": ("政策", "policy"),
    "watch.mark.sweep": ("集中排查", "round of screening"),
    "watch.mark.shock": ("冲击", "shock"),
    "watch.mark.line_rose": ("监测线由{before}调整为{now}", "The line went from {before} to {now}"),
    "watch.head.kind": ("类别", "Kind"),
    "watch.head.what": ("内容", "What"),
    "watch.head.source": ("出处", "Source"),
    # lists after a stop
    "fallback.stopped": (
        "预测自{when}的监测起停用，本清单按{order}排序。",
        "The forecast was stopped by the monitor of {when}: households are ordered by {order}.",
    ),
    "mark.stopped.rule": ("预测已停用，按规则排序", "Forecast stopped: ordered by the rule"),
    "mark.stopped.go_on": ("预测已被监测停用，仍按其排序", "Made by a forecast that was stopped"),
    "assumed.stopped_go_on": (
        "{when}的监测已停用这个版本：{why}本清单仍按它排序，由出清单的人决定。",
        "The monitor of {when} stopped this version: {why} This list is ordered by it all the same, as whoever made it "
        "decided.",
    ),
    # the note of a month, and the screen
    "month.stopped": (
        "预测已停用（{when}的监测）：{why}本月清单按离监测线的距离排序，部门预警、必访和随机抽查照旧，走访照常安排。{do}",
        "The forecast was stopped (monitor of {when}): {why} This month's list is ordered by the distance to the line; "
        "triggers, must-visits and random checks are as ever, and visits go on. {do}",
    ),
    "month.stopped.go_on": (
        "预测已被停用（{when}的监测）：{why}本月按要求仍用它排序。{do}",
        "The forecast was stopped (monitor of {when}): {why} As was asked, this month is still ordered by it. {do}",
    ),
    "month.stopped.do": (
        "补齐数据后再运行一次本月，或请负责人训练并批准新版本，即恢复按预测排序。",
        "Bring what is missing and run the month again, or have a new version trained and promoted: that brings the "
        "forecast back.",
    ),
    "month.verdict": ("监测结论：{verdict}。{why}", "The monitor says: {verdict}. {why}"),
    "status.verdict": ("监测结论", "Monitor"),
    "status.verdict.value": ("{verdict}（{as_of}）{why}", "{verdict} ({as_of}) {why}"),
    "status.verdict.none": ("这个版本还没有监测过", "this version was not looked at yet"),
}
