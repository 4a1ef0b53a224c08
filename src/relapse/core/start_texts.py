"""Wording of the files with which an office starts its month, and of its hand-over sheet, in Chinese and English."""

from __future__ import annotations

TEXTS_START: dict[str, tuple[str, str]] = {
    # names of the files
    "start.file.bat": ("每月运行.bat", "start-month.bat"),
    "start.file.task": ("计划任务.xml", "task.xml"),
    "start.file.cron": ("定时任务.txt", "cron.txt"),
    "start.file.sheet": ("交接清单.html", "handover.html"),
    # the start file: every line must be possible in GBK
    "start.title": ("本月走访线索", "The month's leads"),
    "start.running": (
        "正在处理收件箱并生成本月清单，请不要关闭窗口。",
        "Working through the inbox and making the list; leave this window open.",
    ),
    "start.done": (
        "完成。清单和说明在打开的文件夹里，先看 note.html。",
        "Done: begin with note.html in the folder that opens.",
    ),
    "start.failed": (
        "没有做完。上面最后一行说明了原因和办法；改好后再双击一次，已经收下的文件不会丢。",
        "Not finished: the last line above says why and what to do. Then start again; what was taken in is kept.",
    ),
    "start.missing": (
        "找不到 relapse。请按 docs/offline.md 安装，或请维护人员处理。",
        "relapse is not installed here: see docs/offline.md.",
    ),
    # the scheduled task and the cron line
    "start.task.about": (
        "每月3日8时30分运行；错过了，开机后补上。",
        "Runs on the 3rd of each month at 8:30, or when the computer is next on.",
    ),
    "start.cron.about": (
        "把下面一行加到 crontab -e 里（每月3日8时30分运行）。路径变了要跟着改。",
        "Add the line below with crontab -e (the 3rd of each month, 8:30). Change it where the folder moves.",
    ),
    "start.task.import": (
        "Windows 计划任务：在管理员命令窗口里运行  schtasks /create /tn relapse /xml {file}",
        "Windows: schtasks /create /tn relapse /xml {file}",
    ),
    "start.inbox": (
        "把要处理的文件放进这个文件夹：\r\n"
        "1. 各部门和全国系统的导出表，文件名末尾写上导出日期，如 脱贫户信息_20250902.xlsx、医疗费用_20250905.csv；\r\n"
        "2. 乡镇填好交回的走访清单，文件名随意（不要写人名）。\r\n"
        "然后双击上一级文件夹里的 {start}。收下的文件会移走；留下的，当月说明里写着为什么、怎么办。\r\n",
        "Put here:\r\n"
        "1. exports, with the day of the export at the end of the name, such as exited_roll_20250902.xlsx;\r\n"
        "2. lists that townships hand back, under any name that is nobody's.\r\n"
        "Then start {start} in the folder above. What is taken in goes from here; what stays is told in the note.\r\n",
    ),
    # the hand-over sheet
    "handover.title": ("走访线索工作交接清单", "Hand-over of the office's month"),
    "handover.lead": (
        "换人时两人一起逐项核对、打勾，双方和监交人签字，一式两份。本表不写密码和密钥。",
        "Gone through by both when the officer changes, ticked and signed by both and a witness. No password and no "
        "key is written here.",
    ),
    "handover.head.what": ("内容", "What"),
    "handover.head.where": ("在哪里、是什么", "Where, and what it is"),
    "handover.head.done": ("已交接", "Done"),
    "handover.part.machine": ("电脑和程序", "Computer and program"),
    "handover.computer": ("办公电脑（编号、存放处、登录账号）", "Computer (number, place, account)"),
    "handover.folder": ("工作文件夹", "Folder of the work"),
    "handover.start": ("每月启动文件", "Start file"),
    "handover.schedule": ("计划任务是否已设、由谁的账号运行", "Scheduled task: set, and under whose account"),
    "handover.backup": ("备份：哪些文件夹、备份到哪里、多久一次", "Backups: of what, to where, how often"),
    "handover.backup.value": (
        "至少备份：数据（{tables}）、state、outputs",
        "At least the data ({tables}), state, outputs",
    ),
    "handover.part.data": ("数据", "Data"),
    "handover.tables": ("数据文件夹", "Folder of the tables"),
    "handover.inbox": ("收件箱", "Inbox"),
    "handover.outbox": ("发件箱（每月清单和说明）", "Outbox (lists and notes)"),
    "handover.feeds": (
        "各类数据由谁每月哪天提供（医保、人社、民政、教育、残联、住建、农业农村）",
        "Who gives which table on which day",
    ),
    "handover.region": ("区划代码和监测线来源", "Administrative code, and where the line comes from"),
    "handover.region.value": ("设置文件 {config} 的 region、lines 表", "region in {config}, and the table lines"),
    "handover.part.key": ("密钥和权限", "Key and rights"),
    "handover.key": ("密钥文件在哪里", "Where the key's file lies"),
    "handover.key.value": ("设置文件里的 key_file；relapse status 可查", "key_file of the config; relapse status"),
    "handover.copy": (
        "密钥封存件：存放处、保管人、上次核对日期",
        "Sealed copy: place, keeper, when it was last checked",
    ),
    "handover.rights": (
        "谁能打开工作文件夹；离岗人员的权限已收回",
        "Who may open the folder; rights of who leaves are gone",
    ),
    "handover.part.month": ("本月进度（relapse status 照抄）", "How the month stands (from relapse status)"),
    "handover.last": ("最近一期清单、第几版", "Last list and its edition"),
    "handover.out": ("还没交回的乡镇", "Townships that have not handed back"),
    "handover.late": ("晚到的数据，催过没有", "Tables that are late, and who was asked"),
    "handover.objections": (
        "农户提出异议、要求重新核实的，办到哪一步",
        "Households that objected, and where that stands",
    ),
    "handover.version": ("现用版本、谁审核的、下次审核日期", "Version in use, its reviewer, the next review"),
    "handover.part.rules": ("规矩（接手人读过）", "Rules (read by who takes over)"),
    "handover.rule.1": (
        "清单是线索，不是认定；不公示、不张贴、不发微信群。",
        "A line is a lead, no finding; it is not posted.",
    ),
    "handover.rule.2": (
        "乡镇只拿本乡镇的表；纸质表用后收回，录入后销毁。",
        "A township gets its own rows alone; paper comes back and is destroyed once it is typed in.",
    ),
    "handover.rule.3": (
        "农户问起，用 relapse explain 打印说明，当面念；有异议的，由人重新核实并答复。",
        "A household that asks is read the page of relapse explain; a person checks again where it objects.",
    ),
    "handover.rule.4": (
        "到期的清单按规定删除：relapse expire 先看、后删。",
        "What is past its time is deleted: relapse expire, first shown, then done.",
    ),
    "handover.signed": (
        "移交人：__________　　接手人：__________　　监交人：__________　　日期：__________",
        "From: __________    To: __________    Witness: __________    Date: __________",
    ),
}
