"""Wording of the draft impact assessment of personal information (PIPL arts 55 and 56), in Chinese and English."""

from __future__ import annotations

TEXTS_IMPACT: dict[str, tuple[str, str]] = {
    "impact.title": ("个人信息保护影响评估报告（草稿）", "Impact assessment of personal information (draft)"),
    "impact.draft": ("草稿：未经法律审核，不得作为正式评估", "Draft: no assessment before a lawyer has completed it"),
    "impact.open": ("【待填】", "[to be filled in]"),
    "impact.lead": (
        "依据《个人信息保护法》第五十五条、第五十六条起草。内容由程序按本县设置填写；标有【待填】的由本单位和法律顾问"
        "填写、核对。首次使用前完成；目的、方式或数据有变化时重做。",
        "Drafted after articles 55 and 56 of the Personal Information Protection Law, from the county's config. What "
        "is marked is for the office and its lawyer. To be done before the first list, and again where purpose, means "
        "or data change.",
    ),
    "impact.1": ("一、基本情况", "1. Who and what"),
    "impact.handler": ("个人信息处理者（单位全称、负责人）：", "Handler (office and head): "),
    "impact.assessors": ("评估人员：", "Assessed by: "),
    "impact.lawyer": ("法律审核人：", "Lawyer: "),
    "impact.when": ("评估日期、触发原因（首次使用／变更）：", "Date, and why now: "),
    "impact.place": (
        "数据存放在本单位电脑（{folder}），不联网传输，不出境。",
        "The data lie on the office's computer ({folder}); nothing is sent over a network or abroad.",
    ),
    "impact.2": (
        "二、处理目的、处理方式是否合法、正当、必要（第五十六条第一项）",
        "2. Whether purpose and means are lawful, justified and necessary (art. 56, 1)",
    ),
    "impact.purpose": (
        "目的：从已有数据中找出未来{horizon}个月可能被识别为监测对象的农户，安排走访先后，每月必访{visits}户。"
        "清单只是线索，不作认定或不认定、给予或取消待遇的依据。",
        "Purpose: to find households that may be recognised within {horizon} months and visit them first, {visits} a "
        "month. A line is a lead; no recognition and no benefit rests on it.",
    ),
    "impact.means": (
        "方式：读取各部门和全国系统的导出表，按户推算先后，由乡镇、村入户核实，核实结果交回存档，用来检验清单准不准，不作为下一期推算的依据。"
        "属于第二十四条所说的自动化决策的辅助环节，决定由人作出。",
        "Means: exports are read, households are put in order, people visit and check; what they find is kept and "
        "tests the list. It helps a decision in the sense of art. 24; the decision is a person's.",
    ),
    "impact.basis": (
        "合法性基础（一般为第十三条第一款第三项，履行法定职责；请写明法规文件名称和条款）：",
        "Legal basis (as a rule art. 13, paragraph 1 (3); name the regulation and its article): ",
    ),
    "impact.need": (
        "必要性：不用这些数据能否达到同样目的：",
        "Necessity: whether the purpose could be reached without: ",
    ),
    "impact.data": ("处理哪些数据", "Which data"),
    "impact.head.table": ("数据表", "Table"),
    "impact.head.fields": ("最多字段数", "Fields at most"),
    "impact.head.named": ("其中能认出个人的", "Of these, who somebody is"),
    "impact.nobody": ("无", "none"),
    "impact.named.how": (
        "能认出个人的字段只在读取文件时用于核对，不进入推算；姓名和证件后四位只出现在本单位和乡镇的工作簿里。",
        "Fields that name somebody are looked at where files are read and go into no forecast; names and the last four "
        "digits stand in the office's and the townships' workbooks alone.",
    ),
    "impact.sensitive": ("敏感个人信息（第二十八条）", "Sensitive personal information (art. 28)"),
    "impact.head.group": ("类别", "Group"),
    "impact.head.read": ("推算是否使用", "Read by the model"),
    "impact.head.need": ("用途", "What for"),
    "impact.group.health": ("健康和看病", "health and medical cost"),
    "impact.group.disability": ("残疾", "disability"),
    "impact.group.minors": ("未成年人", "minors"),
    "impact.allowed": ("使用", "yes"),
    "impact.closed": ("不使用（设置里已关闭）", "no (switched off)"),
    "impact.need.health": (
        "因病是识别监测的第一位原因，只看收入找不出看病负担重的户。",
        "Illness is the first cause of recognitions.",
    ),
    "impact.need.disability": (
        "残疾影响劳动能力和支出，漏掉会使最困难的户排到后面。",
        "Disability limits work and costs money.",
    ),
    "impact.need.minors": (
        "上学支出和失学辍学是识别原因，也是义务教育保障的内容。",
        "Schooling is a cause of its own, and a guarantee.",
    ),
    "impact.never": ("任何情况下都不用于推算的：{fields}。", "Never read by the model: {fields}."),
    "impact.sensitive.open": (
        "敏感信息的单独依据、充分必要性，以及不满十四周岁未成年人信息的专门规则：",
        "Ground and sufficient necessity for sensitive data; the rules for children under 14: ",
    ),
    "impact.3": (
        "三、对个人权益的影响及安全风险（第五十六条第二项）",
        "3. Effect on rights and interests, and risks (art. 56, 2)",
    ),
    "impact.head.risk": ("可能的影响", "What may happen"),
    "impact.head.guard": ("现有措施", "What is done against it"),
    "impact.head.level": ("剩余风险（高／中／低）", "Risk that is left"),
    "impact.risk.missed": ("该去的户没有列入，帮扶晚到", "A household in need is not listed, and help comes late"),
    "impact.guard.missed": (
        "部门预警和三保障问题不论先后都列入；每月随机抽查；未列入者照样可以申报。",
        "Departments' triggers and unmet guarantees are listed whatever the order; a random slice; anybody may apply.",
    ),
    "impact.risk.disturbed": ("反复上门打扰，或被邻里误解", "Visits disturb, or neighbours draw conclusions"),
    "impact.guard.disturbed": (
        "清单不公示、不张贴；近期核实无风险的歇几个月；村级页面措辞从缓。",
        "Nothing is posted; who was found well lately rests; pages for villages are softened.",
    ),
    "impact.risk.exposed": ("姓名、证件号码、病情外泄", "Names, numbers or illness become known"),
    "impact.guard.exposed": (
        "乡镇只得本乡镇的表；页面只写姓；证件号只留后四位；不写病名；日志、模型里没有姓名和证件号码。",
        "Townships get their own rows; pages have surnames alone; last four digits; no diagnosis; logs and models hold "
        "no name.",
    ),
    "impact.risk.automatic": ("把推算当成认定，只凭电脑作决定", "The order is taken for a finding"),
    "impact.guard.automatic": (
        "每页注明线索不作认定依据；不给每户的概率；识别按法定程序由人办理。",
        "Every page says so; no household's chance is told; recognition follows the official procedure.",
    ),
    "impact.risk.unfair": ("对某些人群排得偏后或偏前", "Some groups are listed too rarely or too often"),
    "impact.guard.unfair": (
        "民族、性别、宗教不用于推算；按人群分列回测结果，由审核人查看。",
        "Ethnicity, sex and religion are not read; results by group are reviewed.",
    ),
    "impact.risk.wrong": ("数据记错、过时，依此排序", "The order rests on wrong or old data"),
    "impact.guard.wrong": (
        "逐条检查并列出疑点；晚到的数据在清单上注明；农户可要求更正。",
        "Every fault is listed; late tables are named on the list; households can have data corrected.",
    ),
    "impact.risk.other_use": ("清单被挪作他用", "The list is used for something else"),
    "impact.guard.other_use": (
        "记录谁出了哪一期清单；到期删除；交接有清单。",
        "Who made which list is logged; lists are deleted in time; there is a hand-over sheet.",
    ),
    "impact.risk.lost": ("电脑损坏、密钥丢失", "The computer fails, or the key is lost"),
    "impact.guard.lost": ("数据备份；密钥有封存件。", "Backups; a sealed copy of the key."),
    "impact.figures": (
        "回测和往期结果（命中率、漏掉率、按人群的差别，见 backtest/report.html、monitor/）的结论：",
        "What backtest and past lists say (hits, misses, differences by group): ",
    ),
    "impact.4": (
        "四、保护措施是否合法、有效并与风险程度相适应（第五十六条第三项）",
        "4. Whether measures are lawful, effective and fit the risk (art. 56, 3)",
    ),
    "impact.human": (
        "由人决定：版本由审核人启用，未经审核的清单注明“试运行”；是否识别由人按程序审定。",
        "People decide: a reviewer promotes a version, unreviewed lists say so, recognition follows the procedure.",
    ),
    "impact.told": (
        "告知和异议：relapse explain 打印说明，当面念给农户；异议{days}天内由人重新核实并答复。",
        "A page is read to the household; an objection is checked by a person and answered within {days} days.",
    ),
    "impact.key.kept": (
        "代号密钥由本县保管，放在数据和输出之外，有封存件。",
        "The key of pseudonyms is kept apart from data and outputs, with a sealed copy.",
    ),
    "impact.key.none": (
        "不保存代号密钥：每次运行另取一把，用完即弃。",
        "No key of pseudonyms is kept: each run draws one and forgets it.",
    ),
    "impact.masked": (
        "分级遮蔽：工作簿、网页、村级页面、日志各不相同，详见 docs/privacy.md；汇总中5户以下的数字不显示。",
        "What is shown differs by level, see docs/privacy.md; counts below 5 are not shown in summaries.",
    ),
    "impact.kept": (
        "保存{months}个月，到期用 relapse expire 先列出、后删除，并留删除记录。",
        "Lists are kept for {months} months, then shown and deleted with `relapse expire`, which is logged.",
    ),
    "impact.logged": (
        "留痕：谁在哪个账号下出了哪一期清单（state/log/lists.csv），不含农户信息。",
        "Logged: which account made which list (state/log/lists.csv); no household.",
    ),
    "impact.offline": ("不联网运行，可离线安装。", "Runs without a network; can be installed without one."),
    "impact.rights": (
        "谁能打开工作文件夹、账号和权限怎样管理：",
        "Who may open the folder, and how accounts are managed: ",
    ),
    "impact.training": ("人员培训和保密承诺：", "Training and pledges: "),
    "impact.incident": ("安全事件应急预案、报告对象和时限：", "What is done in an incident, who is told, and when: "),
    "impact.others": (
        "是否委托处理、与其他部门共同处理或提供（第二十条至第二十三条），协议名称：",
        "Processing by others or with others (arts 20 to 23), and the agreements: ",
    ),
    "impact.5": ("五、结论", "5. Conclusion"),
    "impact.verdict": (
        "能否使用、附什么条件、何时复评：",
        "Whether it may be used, on what terms, when it is assessed again: ",
    ),
    "impact.keep": (
        "本报告和处理情况记录至少保存三年（第五十六条第二款）。",
        "This report and the records of processing are kept for three years at least (art. 56, paragraph 2).",
    ),
    "impact.signed": (
        "评估人：__________　　法律审核：__________　　负责人：__________　　日期：__________",
        "Assessor: __________    Lawyer: __________    Head: __________    Date: __________",
    ),
}
