"""Wording of what a backtest tells besides figures of all: the list's worth, slices, choices, held-out places."""

from __future__ import annotations

TEXTS_BACKTEST: dict[str, tuple[str, str]] = {
    "backtest.cut": (
        "模型只用{cut}及以前已知的数据拟合，之后不再更新；检验的时点都在其后。",
        "Models were fitted once, on what was known in {cut}, and not again; all origins tested lie at or after it.",
    ),
    "backtest.taught": (
        "模型在另一个数据集“{taught}”上拟合（各时点只用当时已知的数据，最晚到{last}），在“{panel}”上检验。",
        "Models were fitted on another panel, {taught} (at each origin on what was known then, {last} at the latest), "
        "and asked about {panel}.",
    ),
    "backtest.held_out": (
        "预测{horizon}：{model}随机少学同样多的户，与没有学过该户所在的{places}，平均精确率相差{difference}（90%区间{low}至{high}）。",
        "{horizon} ahead: where {model} learned nothing of whole {places}, it loses {difference} of average precision "
        "(90% interval {low} to {high}) against having left out as many households at random.",
    ),
    "place.village": ("村", "villages"),
    "place.township": ("乡镇", "townships"),
    # tables
    "worth.title": ("清单的用处（{list}）", "What the list is worth ({list})"),
    "worth.words": (
        "提前量：找到的户从列入清单到发生之间的时间（平均）。留在清单上：上一时点清单中仍有风险的户再次列入的比例。"
        "新列入的命中率：此前{memory}内未列入过清单的户重新排序后的命中率。"
        "每找到一例的走访数和费用按每户走访{cost}{money}计（可设置）。",
        "Lead: time between the list and the fall among those found, mean. Kept: share of the last origin's list, as "
        "far as still at risk, that is listed again. Precision among new: of the households that were on no list in "
        "the {memory} before, ranked anew. Visits and cost for each fall found, at {cost} {money} a visit (a setting).",
    ),
    "worth.lead": ("提前量", "lead"),
    "worth.kept": ("留在清单上", "kept"),
    "worth.missed": ("漏掉的比例", "missed"),
    "worth.new": ("新列入的命中率", "precision among new"),
    "worth.visits": ("每例走访数", "visits a fall"),
    "worth.cost": ("每例费用", "cost a fall"),
    "slice.title": ("各类户中漏掉的比例（{model}，预测{horizon}）", "Whom the list misses ({model}, {horizon} ahead)"),
    "slice.words": (
        "清单仍是全部户的清单；发生数不足 5 例或户次不足 20 的不列出。各组互有重叠，区间较宽，只提示该看哪里。",
        "The list is that of all households. Parts with fewer than 5 events or 20 rows are left out. Slices overlap, "
        "and intervals are wide: hints where to look.",
    ),
    "slice.slice": ("分组", "slice"),
    "slice.part": ("类别", "part"),
    "slice.rows": ("户次", "rows"),
    "slice.events": ("发生", "events"),
    "slice.missed": ("漏掉的比例", "missed"),
    "slice.listed": ("列入的比例", "listed"),
    "slice.records": ("记录长短", "length of records"),
    "slice.township": ("乡镇", "township"),
    "slice.type": ("户类型", "type"),
    "slice.visited": ("半年内走访或推送", "visited or pushed lately"),
    "slice.category": ("识别类别", "category"),
    "slice.cause": ("原因", "cause"),
    "slice.line": ("监测线上调", "line"),
    "slice.size": ("家庭人口", "size"),
    "slice.elderly_alone": ("全为老人", "all members old"),
    "slice.left_behind_children": ("留守儿童", "left-behind children"),
    "slice.disabled": ("有残疾成员", "disabled member"),
    "slice.remote": ("离主干路距离", "distance to the main road"),
    "slice.months_measured": ("按月有收入记录", "months of income measured"),
    "selection.title": ("当时会选哪个模型", "Which model would have been chosen then"),
    "selection.words": (
        "每个时点只按当时已知的、此前已结束的时点的结果，选平均精确率最高的模型；没有这样的时点就用规则。",
        "At each origin the model with the highest average precision over the earlier origins that had closed, as "
        "known then; where none had, the rule.",
    ),
    "selection.origin": ("时点", "origin"),
    "selection.chosen": ("当时选中", "chosen"),
    "selection.reached": ("达到", "reached"),
    "selection.best": ("事后最好", "best in hindsight"),
    "selection.rule": ("规则", "the rule"),
    "selection.all": ("全部时点", "all origins"),
    "picture.decision": (
        "净收益（决策曲线，最长的预测期）",
        "Net benefit (decision curve), at the longest horizon",
    ),
    "model.treat_all": ("全部走访", "visit everybody"),
    "model.treat_none": ("都不走访", "visit nobody"),
    "plot.threshold": ("达到多大可能性就走访", "chance from which one visits"),
    "plot.net_benefit": ("净收益（每户）", "net benefit per household"),
}
