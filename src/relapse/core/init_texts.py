"""Wording of what `relapse init` writes: configs, templates and guide, in Simplified Chinese and in English."""

from __future__ import annotations

TEMPLATE_NOTES = ("说明", "Notes")  # the sheet of a template that is there for people

TEXTS_INIT: dict[str, tuple[str, str]] = {
    # the folder of a panel
    "init.confirm": (
        "列名与周期由程序推测，请逐项核对后再使用；??? 处必须填写。",
        "Columns and frequency are a proposal: confirm each before you go on; fill in what says ???.",
    ),
    "init.others": (
        "其余各列将作为家庭情况使用，不需要的写入 exclude",
        "all other columns are covariates; name those to leave out",
    ),
    "init.guide": (
        "# {name}\n\n"
        "1. 核对 conf/data/{name}.yaml 中的列名与周期（monthly 月、quarterly 季、annual 年、wave 调查轮次）。\n"
        "2. 检查数据：`relapse validate --config-dir {folder}/conf data={name}`\n"
        "3. 回测、训练、出清单：`relapse run --config-dir {folder}/conf data={name}`\n\n"
        "数据留在本机；清单只是走访线索，不作认定依据。\n",
        "# {name}\n\n1. Confirm columns and frequency in conf/data/{name}.yaml.\n"
        "2. Check the data: `relapse validate --config-dir {folder}/conf data={name}`\n"
        "3. Backtest, train and list: `relapse run --config-dir {folder}/conf data={name}`\n\n"
        "The data stay on this machine; a line on the list is a lead to check, never a finding.\n",
    ),
    # the config of a county
    "init.county.head": (
        "本县的设置。“#”后面是说明，程序不读；?????? 处必须填写。其余各项都有默认值，不懂可以不动。",
        "The county's settings; after # stands explanation. Fill in what says ??????; all else may stay as it is.",
    ),
    "init.county.defaults": ("沿用程序自带的县级设置，下面只写本县不同的地方", "begins with the shipped settings"),
    "init.county.path": (
        "数据表所在的文件夹（绝对路径）；文件夹搬家后改这里",
        "the folder of the tables (absolute); change it where the folder moves",
    ),
    "init.county.name": ("本县的名称，用在清单和模型的文件夹名里", "of the county; lists and models bear it"),
    "init.county.region": (
        '必填：行政区划代码，2、4或6位，要带引号，如 "522727"；按它查监测线',
        'needed: administrative code of 2, 4 or 6 digits in quotes, such as "522727"; the line is looked up by it',
    ),
    "init.county.list_length": (
        "清单户数：全县一个月最多能走访多少户",
        "households on a list: as many as can be visited in a month",
    ),
    "init.county.year_ends_in": (
        "导出表里“年收入”的年度截止月份（一般是上年10月至本年9月）",
        "last month of the year that annual sums of an export speak of",
    ),
    "init.county.delays": (
        "表里没有“知晓日期”列时，按发生后几个月才知道来算；与下列不同才写，如 {{claims: 2}}。现在：{told}",
        "months after which a row without known_at counts as known; name those that differ, such as {{claims: 2}}. "
        "Now: {told}",
    ),
    "init.county.key_file": (
        "密钥文件放在哪里，建议 ~/.config/relapse/{name}.key（不能在本文件夹和 outputs 里）；null：不保存密钥",
        "where the key of pseudonyms lies, such as ~/.config/relapse/{name}.key, not in this folder; null: none",
    ),
    "init.county.columns": (
        "本县表头与合同不同的列：表、字段: 表头",
        "columns that bear another header here: by table, field: header",
    ),
    "init.county.none": ("没有需要另外指定的列", "no column has to be named"),
    "init.county.confirm": ("请核对", "confirm"),
    "init.county.files": (
        "以下是读到的文件，供核对；本文件不改动、不复制任何数据。",
        "The files that were looked at. None was moved, copied or changed.",
    ),
    "init.county.file": ("文件 {file}：按“{what}”（{name}）读取", "File {file}: read as {name} ({what})"),
    "init.county.earlier": (
        "同名较早的导出 {count} 个，表头按最新一个核对",
        "{count} earlier exports of that name; headers are those of the newest",
    ),
    "init.county.rename": (
        "要先改名：请把 {file} 改名为 {to}，否则不会读取",
        "Rename it first: {file} to {to}; otherwise it is not read",
    ),
    "init.county.taken": ("认出的列（表头 → 字段）：", "columns that are known (header → field):"),
    "init.county.missing": (
        "缺少必需的列：{header}（{field}），读不了这张表",
        "needed column not found: {header} ({field}); without it the table is not read",
    ),
    "init.county.ignored": (
        "不认识、将忽略的列（{count}）：{headers}",
        "unknown columns, ignored ({count}): {headers}",
    ),
    "init.county.empty": ("只有表头，没有数据行", "a header and no rows"),
    "init.county.unknown": ("不会读取的文件：{file}（{why}）", "not read: {file} ({why})"),
    "init.county.why_unknown": ("不像合同里的任何一张表", "resembles none of the tables"),
    # the templates
    "finding.table_empty": (
        "只有表头，没有数据行；用不到可以删掉。",
        "A header and no rows; delete the file where it is not needed.",
    ),
    "template.sheet.notes": TEMPLATE_NOTES,
    "template.sheet.choices": ("选项", "Choices"),
    "template.title": ("{name}：填表说明", "{name}: how to fill in the table"),
    "template.rule.row": ("每行填一条“{meaning}”，从第2行起。", "A row is {meaning}. Begin in row 2, one a row."),
    "template.rule.header": (
        "第1行的列名请不要改。黄色加粗的列必须填，灰色斜体的是个人信息，可不填；其他列没有的数据空着，也可以整列删掉。",
        "Do not change the headers in row 1. Bold yellow ones are needed, slanted ones identify people and may stay "
        "empty; leave others empty where there is nothing, or delete the columns.",
    ),
    "template.rule.text": (
        "编号列已设为文本，保留开头的0和18位数字；从别处粘贴时请选“只粘贴数值/文本”。",
        "Columns of numbers that identify are text, so that leading zeros and 18 digits stay; paste values only.",
    ),
    "template.rule.identity": (
        "姓名、证件号码、电话、银行卡号等个人信息只在读取文件时用于核对，不进入模型、清单和日志，可以不填。",
        "Names, ID numbers, telephones and bank cards stay where files are read; models, lists and logs never hold "
        "them. They may be left out.",
    ),
    "template.rule.known": (
        "“知晓日期”是本办得到这条数据的日期；不填就按默认的滞后月数推算（本表：{months}个月）。",
        "known_at is the day on which the office had the row; without it {months} month(s) of delay are assumed.",
    ),
    "template.head.field": ("列名", "Column"),
    "template.head.needed": ("必填", "Needed"),
    "template.head.how": ("怎样填", "How"),
    "template.head.unit": ("单位", "Unit"),
    "template.head.allowed": ("可填内容（范围）", "Allowed"),
    "template.head.meaning": ("用途", "Meaning"),
    "template.head.other": ("也认得的列名", "Chinese headers"),
    "template.head.english": ("英文名", "Field"),
    "template.needed": ("是", "yes"),
    "template.range": ("一般在{low}到{high}之间", "usually {low} to {high}"),
    "template.several": ("，可填几项，用顿号隔开", "; several with commas between"),
    "template.how.id": ("编号，文本", "number that identifies, as text"),
    "template.how.text": ("文字", "text"),
    "template.how.choice": ("从下拉框里选", "choose from the list"),
    "template.how.flag": ("是、否", "yes or no"),
    "template.how.month": ("年月，如 2025-09", "month, such as 2025-09"),
    "template.how.date": ("日期，如 2025-09-02", "date, such as 2025-09-02"),
    "template.how.money": ("金额，只填数字", "amount, a number alone"),
    "template.how.number": ("数字", "number"),
    "template.how.count": ("整数", "whole number"),
    "template.use.known": ("推算时可用", "may be used in a forecast"),
    "template.use.recognition": ("识别时记录的，只作结果和核对", "fixed at a recognition: outcomes and audits alone"),
    "template.use.post_label": ("识别以后记录的，只作核对", "written after a recognition: audits alone"),
    "template.use.identity": ("个人信息，读完即止，可不填", "identity: stays where files are read, may be left out"),
    "template.use.identity_needed": ("个人信息，读完即止", "identity: stays where files are read"),
    "template.hint.choice": ("请从下拉框中选择。", "Choose from the list."),
    "template.hint.wrong": ("不在可填内容里，确定要这样填吗？", "This is not among the allowed values. Keep it?"),
    "unit.yuan": ("元", "yuan"),
    "unit.months": ("个月", "months"),
    "unit.years": ("岁", "years"),
    "unit.persons": ("人", "persons"),
    "unit.mu": ("亩", "mu"),
    "unit.km": ("公里", "km"),
    "unit.m2": ("平方米", "m2"),
    # the guide of a county
    "init.guide.county.fill": (
        "1. **填表或放入导出表。** 在 `tables/` 里填写要用的模板（看每张表的“说明”工作表），用不到的模板删掉即可。"
        "至少要有“农户信息”和“收入”。也可以把全国系统的导出表直接放进 `tables/`，文件名末尾写上导出日期，"
        "如 `脱贫户信息_20250902.xlsx`；同一种表每月导出的都留着，不要覆盖，程序靠前后比较发现变化。",
        "1. **Fill in the tables, or put exports there.** Use the templates in `tables/` (see their Notes); "
        "delete those that you do not need; `households` and `income` at least. Exports of the national system may lie "
        "there as well, each with its date: `exited_roll_20250902.xlsx`. Keep every month's file; changes are found by "
        "comparing.",
    ),
    "init.guide.county.from": (
        "1. **核对设置。** 数据仍在 `{tables}`，没有移动，也没有复制。打开 `conf/data/{name}.yaml`，"
        "凡写着“请核对”的列逐一核对，写着“要先改名”的文件先改名。",
        "1. **Confirm the settings.** The files are where they were, in `{tables}`. Open `conf/data/{name}.yaml`, "
        "confirm each column marked so, and rename the files that it names.",
    ),
    "init.guide.county": (
        "# {name}\n\n"
        "本文件夹由 `relapse init` 生成。按下面的步骤做，每一步都可以重复做。\n\n"
        "{first}\n"
        "2. **填区划代码。** 用记事本打开 `conf/data/{name}.yaml`，"
        '把 `region: "??????"` 改成本县代码，如 `region: "522727"`；'
        "`list_length` 改成一个月能走访的户数。\n"
        "3. **检查数据。** 打开命令窗口进入本文件夹（`cd {folder}`），以后的命令都在这里运行：\n"
        "   `relapse validate --config-dir conf data={name}`\n"
        "   打开 `outputs/quality/report.html` 看每一处问题；改好表格再检查，直到没有“必须改”。\n"
        "4. **训练并出清单。** `relapse run --config-dir conf data={name}`\n"
        "5. **以后每月。** 把新导出的表（文件名带日期）和乡镇交回的清单放进 `inbox/`，双击 `{start}`，"
        "清单和一页说明在 `outputs/outbox/年-月/`。\n"
        "   进度随时可查：`relapse status --config-dir conf data={name}`；换人时用交接清单。\n\n"
        "## 结果在哪里\n\n"
        "- 清单：`outputs/lists/{name}/年-月/`，其中 `list.xlsx` 可打印、可回填。\n"
        "- 数据问题：`outputs/quality/`（`findings.csv` 可用 Excel 筛选）。\n"
        "- 回测效果：`outputs/backtest/report.html`。\n\n"
        "## 提示是什么意思\n\n"
        "| 提示 | 怎么办 |\n| --- | --- |\n"
        "| data.region: … is no administrative code | 没填区划代码，见第2步 |\n"
        "| faults stop the work | 有“必须改”的问题，看 findings.csv 中的文件、行、列 |\n"
        "| 必须改 stop | 不改就不能往下做 |\n"
        "| 应改 fix | 这些行不参加训练，该户仍可列入清单，数据可信度标“低” |\n"
        "| 请核实 check、提示 note | 不影响运行，请看一眼 |\n"
        "| has a header and no rows | 表里只有表头；填上数据，或把文件删掉 |\n"
        "| protected by a password | 打开后另存为不带密码的 .xlsx |\n"
        "| no income line for county … | 缺这一年的监测线；填写“监测线”表 |\n"
        "| another run is at work | 另一个窗口正在运行，等它结束 |\n\n"
        "## 个人信息\n\n"
        "数据只留在本机。姓名、证件号码、电话、银行卡号在读取文件时即止，不进入模型、清单和日志；"
        "没有这些列也能运行。请不要把本文件夹放到公共网盘或发到微信群。\n\n"
        "## 清单是线索，不是认定\n\n"
        "列入清单只表示建议先去走访。是否纳入监测对象，以入户核实、信息比对、民主评议、公示和县级审定为准；"
        "没有列入的户，也不代表没有风险。\n",
        "# {name}\n\n"
        "Made by `relapse init`. Follow these steps; each may be repeated.\n\n"
        "{first}\n"
        '2. **Name the region.** In `conf/data/{name}.yaml` change `region: "??????"` to the county\'s code, such as '
        '`region: "522727"`, and `list_length` to the households that can be visited in a month.\n'
        "3. **Check the data.** Go into this folder (`cd {folder}`); all commands are run there:\n"
        "   `relapse validate --config-dir conf data={name}`\n"
        "   Open `outputs/quality/report.html`, mend the tables, check again, until no fault is marked stop.\n"
        "4. **Train and list.** `relapse run --config-dir conf data={name}`\n"
        "5. **Each month.** Put new exports (dated) and lists that were handed back into `inbox/` and start `{start}`: "
        "list and note lie in `outputs/outbox/YYYY-MM/`.\n"
        "   `relapse status --config-dir conf data={name}` tells how things stand; the hand-over sheet is for a new "
        "officer.\n\n"
        "## Where results lie\n\n"
        "- Lists: `outputs/lists/{name}/YYYY-MM/`; `list.xlsx` is to be printed and filled in.\n"
        "- Faults: `outputs/quality/`.\n"
        "- Backtest: `outputs/backtest/report.html`.\n\n"
        "## What messages mean\n\n"
        "| message | what to do |\n| --- | --- |\n"
        "| data.region: … is no administrative code | name the region, step 2 |\n"
        "| faults stop the work | findings.csv has file, row and column of each |\n"
        "| stop | nothing goes on before it is mended |\n"
        "| fix | the row leaves training; its household is still listed, with low credibility |\n"
        "| check, note | the work goes on; have a look |\n"
        "| has a header and no rows | fill the table in, or delete the file |\n"
        "| protected by a password | save it as .xlsx without a password |\n"
        "| no income line for county … | the line of that year is missing: fill in the table lines |\n"
        "| another run is at work | wait for the other window |\n\n"
        "## Privacy\n\n"
        "The data stay on this machine. Names, ID numbers, telephones and bank cards stay where files are read; "
        "models, lists and logs never hold them, and nothing needs them.\n\n"
        "## A lead, no finding\n\n"
        "A household on the list should be visited first, no more. Recognition follows the visit and the official "
        "steps alone; a household that is not on the list may be at risk as well.\n",
    ),
}
