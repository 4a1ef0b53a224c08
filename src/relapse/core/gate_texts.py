"""Wording of what gates find in a version, and of the alarms that speak against a backtest."""

from __future__ import annotations

TEXTS_GATES: dict[str, tuple[str, str]] = {
    # figures and thresholds
    "gate.none": ("无", "none"),
    "gate.is_rule": ("就是规则", "is the rule"),
    "gate.is_rule.why": ("这个版本就是距线差距规则。", "The version is the distance rule itself."),
    "gate.no_champion": ("没有现用版本", "no champion"),
    "gate.no_champion.why": ("没有现用版本可比。", "There is no champion to compare with."),
    "gate.not_tried": ("没有试", "not tried"),
    "gate.ahead": ("{count}{unit}", "{count} {unit}"),
    "gate.at": ("“{outcome}”预测{horizon}", "{outcome} {horizon} ahead"),
    "gate.group": ("{slice}“{part}”（预测{horizon}）", "{slice}, {part}, {horizon} ahead"),
    # data quality
    "gate.data.figure": ("必须停的{stops}处，{share}的行", "{stops} stops, {share} of rows"),
    "gate.data.threshold": ("必须停的0处，至多{share}的行", "0 stops, {share}"),
    "gate.data.why": (
        "有{stops}处问题必须先改；{rows}行中{fixes}行不参加训练，至多可有{share}。",
        "{stops} faults stop the run and {fixes} of {rows} rows leave training; at most {share} may.",
    ),
    # alarms
    "gate.alarms.figure": ("{count}条", "{count} raised"),
    "gate.alarms.none": ("没有警报。", "No alarm was raised."),
    "gate.alarms.why": ("有警报：{alarms}。", "Alarms were raised: {alarms}."),
    # against the rule and the champion
    "gate.paired.threshold": ("{metric}之差的下限不低于{margin}", "lower bound of {metric} at least {margin}"),
    "gate.paired.rule": ("距线差距规则", "the distance rule"),
    "gate.paired.champion": ("现用版本", "the champion"),
    "gate.paired.none": (
        "{metric}与{other}之差没有测得。",
        "No paired difference in {metric} to {other} could be measured.",
    ),
    "gate.paired.holds": (
        "各预测期都不落后于{other}；把握最小的是{place}。",
        "At no horizon is the version behind {other}; the least certain is {place}.",
    ),
    "gate.paired.behind": (
        "可能不如{other}：{place}的下限低于{margin}。",
        "The version may be behind {other}: the lower bound is below {margin} for {place}.",
    ),
    # calibration
    "gate.calibration.threshold": ("区间与[{low}, {high}]有交集", "interval meets [{low}, {high}]"),
    "gate.calibration.is_rule": (
        "这个版本就是距线差距规则，只排先后，不推算可能性。",
        "The version is the distance rule, which only orders.",
    ),
    "gate.calibration.none": (
        "实际发生数与推算数之比没有测得。",
        "No pooled ratio of observed to expected events was measured.",
    ),
    "gate.calibration.outside": (
        "{place}：实际发生数与推算数之比在允许范围之外。",
        "Events observed over expected lie outside the range for {place}.",
    ),
    "gate.calibration.holds": (
        "各预测期实际发生数与推算数之比都与允许范围相容；离得最远的是{place}。",
        "Events observed over expected are compatible with the range at every horizon; farthest is {place}.",
    ),
    # missed rates
    "gate.missed.threshold": (
        "下限：比其余户新增至多{gap}，比原清单至多{worse}",
        "lower bounds at most {gap} (others) where new, {worse} (before)",
    ),
    "gate.missed.few": ("发生数太少", "too few events"),
    "gate.missed.few.why": (
        "没有一组自身和其余户都有{least}例，无从判断。",
        "No group has {least} events of its own and as many outside it: nothing can be said.",
    ),
    "gate.missed.told": (
        "{group}漏掉的比例高于其余各户，但原来的清单漏得不比它少（或不能肯定），因此不算新的差距。",
        "More of {group} is missed than of all others; the list before missed no fewer, or not surely.",
    ),
    "gate.missed.none": (
        "{groups}组中没有一组肯定多漏很多；离标准最近的是{group}。",
        "None of {groups} groups is surely missed much more; the nearest to it is {group}.",
    ),
    "gate.missed.gap": (
        "{group}漏掉的比例高于其余各户，也高于原清单，差距肯定扩大了。",
        "More of {group} is missed than of all others and than before, and that gap surely grew.",
    ),
    "gate.missed.worse": ("{group}漏掉的比{model}多。", "More of {group} is missed than by {model}."),
    # stability of the list
    "gate.stability.one": ("只有一期清单", "one list"),
    "gate.stability.one.why": (
        "没有前后相接的两期清单可比。",
        "There are no two lists one after the other to compare.",
    ),
    "gate.stability.threshold": ("上限不低于{least}", "upper bound at least {least}"),
    "gate.stability.holds": (
        "每期清单上都有足够多的户留在下一期；最少的是预测{horizon}的清单。",
        "Enough of each list stay on the next; fewest of the list {horizon} ahead.",
    ),
    "gate.stability.fails": (
        "预测{horizon}的清单上几乎没有户留在下一期：按这样的次序无法安排走访。",
        "Hardly anybody of one list stays on the next, {horizon} ahead: the order is not one to plan visits by.",
    ),
    # privacy
    "gate.privacy.figure": ("{count}处", "{count} places"),
    "gate.privacy.none": ("没有发现户编号或身份证号。", "No household's id and no ID number was found."),
    "gate.privacy.found": ("这些地方有编号：{places}。", "An id stands in {places}."),
    # schema
    "gate.schema.threshold": ("预测内容不变，输入数据齐备", "the same forecast; inputs to be had"),
    "gate.schema.none": (
        "没有现用版本，谈不上输入输出的改变。",
        "There is no champion whose schema could be changed.",
    ),
    "gate.schema.figure": (
        "{broken}处不合，新增输入{added}项，减少{removed}项",
        "{broken} broken, {added} inputs new, {removed} gone",
    ),
    "gate.schema.changed": ("{what}是{now}，原为{before}", "{what} {now} instead of {before}"),
    "gate.schema.outcome": ("预测对象", "outcome"),
    "gate.schema.kind": ("发生的算法", "label"),
    "gate.schema.frequency": ("期长", "frequency"),
    "gate.schema.window": ("收入窗口", "window"),
    "gate.schema.lost": ("缺少{column}", "no {column}"),
    "gate.schema.unmade": ("得不到{feature}", "{feature} not made"),
    "gate.schema.broken": ("不能直接接替现用版本：{what}。", "It is no drop-in for the champion: {what}."),
    "gate.schema.inputs": (
        "输入有变，现有数据都能给出：{names}。",
        "Inputs changed and are made from today's data: {names}.",
    ),
    "gate.schema.inputs_more": (
        "输入有变，现有数据都能给出：{names}，另有{more}项。",
        "Inputs changed and are made from today's data: {names} and {more} more.",
    ),
    "gate.schema.same": ("输入和预测与现用版本相同。", "Inputs and forecast are the champion's."),
    # reproduction
    "gate.again.threshold": ("版本摘要相同", "the same digest"),
    "gate.again.not_tried": ("没有重做。", "It was not made again."),
    "gate.again.vouched": ("摘要由发送方告知", "digest told by the sender"),
    "gate.again.vouched.why": (
        "训练数据不在这里；版本摘要与发送方告知的一致。",
        "Its data are not here; its digest is the one that the sender told.",
    ),
    "gate.again.away": ("训练数据不在这里", "data not here"),
    "gate.again.away.why": (
        "训练数据不在这里：请向发送方问明摘要，用digest=…写明。",
        "Its data are not here: ask the sender for the digest and give it as digest=…",
    ),
    "gate.again.same": ("按它的设置重做一遍，完全相同。", "Made again from its settings, it is the same."),
    "gate.again.unlike": ("{count}个文件不同", "{count} files differ"),
    "gate.again.unlike.why": (
        "重做后{files}不同（{cause}）：请用`relapse train`重新训练。",
        "Made again, {files} came out otherwise ({cause}): train it again with `relapse train`.",
    ),
    "gate.again.data": ("数据后来变了", "the data changed since"),
    "gate.again.code": ("代码、依赖版本或机器不同", "code, packages or the machine are others"),
    # a process of its own
    "gate.alone.threshold": ("预测相同", "equal forecasts"),
    "gate.alone.not_tried": ("没有在单独的进程中加载。", "It was not loaded in a process of its own."),
    "gate.alone.failed": ("没有成功", "failed"),
    "gate.alone.failed.why": ("在单独的进程中：{fault}。", "In a process of its own: {fault}."),
    "gate.alone.late": ("{seconds}秒内没有结果", "no answer within {seconds} s"),
    "gate.alone.otherwise": ("预测不同", "it forecasts otherwise"),
    "gate.alone.same": (
        "在没有MLflow和shap的进程中加载，预测相同。",
        "It loads and forecasts the same in a process without MLflow and shap.",
    ),
    # what speaks against a backtest
    "alarm.column": (
        "单凭“{column}”一项（{what}），ROC面积就有{area}，距线差距规则是{ruled}：请核对它是不是事后才填的",
        "column '{column}' ({what}) alone has a ROC-AUC of {area}, the distance rule {ruled}: look whether it was "
        "written after the event",
    ),
    "alarm.by.value": ("看取值", "value"),
    "alarm.by.blank": ("看是否空白", "blank"),
    "alarm.by.level": ("看属于哪一档", "level"),
    "alarm.mark": (
        "“{column}”（{what}）的{bearers}户次中{share} %后来发生（全部户{base} %，按距线差距排在最前的同样多户"
        "{ruled} %）：请核对它是不是事后才填的",
        "column '{column}' ({what}) marks {bearers} households at risk, and to {share} % of them the outcome comes (to "
        "{base} % of all, and to {ruled} % of as many by the distance rule): look whether it was written after "
        "the event",
    ),
    "alarm.mark.blank": ("空白", "blank"),
    "alarm.mark.told": ("有填写", "told"),
    "alarm.mark.told_not": ("有填写且不是{usual}", "told, not {usual}"),
    "alarm.mark.range": ("{low}～{high}", "{low} to {high}"),
    "alarm.written.told": (
        "“{column}”几乎只对已经发生的户才填（{households}户，占所有填写的{share} %；全部户中发生过的占{base} %）："
        "它是因为发生才填的，除非日期有误，事前什么也说明不了",
        "column '{column}' is told of {households} households once the outcome has come, and of nearly nobody else "
        "({share} % of the times; {base} % of all households ever have it): it was written because of the event, and "
        "tells nothing before it but by a wrong date",
    ),
    "alarm.written.corrected": (
        "“{column}”几乎只对已经发生的户才更正（{households}户，占所有更正的{share} %；全部户中发生过的占{base} %）："
        "它是因为发生才改的，除非日期有误，事前什么也说明不了",
        "column '{column}' is corrected of {households} households once the outcome has come, and of nearly nobody "
        "else ({share} % of the times; {base} % of all households ever have it): it was written because of the event, "
        "and tells nothing before it but by a wrong date",
    ),
    "alarm.too_good.official": (
        "{model}预测{months}个月的ROC面积是{area}（下限{low}），高于正式认定所能预知的{bound}：请查找事后才填的数据项",
        "{model} has a ROC-AUC of {area} (from {low}) at {months} months, more than the {bound} that official outcomes "
        "let one know: look for a column that was written after the event",
    ),
    "alarm.too_good": (
        "{model}预测{months}个月的ROC面积是{area}，比距线差距规则高{ahead}（下限{low}）；高出{gain}以上就不可信："
        "请查找透露结果的数据项",
        "{model} has a ROC-AUC of {area} at {months} months, {ahead} (from {low}) above that of the distance rule; "
        "more than {gain} is not plausible: look for a column that tells the outcome",
    ),
    "alarm.lost_in_places": (
        "每次留出一部分{places}不学时，{model}的平均精确率少{lost}（下限{low}），它比规则只多{gain}：它是记住了地方",
        "{model} loses {lost} (from {low}) in average precision where each {places} is held out, its gain over the "
        "rule is {gain}: it knows places by heart",
    ),
    "alarm.two_ids": (
        "有{households}户与另一户的收入记录完全相同（{periods}期以上）：同一户用了两个编号，可能既用来学又用来考；"
        "`relapse backtest`把它们写在backtest/same_households.csv，每对只留一个",
        "{households} households have the very history of another one ({periods} periods or more): one household under "
        "two ids may learn and be asked at once; `relapse backtest` writes which to backtest/same_households.csv, keep "
        "one of each",
    ),
    "alarm.shuffled": (
        "把结果打乱{times}次后仍能“预测”：平均ROC面积{area}，比0.5高{z}个标准误；要考的内容混进了要学的内容",
        "labels that were shuffled {times} times still score: mean ROC-AUC {area}, {z} standard errors above one half; "
        "what is asked has been in what was learned",
    ),
    "alarm.few_trees": (
        "{origins}个时点中有{ended}个，{model}停在最少的树数：后来的时点不支持它学到的内容，或者结果的记法前后不同",
        "the growth of {model} ended at its floor of trees at {ended} of {origins} origins: later origins bear out "
        "nothing of what it learned, or their labels are not told alike",
    ),
    "alarm.untold_line": (
        "{period}起线由{before}变为{now}，落在计算窗口之内，lines表却没有从这时起的行：有的户只因此进出；"
        "请把公布的标准（region_code、valid_from、line、announced_on）补进lines表",
        "the line changes in {period} from {before} to {now}, inside a window, and no row of lines begins then: "
        "households enter or leave for that alone; add the announcement (region_code, valid_from, line, announced_on) "
        "to the table lines",
    ),
}
