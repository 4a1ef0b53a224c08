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
    "monitor.title": ("每月监测：预测还能不能用", "The month's monitor: may the forecast go on"),
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
    "monitor.horizon": ("清单发出后{horizon}内", "Within {horizon} of the list"),
    "monitor.head.group": ("范围", "Group"),
    "monitor.head.lists": ("清单期数", "Lists"),
    "monitor.head.n": ("户次", "Rows"),
    "monitor.head.hits": ("被识别", "Came"),
    "monitor.head.rate": ("每100户", "In 100"),
    "monitor.head.range": ("90%区间", "90% range"),
    "monitor.group.base": ("全部应评户（基准）", "all at risk (base)"),
    "monitor.group.all": ("清单合计", "the list"),
    "monitor.group.tier": ("其中：{value}", "of these: {value}"),
    "monitor.group.source": ("其中来自{value}", "of these, listed for: {value}"),
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
    # the note of a month
    "month.title": ("本月走访线索：办公室说明", "The month's leads: a note for the office"),
    "month.subtitle": ("{panel}，数据截至{as_of}", "{panel}, data as of {as_of}"),
    "month.edition": (
        "这是本月第{edition}版，以这一版为准；先前发出的各版仍保留，不作改动。",
        "This is edition {edition} of the month and holds; those issued before are kept as they are.",
    ),
    "month.list": ("清单", "The list"),
    "month.listed": (
        "应评{at_risk}户，列入{listed}户，看未来{horizon}：{tiers}。",
        "{at_risk} households at risk, {listed} listed, looking {horizon} ahead: {tiers}.",
    ),
    "month.tier": ("{tier}{count}户", "{tier} {count}"),
    "month.taken": ("收到并已归入数据的文件", "What came and was taken in"),
    "month.taken.none": ("本月收件箱里没有新的导出表。", "No new export lay in the inbox."),
    "month.head.name": ("文件", "File"),
    "month.head.what": ("是什么", "Taken for"),
    "month.head.target": ("现在叫", "Now called"),
    "month.same_name": ("未改名", "as it came"),
    "month.head.why": ("为什么没收、怎么办", "Why, and what to do"),
    "month.more": ("另有{count}个，从略", "{count} more"),
    "month.hand_backs": ("交回的清单，{count}个", "{count} lists handed back"),
    "month.hand_back": ("交回的清单", "list handed back"),
    "month.back": (
        "交回的清单里填了{rows}户，核查齐全{verified}户，对不上的{unmatched}行。",
        "Of the lists handed back {rows} rows are answered, {verified} of them in full; {unmatched} do not match.",
    ),
    "month.link.feedback": ("回填情况", "what came back"),
    "month.late": ("晚到的数据", "What is late"),
    "month.late.none": ("各类数据都按时。", "Every table is in time."),
    "month.late.done": (
        "清单照常推算，用的是已有数据，清单首页已经注明。数据补来后放进收件箱，再运行一次，会另出一版。",
        "The list was made with what there is, and says so. Put what comes later into the inbox and run again: that "
        "makes a further edition.",
    ),
    "month.left": ("还留在收件箱里的文件", "What still lies in the inbox"),
    "month.findings": ("数据问题", "Faults of the data"),
    "month.findings.some": ("{severity}{count}处", "{severity} {count}"),
    "month.findings.none": ("没有发现问题。", "None was found."),
    "month.hits": (
        "已满{horizon}个月的{lists}期清单共{n}户次，其中{hits}户次被识别，每100户{rate}户。",
        "Of {n} rows on {lists} list(s) that are {horizon} month(s) old, it came to {hits}: {rate} in 100.",
    ),
    "month.hits.base": (
        "已满{horizon}个月的{lists}期清单共{n}户次，其中{hits}户次被识别，每100户{rate}户；全部应评户每100户{base}户。",
        "Of {n} rows on {lists} list(s) that are {horizon} month(s) old, it came to {hits}: {rate} in 100; of all at "
        "risk {base} in 100.",
    ),
    "month.hits.none": (
        "还没有可以说的结果：清单期限未满，或户数太少。",
        "Nothing can be told yet: no window has closed, or too few households.",
    ),
    "month.past": ("往期清单的结果", "What past lists came to"),
    "month.see": ("详见", "See"),
    "month.steps": ("接下来做什么", "What to do now"),
    "month.step.1": (
        "打开 list 文件夹里的 list.xlsx，看一遍“本月必访”，有明显不对的先核对数据。",
        "Open list.xlsx in the folder list, look through the first tier, and check the data where something is odd.",
    ),
    "month.step.2": (
        "把 list/townships 里的工作簿和网页发给乡镇，只发本乡镇的；不发微信群、不张贴。",
        "Give each township its own files from list/townships and no other; post nothing, send nothing to chat groups.",
    ),
    "month.step.3": (
        "乡镇走访后填好右边的列交回，把交回的表和新的导出表都放进收件箱（inbox）。",
        "Put the lists that townships hand back, and new exports, into the inbox.",
    ),
    "month.step.4": (
        "下月再双击一次启动文件。中途关机、断电都不要紧，再双击一次即可。",
        "Next month start it again. If the computer goes off in between, simply start it once more.",
    ),
    "month.link.list": ("清单工作簿", "the list's workbook"),
    "month.link.page": ("清单网页", "its page"),
    "month.link.office": ("给单位负责人看的一页", "a page for the head of the office"),
    "month.link.quality": ("数据问题", "faults of the data"),
    "month.link.monitor": ("往期清单的结果", "what past lists came to"),
    "month.signed": ("经办人：____________　　日期：____________", "Done by: ____________    Date: ____________"),
    # why a file stays in the inbox
    "inbox.refused": (
        "是乡镇交回的清单，但读不了：{details}",
        "A list that was handed back, which cannot be read: {details}",
    ),
    "inbox.read_before": (
        "以前已经读入，内容没有变，可以移走。",
        "Was read before, and nothing in it is new; it may go.",
    ),
    "inbox.unreadable": (
        "打不开：是空表、带密码或已损坏。去掉密码或重新导出后再放进来。",
        "Cannot be read: empty, protected or damaged. Export it again without a password.",
    ),
    "inbox.old_kind": (
        "是旧格式，用 Excel 或 WPS 打开，另存为 .xlsx 后再放进来。",
        "An old kind of workbook: open it and save it as .xlsx.",
    ),
    "inbox.unknown": (
        "不像哪一张数据表，也不像交回的清单；不需要就移走。",
        "Resembles no table and no list that was handed back; move it away if it is not needed.",
    ),
    "inbox.columns": (
        "认不出必需的列：{details}。请改列名，或在设置文件的 columns 里写明。",
        "Needed columns are under no known header: {details}. Rename them, or say so under columns in the config.",
    ),
    "inbox.no_date": (
        "文件名末尾没有导出日期，不知道是哪天的数据。请改名为 {details}（YYYYMMDD 换成导出那天）。",
        "Its name does not end with the day of the export: call it {details}, with that day for YYYYMMDD.",
    ),
    "inbox.name_taken": (
        "已收过同一天的 {details}，内容不同。确认哪一份对；要换就换掉数据文件夹里的那份。",
        "There is a {details} already with other content: see which is right, and replace the one in the data folder.",
    ),
    "inbox.twice": ("与另一份（{details}）内容完全相同，可以移走。", "The same as {details}; it may go."),
    # the screen of relapse status
    "status.colon": ("：", ": "),
    "status.county": ("县", "county"),
    "status.list": ("最近一期清单", "last list"),
    "status.list.none": ("还没有出过清单", "none yet"),
    "status.list.value": (
        "{as_of}第{edition}版，共{listed}户，本月必访{visit}户，{reviewed}（{folder}）",
        "{as_of}, edition {edition}: {listed} households, {visit} to visit, {reviewed} ({folder})",
    ),
    "status.reviewed": ("已审核", "reviewed"),
    "status.handed_back": ("回填", "handed back"),
    "status.handed_back.value": (
        "已交回{back}户，共{listed}户；还有{silent}个乡镇一户未交",
        "{back} of {listed} rows; {silent} townships have handed back none",
    ),
    "status.handed_back.unknown": ("这份清单没有线索编号，不能核对", "rows of this list have no number to match"),
    "status.named": ("（{names}）", " ({names})"),
    "status.inbox": ("收件箱", "inbox"),
    "status.inbox.none": ("没有收件箱文件夹（{folder}）", "there is no folder {folder}"),
    "status.inbox.value": ("有{count}个文件等着处理", "{count} files are waiting"),
    "status.version": ("现用版本", "version"),
    "status.version.none": ("还没有，先运行 relapse run", "none yet: run `relapse run` first"),
    "status.version.server": ("登记在服务器上，这里不联网查询", "kept on a server, which is not asked here"),
    "status.version.value": ("第{number}版（{digest}），{reviewed}", "version {number} ({digest}), {reviewed}"),
    "status.key": ("密钥", "key"),
    "status.key.own": (
        "没有设密钥，每次运行自用自弃（设置里的 key_file 为空）",
        "none is kept: each run draws one and forgets it (key_file is empty)",
    ),
    "status.key.new": ("还没有，第一次读数据时生成（{file}）", "none yet; made when the data are read first ({file})"),
    "status.key.lost": (
        "丢失！{file} 不在了。取出封存件，运行 relapse key restore=文件",
        "LOST: {file} is gone. Take the sealed copy: relapse key restore=FILE",
    ),
    "status.key.other": (
        "不对！{file} 不是原来那把。取出封存件恢复",
        "ANOTHER: {file} is not the one used before. Put the right one back from the sealed copy",
    ),
    "status.key.copied": ("在，封存件已核对（{file}）", "there, and its sealed copy was checked ({file})"),
    "status.key.not_copied": (
        "在，但还没有封存件：运行 relapse key copy=U盘上的文件.html（{file}）",
        "there, without a checked copy: relapse key copy=FILE on a stick ({file})",
    ),
    "status.tables": (
        "各类数据（{as_of}那期清单用到的；！表示晚到）",
        "tables, as of the list of {as_of} (! is late)",
    ),
    "status.age": ("（距今{months}个月）", " ({months} months ago)"),
    # the sealed copy of the key
    "key.title": ("密钥封存件", "Sealed copy of the key"),
    "key.warning": (
        "机密：拿到它就能试出身份证号码。不得拍照、扫描、发送。",
        "Secret: who has it can try ID numbers out. No photograph, no scan, no sending.",
    ),
    "key.what": (
        "这是本县把证件号码换成代号所用的密钥。电脑上的密钥文件丢失时，凭本页恢复；没有它，以前的代号再也对不上。",
        "With this key the county's numbers become pseudonyms. Where its file is lost, this sheet brings it back; "
        "without it, earlier pseudonyms match no new ones.",
    ),
    "key.fingerprint": (
        "指纹（不泄露密钥，用来认是哪一把）：{fingerprint}",
        "Fingerprint, which tells nothing of the key: {fingerprint}",
    ),
    "key.keep": ("怎样保管", "How to keep it"),
    "key.keep.1": (
        "打印一份，运行 relapse key check=本文件 核对，看到“good copy”才算备份好。",
        "Print it once, and run `relapse key check=FILE`: only then it counts as kept.",
    ),
    "key.keep.2": (
        "装入信封，骑缝签名，放进本单位保险柜，与电脑分开。",
        "Seal it in an envelope, sign across the flap, and keep it in a safe apart from the computer.",
    ),
    "key.keep.3": ("打印后从U盘和电脑上删掉本文件。", "Remove this file from stick and computer once it is printed."),
    "key.keep.4": (
        "管密钥的人和用代号数据的人，尽量不是同一人。",
        "Who keeps the key should not be who uses the data.",
    ),
    "key.back": ("怎样恢复", "The way back"),
    "key.back.how": (
        "用记事本照抄上面八行，存成文本文件，运行 relapse key restore=文件。每行末两位是校验码，抄错哪行会指出哪行。",
        "Type the eight lines into a text file and run `relapse key restore=FILE`. The last two signs of a line check "
        "it: a slip is told with its line.",
    ),
    "key.form.who": (
        "封存人：____________　　监督人：____________　　日期：____________",
        "Sealed by: ____________    Witness: ____________    Date: ____________",
    ),
    "key.form.where": ("存放地点：________________________________", "Kept at: ________________________________"),
    # the page for a household of a county
    "household.chart.county": (
        "各月往前12个月的人均收入（实线）与监测线（虚线），{money}",
        "Income per person of the twelve months up to each month (full) and the monitoring line (dashed), {money}",
    ),
    "household.chart.line.county": ("监测线", "monitoring line"),
    "household.chart.words.county": (
        "到{label}为止的12个月，人均收入{income}{money}；监测线是{line}{money}。",
        "In the twelve months up to {label} income per person was {income} {money}; the line is {line} {money}.",
    ),
    "household.most": ("每类只列最主要的，至多{most}项。", "The weightiest alone, at most {most} of each kind."),
    # how a household can object: PIPL arts. 24, 44 to 47 and 50
    "object.say": (
        "当面说、打电话、写下来都行，也可以请家人或村干部代说。不收费，也不影响您现有的待遇。",
        "In person, by telephone or in writing, also through a relative. It costs nothing and changes no benefit.",
    ),
    "object.answered_within": (
        "工作人员当场记下您的意见，重新上门或核对材料，{days}天内把结果和理由告诉您。",
        "A member of staff writes down what you say, checks again, and within {days} days tells you the result and "
        "why.",
    ),
    "object.answered": (
        "工作人员当场记下您的意见，重新上门或核对材料，再把结果和理由告诉您。",
        "A member of staff writes down what you say, checks again, and tells you the result and why.",
    ),
    "object.correct": (
        "记错了的，可以要求改过来；想知道我们记了您家哪些情况，可以要求查看。",
        "What is wrong must be corrected if you ask; you may see what is on record of your household.",
    ),
    "object.refuse": (
        "您可以不接受只由电脑推算作出的决定。定不定监测对象，都由人核实、村里评议、县里审定。",
        "You may refuse a decision that a computer alone has made. Recognition is decided by people, after a visit.",
    ),
    "object.further": (
        "对答复不满意，可以向乡镇或县级农业农村（乡村振兴）部门反映。",
        "If the answer does not satisfy you, turn to the township or to the county's department.",
    ),
    "object.form.said": (
        "农户意见：__________________________________________________________",
        "What the household says: ____________________________________________________",
    ),
    "object.form.taken": (
        "记录人：______________　　日期：______________　　联系电话：______________",
        "Taken by: ______________    Date: ______________    Telephone: ______________",
    ),
    "object.form.answer": (
        "核实结果和答复：________________________　　答复人：________　　日期：________",
        "Result and answer: ______________________    By: ________    Date: ________",
    ),
}
