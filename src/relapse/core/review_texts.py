"""Wording of what a reviewer reads: the page of a version, its description in the registry and its model card."""

from __future__ import annotations

TEXTS_REVIEW: dict[str, tuple[str, str]] = {
    "model.champion": ("现用版本", "the champion"),
    "model.candidate": ("新版本", "the new version"),
    "review.title": ("“{panel}”版本评审", "Review of a version of '{panel}'"),
    "review.subtitle": (
        "数据截至{as_of}　排序方法：{model}　版本摘要 {digest}",
        "Data as of {as_of} · ordered by {model} · version digest {digest}",
    ),
    "review.contents": ("目录", "Contents"),
    "review.answers": ("先看四问", "Four questions first"),
    "review.better": ("是否更好", "Is it better?"),
    "review.fair": ("是否公平", "Is it fair?"),
    "review.honest": ("是否可信", "Is it honest?"),
    "review.safe": ("是否安全", "Is it safe to use?"),
    "review.first_version": (
        "没有现用版本可比：这是第一个版本，或它就是现用版本。",
        "There is no champion to compare with: this is the first version, or the champion itself.",
    ),
    "review.is_rule": (
        "这个版本按规则排序，没有用模型。",
        "This version orders by the rule; no model is used.",
    ),
    "review.gain_of": ("{model}减去{against}", "{model} less {against}"),
    "picture.bars_by_group": ("各原因的平均推动", "Mean push by cause"),
    "picture.bars_by_feature": ("各数据项的平均推动", "Mean push by feature"),
    "picture.beeswarm": ("每点一户：推动与取值（已加扰动）", "One point a household: push and value (noise added)"),
    "picture.dependence_1": ("最强的一项：取值与推动", "The strongest feature: value and push"),
    "picture.dependence_2": ("第二强的一项：取值与推动", "The second strongest: value and push"),
    "picture.dependence_3": ("第三强的一项：取值与推动", "The third strongest: value and push"),
    "picture.importance_over_origins": ("各时点各原因的平均推动", "Mean push by cause at each origin"),
    "part.yes": ("是", "yes"),
    "part.no": ("否", "no"),
    "part.first_seen": ("刚有记录", "first seen"),
    "part.short": ("较短", "short"),
    "part.long": ("较长", "long"),
    "part.lately": ("有", "yes"),
    "part.not_lately": ("没有", "no"),
    "part.exited": ("脱贫户", "exited"),
    "part.ordinary": ("一般户", "ordinary"),
    "part.rises": ("上调", "rises"),
    "part.stays": ("不变", "stays"),
    "part.held": ("按原来的线", "held"),
    "part.under 1 km": ("1公里以内", "under 1 km"),
    "part.1 km+": ("1公里以上", "1 km+"),
    # fairness
    "review.fair_more": (
        "{slice}“{part}”：发生的{events}例中清单漏掉{missed}（90%区间{low}～{high}），高于全部户的{all}。",
        "{slice}, {part}: of {events} events the list misses {missed} (90% interval {low} to {high}), more than the "
        "{all} of all.",
    ),
    "review.fair_none": (
        "比较了{count}组，没有一组漏掉的比例明显高于全部户（{all}）。",
        "Of {count} groups compared, none is missed clearly more often than all ({all}).",
    ),
    "review.fair_untold": (
        "没有一组的发生数够多（至少20例），不能比较各组漏掉的比例。",
        "No group has enough events (20 at least): missed rates cannot be compared.",
    ),
    "review.fair_chance": (
        "共比较{count}组；同时比这么多组，约有{expected}组会碰巧越界，宜当作线索核对。",
        "{count} groups were compared; with so many, about {expected} would stand out by chance: a lead to check, no "
        "finding.",
    ),
    # honesty
    "review.no_alarm": ("没有泄漏警报。", "No leakage alarm was raised."),
    "review.alarm": ("警报：{alarm}。", "Alarm: {alarm}."),
    "review.level": (
        "预测{horizon}：实际发生数是推算数的{value}倍（90%区间{low}～{high}，1为最好）。",
        "{horizon} ahead: {value} times as many events came as forecast (90% interval {low} to {high}; 1 is best).",
    ),
    # safety
    "review.gates_hold": ("{count}道关卡全部通过。", "All {count} gates hold."),
    "review.gates_refuse": ("未通过的关卡：{gates}。", "Gates that refuse: {gates}."),
    "review.private": (
        "写入登记库之前检索了全部文字，含有户编号即拒绝写入；少于5例、不足20户次的数字不显示。",
        "Before anything was written to the registry all texts were searched for household ids; one would have "
        "refused it; figures of fewer than 5 events or 20 rows are left out.",
    ),
    "review.drift_none": (
        "用到的{count}项数据（本来就随时间变化的不计），与训练时相比分布都没有值得注意的变化（PSI低于{noticed}）。",
        "Of the {count} inputs in use that do not tell the month by construction none has moved noticeably against the "
        "training window (PSI below {noticed}).",
    ),
    "review.drift_some": (
        "用到的{count}项数据（本来就随时间变化的不计），与训练时相比{noticed_count}项的分布有变化（PSI≥{noticed}），"
        "其中{large_count}项变化大（≥{large}）；最大的是“{feature}”（{psi}）。",
        "Of the {count} inputs in use that do not tell the month by construction {noticed_count} have moved against "
        "the training window (PSI {noticed} or more), {large_count} of them far ({large} or more); farthest: "
        "{feature} ({psi}).",
    ),
    # sections
    "review.trained": ("用什么训练", "Trained on what"),
    "review.figures": ("成绩（{list}）", "How good it is ({list})"),
    "review.figures.words": (
        "括号里是90%区间。“最高可达”是这样长的清单把所有发生的户都排在最前时的命中率。",
        "In brackets 90% intervals. Best attainable: precision of a list of this length that had every event first.",
    ),
    "review.possible_simulated": (
        "受偶然因素限制、任何方法都超不过的成绩，要用模拟县的真实概率才能算出；真实概率只供研究使用（见experiments/），"
        "本页不知道。",
        "What no method can exceed, because of chance, can be worked out from a simulated county's true chances alone; "
        "these are open to studies only (see experiments/), and this page does not know them.",
    ),
    "review.possible_unknown": (
        "受偶然因素限制、任何方法都超不过的成绩，在真实数据上无从得知。",
        "What no method can exceed, because of chance, is not known on real data.",
    ),
    "review.order": ("排序与可能性", "Order and chances"),
    "review.gain": ("比规则和现用版本好多少", "Gain over the rule and the champion"),
    "review.gain.words": (
        "同样的户、同样的时点，同一组重抽样上的差；区间全部大于零才算更好。",
        "Same households, same origins, differences on the same draws; better only if all of it is above zero.",
    ),
    "review.calibration": ("可能性是否可信", "Can the chances be trusted"),
    "review.slices": ("漏掉了谁", "Whom the list misses"),
    "review.why": ("靠什么排序", "What drives it"),
    "review.why.words": (
        "各图按{households}户推算，不显示单个户；“推动”是对排序分的加减（对数几率），不是因果。",
        "Drawn from {households} households, none of which can be recognised; a push is what is added to the score "
        "(log-odds), and no cause in the world.",
    ),
    "review.feature": ("数据项", "feature"),
    "review.group": ("原因", "cause"),
    "review.push": ("平均推动", "mean push"),
    "review.share": ("占比", "share"),
    "review.profiles": ("典型户（每行至少{least}户的平均）", "Example profiles (means of {least} households at least)"),
    "review.profiles.words": (
        "按清单位置和推动最大的原因分组；不足{least}户的组不显示。不是任何一户。",
        "By place on the list and strongest cause; groups of fewer than {least} households are left out. No household "
        "is any of these.",
    ),
    "review.tier": ("清单位置", "place on the list"),
    "review.tier.visit": ("清单内", "on the list"),
    "review.tier.next": ("清单后同样多的户", "as many again after it"),
    "review.tier.beyond": ("其余户", "all others"),
    "review.households": ("户数", "households"),
    "review.chance": ("平均可能性（{horizon}）", "mean chance ({horizon})"),
    "review.ratio": ("收入为线的", "income over line"),
    "review.pushes": ("主要推动", "main pushes"),
    "review.stability": ("各时点是否稳定", "Stability over origins"),
    "review.stability.words": (
        "每个时点单独计算；发生数不足的时点不显示。",
        "Each origin by itself; origins with too few events are left out.",
    ),
    "review.origin": ("时点", "origin"),
    "review.beside": ("与现用版本（第{number}版）对照", "Beside the champion (version {number})"),
    "review.no_champion": ("与现用版本对照", "Beside the champion"),
    "review.moves": ("同样的月份，清单进出多少户", "The same months: who moves on and off the list"),
    "review.moves.words": (
        "两个版本都按现在的拟合结果对同样的户排序。",
        "Both versions, as they are fitted now, order the same households.",
    ),
    "review.month": ("月份", "month"),
    "review.asked": ("有风险的户", "at risk"),
    "review.listed": ("清单长度", "list"),
    "review.on": ("新进", "moves on"),
    "review.off": ("移出", "moves off"),
    "review.agreement": ("次序一致程度", "agreement of orders"),
    "review.few": ("少于5户", "under 5"),
    "review.causes": ("为什么进出", "Why they move"),
    "review.causes.words": (
        "新旧版本各原因推动之差的平均，减去全部户的平均差；进出不足{least}户时不显示。",
        "Mean difference of each cause's push between the versions, beyond that among all; left out where fewer than "
        "{least} households move.",
    ),
    "review.direction": ("进出", "move"),
    "review.settings": ("设置有何不同", "What is set differently"),
    "review.setting": ("设置", "setting"),
    "review.before": ("现用版本", "champion"),
    "review.now": ("新版本", "this version"),
    "review.more_settings": (
        "其余{count}项见新旧版本的recipe.yaml。",
        "{count} more in recipe.yaml.",
    ),
    "review.none_moves": ("没有户进出清单。", "No household moves on or off the list."),
    "review.moves_total": (
        "{months}个月里每月清单{listed}户，平均新进{on}户、移出{off}户。",
        "In {months} months with {listed} on the list each, on average {on} move on and {off} move off.",
    ),
    "review.moves_few": (
        "{months}个月里每月清单{listed}户，平均进出不足5户。",
        "In {months} months with {listed} on the list each, fewer than 5 move on or off on average.",
    ),
    "review.same_recipe": (
        "与现用版本的设置相同，不同的只是数据：在同样的时点重新拟合，两者成绩相同。",
        "Set as the champion is, other data alone: fitted again at the same origins, both do equally well.",
    ),
    "beside.not_asked": (
        "现用版本的设置没有在同样的时点重新拟合（review.against_champion=false），没有可比的成绩。",
        "The champion's recipe was not fitted again at the same origins (review.against_champion=false): no figures to "
        "compare.",
    ),
    "beside.other_households": (
        "现用版本的{detail}不同，有风险的户或发生的认定不同，成绩和清单不能直接比较。",
        "The champion has another {detail}: other households are at risk or other events count, so neither figures nor "
        "lists compare.",
    ),
    "beside.not_possible": (
        "现用版本不能用现在的数据重算：{detail}",
        "The champion cannot be asked on these data: {detail}",
    ),
    "review.drift": ("数据与训练时相比的变化", "Inputs: training window against now"),
    "review.drift.words": (
        "PSI：分布变化的指数，{noticed}起值得注意，{large}起变化大；“碰巧”是没有变化时20次里有19次不超过的值。"
        "与训练时段中{origins}个时点比较；只列用到的数据。季节不计；另有{clocks}项本来就随时间变化（如距上次事件的月数、年龄、价格、"
        "本乡镇的平均数），不算变动。全部见 eval/drift.csv。",
        "PSI, population stability index: from {noticed} worth notice, from {large} far; by chance: what 19 of 20 "
        "unmoved inputs stay below. Against {origins} origins of the training window; only inputs in use. Left aside "
        "are the season and {clocks} inputs that tell the month by construction (months since something, ages, "
        "prices, means of the township). All are in eval/drift.csv.",
    ),
    "review.score": ("排序分本身", "the score itself"),
    "review.psi": ("PSI", "PSI"),
    "review.by_chance": ("碰巧", "by chance"),
    "review.missing": ("缺失：训练时 → 现在", "missing: then → now"),
    "review.median": ("中位数：训练时 → 现在", "median: then → now"),
    "review.sensitive": ("敏感信息", "Sensitive data"),
    "review.sensitive.words": (
        "占比：各组数据对排序分的推动占全部推动的比例；换人：在{households}户的样本中去掉这组数据的推动，"
        "{listed}户的清单里换掉多少户。没有重新拟合，所以不是“没有它会差多少”。后者在模拟的颐县重新拟合测过（experiments/0004-sensitive-groups）："
        "300户清单的命中率，6个月由7.5%变为不读健康信息的3.8%，12个月由14.3%变为7.3%；不读残疾或未成年人的信息，看不出差别。",
        "Share: of all pushes on the score. Others listed: how many of a list of {listed} in a sample of {households} "
        "would be others without this group's pushes. Nothing is fitted again, so this is not what would be lost "
        "without it. That was measured by fitting again in simulated Yi County (experiments/0004-sensitive-groups): "
        "precision of a list of 300 went from 7.5% to 3.8% at 6 months and from 14.3% to 7.3% at 12 without health "
        "data; without data of disability or of minors no difference could be told.",
    ),
    "review.sensitive_group": ("类别", "group"),
    "review.features": ("数据项数", "features"),
    "review.others_listed": ("换人", "others listed"),
    "review.sensitive_none": ("没有用到敏感信息。", "No sensitive data are in use."),
    "review.never": ("任何情况下都不用：{fields}。", "Never read by the model: {fields}."),
    "review.alarms": ("警报", "Alarms"),
    "review.gates": ("关卡", "Gates"),
    "review.why_refused": ("说明", "why"),
    "review.reproduce": ("怎样重现", "How to reproduce it"),
    "review.reproduce.words": (
        "下面这条命令按当时记录的设置重新训练一次，并说明得出的是不是同一个版本；如果不是，会说明是数据、代码还是依赖版本不同。"
        "如果用的不是默认数据，在命令后写明数据在哪里（data=、data.path=、paths.data=，写法和当时一样）。"
        "数据、设置、代码和依赖版本都一样，在同一台机器上得出的版本摘要就一样。",
        "The command below trains once more with the settings that were logged, and says whether the same version "
        "comes out; where it does not, whether data, code or packages are others. Where the data are not the default "
        "ones, add where they lie (data=, data.path=, paths.data=, as then). Equal data, config, code and packages "
        "give an equal version digest on one machine.",
    ),
    "review.config": ("完整配置", "The whole config"),
    "review.environment": ("运行环境", "What it ran on"),
    "review.show": ("展开", "show"),
    # facts
    "review.fact.panel": ("数据", "data"),
    "review.fact.periods": ("时段", "periods"),
    "review.fact.origins": ("训练时点", "training origins"),
    "review.fact.households": ("户数", "households"),
    "review.fact.events": ("发生数（{event}）", "events ({event})"),
    "review.fact.horizons": ("预测期", "horizons"),
    "review.fact.model": ("排序方法", "ordered by"),
    "review.fact.share": ("模型所占权重", "weight of the model"),
    "review.fact.findings": ("数据问题", "faults of the data"),
    "review.fact.left_out": ("未进入训练的事件", "events kept from training"),
    "review.fact.data_digest": ("数据摘要", "data digest"),
    "review.fact.digest": ("版本摘要", "version digest"),
    "review.fact.relapse": ("软件版本", "relapse"),
    "review.fact.seed": ("随机种子", "seed"),
    "review.findings": ("{count}条，其中{fix}条使该行不参加训练", "{count}, of which {fix} keep a row from training"),
    "review.fact": ("项目", "what"),
    "review.value": ("内容", "value"),
    # description in the registry
    "describe.model": (
        "“{panel}”的清单用哪个版本，由别名champion决定；challenger是此后最新的、关卡没有拦下的候选版本。评审时打开一个版本，先看说明，"
        "再看来源运行（Source run）的Artifacts里的review.html。决定用命令relapse promote作出：页面上的Promote model按钮"
        "和手改的别名不经过关卡，也不留下决定。",
        "Lists of '{panel}' are made with the version that bears the alias champion; challenger is the newest that "
        "no gate refused. To review one, open it, read its description, then review.html under Artifacts of its source "
        "run. Decide with the command relapse promote: the button Promote model and an alias moved by hand pass no "
        "gate and leave no decision.",
    ),
    "describe.alarm": (
        "有警报，不能定为现用版本：",
        "An alarm was raised; it cannot become champion:",
    ),
    "describe.trained": ("用什么训练", "Trained on"),
    "describe.missed": ("漏掉了谁", "Whom it misses more"),
    "describe.drivers": ("靠什么排序", "What drives it"),
    "describe.driver": ("{group}（{share}）", "{group} ({share})"),
    "describe.champion": ("与现用版本相比", "Against the champion"),
    "describe.changed": (
        "与第{number}版相比改了{count}项设置：{settings}。",
        "{count} settings differ from version {number}: {settings}.",
    ),
    "describe.again": (
        "按记录的设置重新训练，核对得出的是不是这个版本：",
        "To train it again and see whether the same comes out:",
    ),
    "describe.page": (
        "全部内容见来源运行（Source run）的 review.html 和 model_card.md。",
        "Everything is on review.html and in model_card.md of the source run.",
    ),
    # model card
    "card.title": ("模型卡：{panel}，数据截至{as_of}", "Model card: {panel}, data as of {as_of}"),
    "card.use": ("用途", "Intended use"),
    "card.use.words": (
        "给县级帮扶部门排出每月先走访哪些户的次序。清单上的每一户都是待核实的线索，不是结论。",
        "Orders whom a county office visits first each month. Each household on a list is a lead to check, no finding.",
    ),
    "card.not_use": ("不得用于", "Not for"),
    "card.not_use.words": (
        "不得作为认定或不认定监测对象、给予或取消任何待遇的依据；不得用于训练数据以外的县而不先回测；不得向村级公开次序或可能性。",
        "No ground to recognise or not to recognise anybody, or to give or take any benefit; not for another county "
        "without a backtest there; neither order nor chances are to be made public in a village.",
    ),
    "card.limits": ("局限", "Limits"),
    "card.limit.found": (
        "训练用的是被发现的情形：以往走访少的村、记录不全的户，发生了也可能没有记录。",
        "It learned from what was found: where visits are few or records thin, events may never have been recorded.",
    ),
    "card.limit.shock": (
        "训练时段没有出现过的冲击（疫情、大灾、政策调整）它不知道。",
        "Shocks that the training window did not see (an epidemic, a disaster, a change of policy) are unknown to it.",
    ),
    "card.limit.chance": (
        "多数被列入的户不会发生：预测{horizon}的清单命中率是{precision}，全部户是{base}。",
        "Most listed households do not fall: {horizon} ahead, {precision} of the list did, and {base} of all.",
    ),
    "card.limit.cause": (
        "原因说明的是排序的依据，不是因果。",
        "Reasons tell why a household stands where it stands; they are no causes in the world.",
    ),
    "card.limit.simulated": (
        "数据是模拟的：成绩不说明在真实县的效果。",
        "The data are simulated: the figures say nothing about a real county.",
    ),
    "card.data": ("数据", "Data"),
    "card.figures": ("成绩", "Figures"),
    "card.fairness": ("各组漏掉的比例", "Missed rates by group"),
    "card.sensitive": ("敏感信息", "Sensitive data"),
    "card.gates": ("关卡", "Gates"),
    "card.contact": ("异议", "Objections"),
    "card.contact.words": (
        "住户可以要求说明列入的主要原因并由工作人员重新核实（relapse explain）。",
        "Households may ask for the main reasons and for a check by a member of staff (relapse explain).",
    ),
}
