"""Wording of a county's workbooks and of the page for the head of its office, in Simplified Chinese and English."""

from __future__ import annotations

TEXTS_OFFICE: dict[str, tuple[str, str]] = {
    "file.township": (
        "{county}_{township}_走访线索_{month}_v{columns}",
        "{county}_{township}_leads_{month}_v{columns}",
    ),
    "sheet.townships": ("乡镇汇总", "Townships"),
    "sheet.villages": ("村级汇总", "Villages"),
    "sheet.triggered": ("部门预警对照", "Departments"),
    "sheet.doubts": ("数据疑点", "Doubts"),
    "sheet.answered": ("上月回填结果", "Last month"),
    # heads of 乡镇汇总
    "towns.township": ("乡镇", "township"),
    "towns.eligible": ("应评户数", "households at risk"),
    "towns.visit": ("本月必访", "visit this month"),
    "towns.next": ("次月轮访", "next month"),
    "towns.phone": ("电话问询", "by phone"),
    "towns.random": ("随机抽查", "random check"),
    "towns.listed_before": ("上月必访", "to visit last month"),
    "towns.verified": ("上月已核查", "verified last month"),
    "towns.verified_share": ("核查率", "share verified"),
    "towns.confirmed": ("确认存在风险", "found at risk"),
    "towns.hits": ("命中率({horizons})", "hit rate ({horizons})"),
    "towns.base_rate": ("基准率", "base rate"),
    "towns.overdue": ("超时未反馈", "overdue"),
    "towns.beyond": ("超出能力未安排", "beyond capacity"),
    "towns.file": ("乡镇代码", "code of the township"),
    "towns.whole": ("全县", "County"),
    "towns.about": (
        "应评户数是参加排序的户。“<5”表示1至4户，“*”是为避免推算出少数户而不显示的数；分母不足20户的不算比率。命中率"
        "是最近十二个月里期限已满的清单上，本月必访的户中后来真正被识别的比例；基准率是同期全部应评户的比例（"
        "{horizon}）。",
        "Households at risk are those ranked. '<5' stands for 1 to 4; '*' is a count that is held back, so that no "
        "small one can be worked out; no rate of fewer than 20. Hit rates are the share that was recognised among "
        "those to visit, on lists of the last twelve months whose window has closed; the base rate is that of all at "
        "risk ({horizon}).",
    ),
    "towns.empty": ("没有乡镇可以汇总。", "There is no township to sum up."),
    # heads of 村级汇总
    "villages.township": ("乡镇", "township"),
    "villages.village": ("行政村", "village"),
    "villages.eligible": ("应评户数", "households at risk"),
    "villages.visit": ("本月必访", "visit this month"),
    "villages.causes": ("原因分布", "causes"),
    "villages.doubts": ("疑点条数", "doubts"),
    "villages.about": (
        "应评不足10户的村与同乡镇相邻排列的村合并。原因按清单上各户第一条原因归类，只列5户及以上的；“<5”表示1至4，“*”"
        "是为避免推算而不显示的数。",
        "Villages with fewer than 10 households at risk are put together with the next one of their township. Causes "
        "are those of the first reason of listed households, from 5 on; '<5' stands for 1 to 4, '*' for what is held "
        "back.",
    ),
    "villages.empty": ("没有行政村可以汇总。", "There is no village to sum up."),
    "villages.cause": ("{group}{count}户", "{group} {count}"),
    "villages.with": ("{one}、{other}", "{one}, {other}"),
    # heads of 部门预警对照
    "triggered.township": ("乡镇", "township"),
    "triggered.village": ("村", "village"),
    "triggered.household_id": ("户编号", "household_id"),
    "triggered.head_name": ("户主姓名", "head_name"),
    "triggered.department": ("预警部门", "department"),
    "triggered.item": ("预警事项", "item"),
    "triggered.value": ("触发值", "value"),
    "triggered.limit": ("触发标准", "limit"),
    "triggered.on_list": ("是否同时在清单", "on the list"),
    "triggered.tier": ("清单等级", "tier"),
    "triggered.yes": ("是", "yes"),
    "triggered.no": ("否", "no"),
    "triggered.about": (
        "本月触发部门预警或“应纳未纳”规则的户，不论是否在清单上，逐条列出；清单等级空白的，是近期已核查无风险且没有新"
        "情况，或不属于本清单对象。清单上本月没排走访的排在前面，打印只印这些；其余在表上看，可以筛选。",
        "Every household that hits a department's trigger or a rule of missed inclusion, on the list or not. An "
        "empty tier stands for a clean visit of late with nothing new, or for a household that this list is not "
        "about. Listed households that nobody visits this month come first and are printed alone; the others stand "
        "below, to be filtered.",
    ),
    "triggered.empty": ("本月没有触发部门预警或应纳未纳规则的户。", "No household hits a rule this month."),
    # heads of 数据疑点
    "doubts.number": ("序号", "number"),
    "doubts.township": ("乡镇", "township"),
    "doubts.village": ("村", "village"),
    "doubts.household_id": ("户编号", "household_id"),
    "doubts.head_name": ("户主(脱敏)", "head (masked)"),
    "doubts.rule": ("疑点编号", "rule"),
    "doubts.sentence": ("疑点内容", "doubt"),
    "doubts.column": ("涉及字段", "field"),
    "doubts.value": ("系统现值", "value on record"),
    "doubts.severity": ("严重程度", "severity"),
    "doubts.outcome": ("核实结果", "outcome"),
    "doubts.corrected": ("修改后值", "corrected value"),
    "doubts.checked_by": ("核实人", "checked by"),
    "doubts.checked_at": ("核实日期", "checked on"),
    "beside.more": (
        "本表只列前{shown}条，共{whole}条；全部各条见各乡镇的工作簿。",
        "Of {whole} rows the first {shown} stand here; all of them stand in the townships' workbooks.",
    ),
    "doubts.about": (
        "列出全部“必须改”的疑点和清单上各户“请核实”的疑点；其余{elsewhere}条“请核实”涉及不在清单上的户，见检查报告（"
        "relapse validate）。数值多已写在疑点内容里，身份信息不显示。",
        "All doubts that must be mended, and those to be checked of households on the list; {elsewhere} more to be "
        "checked are of other households, see the report of relapse validate. Values stand in the doubt itself; "
        "identity values are not shown.",
    ),
    "doubts.about.township": (
        "本乡镇全部“必须改”的疑点和清单上各户“请核实”的疑点，逐条核实后填黄色格；其余“请核实”的涉及不在清单上的户，由县里掌"
        "握。数值多已写在疑点内容里，证件号码不显示。",
        "All doubts of the township that must be mended, and those to be checked of households on the list: check each "
        "and fill in the yellow cells; the county has those of other households. Values stand in the doubt itself; "
        "identity numbers are not shown.",
    ),
    "doubts.empty": ("清单上的户没有发现数据疑点。", "No doubt about the records of listed households."),
    "doubts.severity.fix": ("必须改", "must be mended"),
    "doubts.severity.check": ("请核实", "please check"),
    "doubts.outcome.mended": ("属实已改", "true, mended"),
    "doubts.outcome.not_yet": ("属实暂不能改", "true, cannot be mended yet"),
    "doubts.outcome.untrue": ("不属实", "not true"),
    "doubts.outcome.open": ("未核实", "not checked"),
    # heads of 上月回填结果
    "answered.clue_id": ("线索编号", "clue_id"),
    "answered.township": ("乡镇", "township"),
    "answered.village": ("行政村", "village"),
    "answered.household_id": ("户编号", "household_id"),
    "answered.head_name": ("户主姓名", "head_name"),
    "answered.tier": ("走访等级", "tier"),
    "answered.source": ("线索来源", "source"),
    "answered.visited_at": ("核查日期", "visit_date"),
    "answered.way": ("核查方式", "visit_way"),
    "answered.verdict": ("核查结论", "verdict"),
    "answered.causes": ("实际原因", "cause_found"),
    "answered.action": ("处置意见", "action"),
    "answered.not_included": ("未纳入原因", "not_included"),
    "answered.verified": ("是否已核查", "verified"),
    "answered.recognised": ("已识别", "recognised"),
    "answered.about": (
        "{month}清单的各行和交回的核查结果，以及此后识别记录中已识别为监测对象的月份。核查结论不改变识别结果，也不作"
        "为推算依据。",
        "Rows of the list of {month} with what visits found, and the month of a recognition since. A verdict changes "
        "no recognition and no forecast.",
    ),
    "answered.about.none": ("上月清单的回填结果列在这里。", "What visits found of last month's list stands here."),
    "answered.none": (
        "没有可列的结果：上月没有清单，或还没有交回。交回的工作簿由县里读入后，下月清单会列出结果。",
        "Nothing to show: there was no list last month, or nothing was handed back yet. Once the county has read "
        "what was handed back, next month's list shows it.",
    ),
    "answered.yes": ("是", "yes"),
    "answered.no": ("否", "no"),
    # codes and hints
    "codes.township_code": ("乡镇及代码", "townships and their codes"),
    "list.no_sorting": ("本表已锁定，可以筛选，不能排序。", "Locked: rows can be filtered, not sorted."),
    "list.unfold": (
        "有折叠的列：选中两侧整列，右键“取消隐藏”。",
        "Some columns are folded: select the columns on both sides and choose Unhide.",
    ),
    # the cover
    "cover.county": ("县", "County"),
    "cover.township": ("乡镇", "Township"),
    "cover.feeds": ("各类数据截至", "Newest data"),
    "cover.feed": ("{title} {newest}", "{title} {newest}"),
    "cover.feed.late": ("{title} {newest}（晚{late}个月）", "{title} {newest} ({late} month(s) late)"),
    "cover.feed.never": ("{title} 尚无", "{title} nothing yet"),
    "cover.at_risk": ("应评户数", "Households at risk"),
    "cover.tiers": ("其中", "Of these"),
    "cover.tier": ("{tier}{count}户", "{tier}: {count}"),
    "cover.expected": ("全县预计户数", "Expected in the county"),
    "cover.listed": ("清单户数", "Households on the list"),
    "cover.listed.value": ("{count}户：{tiers}", "{count}: {tiers}"),
    "cover.capacity": ("走访能力", "Capacity"),
    "cover.capacity.value": (
        "本月能走访{capacity}户，超出能力、未安排的{beyond}户。",
        "{capacity} visits this month; {beyond} households are beyond it and not planned.",
    ),
    "cover.tried": ("过去同样长清单的命中率（回头检验）", "Hit rate of lists of this length on past data"),
    "cover.tried.horizon": ("期限", "Within"),
    "cover.tried.list": ("本清单", "This list"),
    "cover.tried.rule": ("只看离监测线远近", "Distance rule"),
    "cover.tried.base": ("全部应评户（基准率）", "All at risk (base rate)"),
    "cover.tried.best": ("最高可能", "Best attainable"),
    "cover.tried.none": (
        "没有检验结果，或涉及户数太少，不列比率。",
        "Not tried out, or too few households stand behind it.",
    ),
    "cover.departments": (
        "本月各部门预警和“应纳未纳”规则触发的户数",
        "Households that this month's rules hit, by department",
    ),
    "cover.departments.department": ("部门", "Department"),
    "cover.departments.households": ("触发户数", "Households hit"),
    "cover.departments.now": ("本月走访", "Visited this month"),
    "cover.departments.later": ("次月轮访或电话", "Next month, or by phone"),
    "cover.departments.beyond": ("未安排", "Not planned"),
    "cover.departments.rest": ("其余", "Others"),
    "cover.departments.all": ("合计（一户计一次）", "All (each once)"),
    "cover.departments.note": (
        "“其余”是近期已核查无风险、没有新情况的户，和不属本清单对象的户。逐户见“部门预警对照”，可按乡镇、部门、清单等级筛选。",
        "Others were verified lately without a risk and nothing new came, or are of no list of entries. Household by "
        "household: see the sheet of triggers, and filter by township, department and tier.",
    ),
    "cover.interval.none": ("0%\n（没有一户）", "0%\n(nobody)"),
    "cover.interval": ("{value}\n（{low}～{high}）", "{value}\n({low} to {high})"),
    "cover.tried.note": (
        "命中率是清单上的户在期限内真正被识别为监测对象的比例，括号内是90%区间；检验时每期清单{length}户。",
        "Share of listed households that were recognised within the time, on lists of {length}; 90 % ranges in "
        "brackets.",
    ),
    "cover.since": ("与上月相比", "Against last month"),
    "cover.since.first": (
        "这是第一期清单，没有上月可比。",
        "This is the first list; there is none to compare it with.",
    ),
    "cover.since.nothing": ("模型版本、监测线和数据来源没有变化。", "Version, line and tables are as they were."),
    "cover.line": (
        "地区{region}，自{begins}起每人每年{line}元（{source}）",
        "region {region}, from {begins}: {line} yuan a person and year ({source})",
    ),
    "cover.lines": ("所用监测线", "Lines used"),
    "cover.notice": ("声明", "Notice"),
    "cover.rights": ("农户可以问", "What a household may ask"),
    "cover.version": ("版本标识", "Digests"),
    "cover.version.value": (
        "版本{version}，标识{digest}；数据标识{data}；列版本{columns}",
        "version {version}, digest {digest}; data {data}; columns {columns}",
    ),
    "since.version": (
        "排序用的版本由{before}换为{now}。",
        "The version that orders the list: {before} before, {now} now.",
    ),
    "since.model": ("排序方法由{before}换为{now}。", "What orders the list: {before} before, {now} now."),
    "since.line": ("监测线有变：原为{before}；现为{now}。", "The line changed: {before} before, {now} now."),
    "since.reviewed": ("本版本已经人工审核，不再标“试运行”。", "The version has been reviewed since."),
    "since.feed_new": ("新增数据：{title}。", "New table: {title}."),
    "since.feed_gone": ("本月没有数据：{title}。", "A table is gone: {title}."),
    "since.feed_late": ("{title}本月没有更新，仍是{newest}的数据。", "{title} told nothing new: still of {newest}."),
    "since.at_risk": (
        "全县应评户数由{before}变为{now}。",
        "Households at risk in the county: {before} before, {now} now.",
    ),
    "since.listed": (
        "全县清单户数由{before}变为{now}。",
        "Households on the county's list: {before} before, {now} now.",
    ),
    # how to use it, one page
    "use.title": ("本月怎么用这张清单", "How to use the list this month"),
    "use.1": (
        "一、先看等级。序号越小越先走；表按村排列，所以序号不连着。“本月必访”本月走完，部门预警的最急；“次月轮访”下月走；“电话问询”打电话问；“随机抽查”与必访一样"
        "走，它们不是因为风险高被选中，是用来检查清单漏了什么，对农户不要说成“高风险”。“超出本月走访能力，未安排”的，"
        "本月走不过来，留到以后。",
        "1. Look at the tier. The smaller the number, the sooner; rows stand by village, so numbers do not follow on. "
        "'Visit this month' is done this month, departments' triggers first; 'next month in "
        "turn' comes next; 'ask by phone' is a call; 'random check' is visited like the first ones: it was drawn to "
        "see what the list misses and is no sign of risk. 'Beyond this month's capacity' waits.",
    ),
    "use.2": (
        "二、再看原因。每户最多三条，说的都是本户自己的数；“建议核实要点”是到户要看、要问的事。“高于/低于监测线”带减"
        "号的是已经低于线。原因和部门预警都空着的，没有哪一项特别突出，是按总的情况排上来的，见面先问收入和支出。",
        "2. Look at the reasons: at most three, with the household's own figures. What to look at says what to see "
        "and ask. A minus before the distance says that income is below the line already. "
        "Where neither a reason nor a trigger stands, nothing stands out: ask about income and costs first.",
    ),
    "use.3": (
        "三、入户。先听本人讲，再核收入、支出、三保障和饮水。清单可能不准，以看到的为准。农户问为什么来，可以照“主要"
        "原因”讲，并告诉他可以要求重新核实。",
        "3. Visit. Listen first; then check income, costs, the three guarantees and water. What you see counts, not "
        "the list. Asked why you came, tell the reasons, and that a new check can be asked for.",
    ),
    "use.4": (
        "四、填表。只填黄色格。必填：核查日期、核查方式、核查结论、处置意见、核查人；处置意见不是“启动识别程序”的，还"
        "要选未纳入原因。五格齐了才算已核查，一户一分钟。没见到人也要填“未见到人”。备注不写病名、身份证号。",
        "4. Fill in the yellow cells alone. Needed: day, way, verdict, action and who went; where the action is not "
        "to start recognition, also why not. A row counts as verified when these are there; it takes a minute. "
        "Nobody met is an answer too. No disease and no ID number in the remark.",
    ),
    "use.5": (
        "五、交回。在反馈时限前把原文件交回县里（有部门预警的{working}个工作日，其余{days}天，从数据截至月的月末算起"
        "）。可以筛选；表已锁定，不能排序。不要另存为别的格式，不要改列。",
        "5. Hand the file itself back in time ({working} working days where a department gave a trigger, else {days} "
        "days, from the end of the data's month). Filter as you like; sorting is locked. Do not change its format or "
        "columns.",
    ),
    "use.6": (
        "六、保密。清单不张贴、不拍照、不转发，用完按规定销毁。清单上没有的户同样可以自主申报，照常受理。",
        "6. Keep it confidential: no posting, no pictures, no passing on; destroy it as the rules say. Whoever is "
        "not on it can report as ever.",
    ),
    "use.7": (
        "七、县里每月做三件事：看本页下面的表和“部门预警对照”有没有没排上的户；把“数据疑点”发给乡镇改；看“上月回填结果”"
        "和“乡镇汇总”里谁还没交。",
        "7. The county does three things a month: see below and in 'Departments' who was not planned; have 'Doubts' "
        "mended; see in 'Last month' and 'Townships' who has not answered.",
    ),
    "use.7.township": (
        "七、乡镇还有两件事：把“数据疑点”里本乡镇的逐条核实改正，填好后四格；“部门预警对照”里没排上本月的户，心里有数"
        "，有新情况随时报。",
        "7. A township does two more things: go through its own rows of 'Doubts' and fill in their last four cells; "
        "know who in 'Departments' was not planned this month, and report what is new.",
    ),
    # the page for the head of the office
    "chief.title": (
        "这张清单管不管用：给办公室负责人的一页",
        "Does the list earn its keep: a page for the head of the office",
    ),
    "chief.subtitle": ("{county}　{as_of}清单", "{county} · list of {as_of}"),
    "chief.answer": ("结论", "In short"),
    "chief.better": (
        "{horizon}内，清单好于现在用的办法（只看离监测线远近）：{source}每走100户，清单找到{list}户，现在的办法找到"
        "{rule}户。",
        "Within {horizon} the list does better than the rule used today (distance to the line): {source} of 100 "
        "visits, the list finds {list}, the rule {rule}.",
    ),
    "chief.worse": (
        "{horizon}内，清单不如现在用的办法（只看离监测线远近）：{source}每走100户，清单找到{list}户，现在的办法找到"
        "{rule}户。",
        "Within {horizon} the list does worse than the rule used today (distance to the line): {source} of 100 visits"
        ", the list finds {list}, the rule {rule}.",
    ),
    "chief.even": (
        "{horizon}内，还分不出清单和现在用的办法（只看离监测线远近）哪个好：{source}每走100户，清单找到{list}户，现在"
        "的办法找到{rule}户，相差在误差之内。",
        "Within {horizon} the list and the rule used today (distance to the line) cannot be told apart: {source} of "
        "100 visits, the list finds {list}, the rule {rule}, within the margin of error.",
    ),
    "chief.none": (
        "{horizon}内，还分不出清单和现在用的办法（只看离监测线远近）哪个好：{source}清单上的户和现在的办法取的户，都还没有一"
        "户被识别。",
        "Within {horizon} the list and the rule used today (distance to the line) cannot be told apart: {source} "
        "nobody was recognised, neither of the list nor of those the rule takes.",
    ),
    "chief.few": (
        "{horizon}内，涉及户数太少，不列比率，还不能说哪个好。",
        "Within {horizon} too few households stand behind the figures to say which is better.",
    ),
    "chief.is_rule": (
        "本版本没有好过现在用的办法，所以本月清单就是按离监测线远近排的。",
        "This version did not beat the rule used today, so this month's list is ordered by the distance to the line.",
    ),
    "chief.source.real": ("按已发清单的实际结果，", "by what issued lists really came to,"),
    "chief.source.tried": ("按过去数据的回头检验，", "tried out on past data,"),
    "chief.real": ("已发清单的实际结果", "What issued lists really came to"),
    "chief.real.none": (
        "还没有期限已满的清单。发出的清单要满{horizon}个月、识别记录报齐以后才有实际结果；在那以前先看下面的回头检验。",
        "No issued list's window has closed. Real results come {horizon} month(s) after a list, once late records "
        "are in; until then see below how it did on past data.",
    ),
    "chief.real.about": (
        "只算本月必访的户，期限已满的{lists}期清单（{first}至{last}）；“现在的办法”是同月份、同样多的户，按离监测线远"
        "近取的，它在当时并没有真的去走。",
        "Rows to visit on {lists} lists whose window has closed ({first} to {last}). The rule is as many households "
        "of the same months, taken by their distance to the line; they were not visited for it.",
    ),
    "chief.range": ("{value}（{low}～{high}）", "{value} ({low} to {high})"),
    "chief.range.none": ("0（至多{high}）", "0 (at most {high})"),
    "chief.range.unknown": ("0（没有一户）", "0 (nobody)"),
    "chief.visits": ("走访户次", "Visits"),
    "chief.found": ("其中被识别", "Recognised"),
    "chief.list_rate": ("清单每100户", "List, of 100"),
    "chief.rule_rate": ("现在的办法每100户", "Rule, of 100"),
    "chief.base_rate": ("全部应评户每100户", "All at risk, of 100"),
    "chief.within": ("期限", "Within"),
    "chief.tried": ("过去数据的回头检验", "Tried out on past data"),
    "chief.tried.about": (
        "把过去某个月当作现在，用当时知道的数据排清单，再看后来谁被识别。这是估计，不是承诺。",
        "A past month is taken for today: the list is made of what was known then, and held against what came. An "
        "estimate, no promise.",
    ),
    "chief.where_not": ("哪里不行", "Where it does not do well"),
    "chief.misses": (
        "{horizon}内后来被识别的户，大约{missed}没有排进{length}户的清单（回头检验）。没有上清单不等于没有风险，自主"
        "申报和干部排查照常。",
        "About {missed} of those recognised within {horizon} were not on a list of {length} (on past data). Not "
        "being listed is no sign of safety: reports and rounds go on.",
    ),
    "chief.most_false": (
        "走到的户大多数不会被识别：每走100户，{horizon}内大约{none}户没有被识别。走访本身不白走，但不要拿清单当结论。",
        "Most visits find nobody to be recognised: of 100, about {none} are not recognised within {horizon}. A visit "
        "is not in vain, but the list is no finding.",
    ),
    "chief.capped": (
        "被识别的户本来就少：就算全猜对，每走100户{horizon}内最多也只有{best}户。",
        "There are few to be found: with every guess right, of 100 visits {best} would be recognised within {horizon}.",
    ),
    "chief.late": (
        "本月有数据晚到：{titles}。与此有关的原因可能说得不全。",
        "Late this month: {titles}; reasons that rest on them may lack.",
    ),
    "chief.this_month": ("本月", "This month"),
    "chief.this_month.value": (
        "全县应评{at_risk}户，能走{capacity}户，排了本月必访{visit}户、随机抽查{random}户、电话问询{phone}户；超出能"
        "力未安排{beyond}户。",
        "{at_risk} households at risk, {capacity} visits possible: {visit} to visit, {random} random checks, {phone} "
        "calls; {beyond} are beyond the capacity.",
    ),
    "chief.answered": ("上月走访", "Last month's visits"),
    "chief.answered.value": (
        "{month}清单：必访{listed}户，已核查{verified}户，确认存在风险{confirmed}户，超时未反馈{overdue}户。",
        "List of {month}: {listed} to visit, {verified} verified, {confirmed} found at risk, {overdue} overdue.",
    ),
    "chief.decide": ("请您定的事", "For you to decide"),
    "chief.decide.1": (
        "本月走访能力够不够：未安排的户是加人走，还是留到下月。",
        "Whether the capacity is enough: send more people, or leave those beyond it for next month.",
    ),
    "chief.decide.2": ("超时未反馈的乡镇，谁去催。", "Who asks the townships that are overdue."),
    "chief.decide.3": (
        "清单连续几个月不如现在的办法，就改回现在的办法（换版本须经审核，见 relapse promote）。",
        "Where the list stays behind the rule for months, go back to the rule (relapse promote, with a reviewer).",
    ),
    "chief.note": (
        "括号内是90%区间；一户也没有的，写按走过的户数推算至多会有几户。“<5”是1至4户，“*”是户数太少、不列的比率。",
        "Brackets hold 90 % ranges, and where nobody came the upper end of what can be. '<5' stands for 1 to 4; '*' "
        "for a rate that too few households stand behind.",
    ),
}
