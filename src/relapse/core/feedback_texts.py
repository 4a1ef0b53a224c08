"""Wording of what came back from visits: notes on cells and rows, questions, and the page; in Chinese and English."""

from __future__ import annotations

TEXTS_FEEDBACK: dict[str, tuple[str, str]] = {
    # a file or a row that could not be used
    "back.refused": ("整个文件未读入：{why}", "The file was not read: {why}"),
    "unreadable.kind": (
        "不是表格文件，请交填好的.xlsx或.csv（压缩包先解压）。",
        "it is no table; hand in the .xlsx or .csv (unpack archives first)",
    ),
    "unreadable.no_answers": (
        "没有找到“核查结论”和“线索编号”（或“户编号”）这几列，请交填好的清单本身。",
        "no sheet has the columns of a handed-back list; hand in the list itself, filled in",
    ),
    "unreadable.other_county": ("是另一个县的清单，请核对后移出。", "it is another county's list; take it out"),
    "back.row_width": (
        "这一行的格数与表头不符，请对齐后重交",
        "This row has more or fewer cells than the header; put them straight and hand it in again",
    ),
    "back.keys_differ": (
        "线索编号和户编号不是同一户，请核对是否串行",
        "The clue_id and the household_id are of two households; see whether cells slipped into another row",
    ),
    "back.no_list": (
        "县里没有发过这个月份的清单，请核对线索编号",
        "No list of that month was issued here; check the clue_id",
    ),
    "back.no_key": (
        "没有线索编号，也没有户编号，无法对应到户",
        "There is neither a clue_id nor a household_id, so the household is not known",
    ),
    "back.no_month": (
        "没有线索编号，文件里也看不出是哪个月的清单",
        "There is no clue_id, and the file does not tell which month's list it is",
    ),
    "back.not_listed": (
        "这一户不在该月清单上；新发现的线索请按程序另行上报",
        "The household is not on that month's list; report new leads in the usual way",
    ),
    "back.name_unknown": (
        "清单上没有这个村的这位户主，请补线索编号或户编号",
        "No household of that village and head is on a list; add its clue_id or household_id",
    ),
    "back.name_twice": (
        "同名户主不止一户，请补线索编号或证件号码后四位",
        "Several households have a head of that name; add the clue_id or the last four digits of the number",
    ),
    # a row that was matched all the same
    "back.clue_missing": ("没有线索编号，已按户编号对应", "No clue_id; matched by the household_id"),
    "back.clue_unknown": (
        "线索编号查不到，已按户编号对应",
        "The clue_id is not known; matched by the household_id",
    ),
    "back.household_missing": ("没有户编号，已按线索编号对应", "No household_id; matched by the clue_id"),
    "back.household_damaged": (
        "户编号被表格软件改成了科学计数，已按线索编号对应",
        "A spreadsheet turned the household_id into scientific notation; matched by the clue_id",
    ),
    "back.by_name": ("已按村和户主姓名对应", "Matched by village and head"),
    "back.changed": (
        "县里推算的内容被改过，原为“{before}”；本行照收，推算内容以原清单为准",
        "What the office worked out was changed (it was '{before}'); the row is taken, the list's own value holds",
    ),
    "back.column_changed": (
        "这一列有{count}行与原清单不同；各行照收，推算内容以原清单为准",
        "{count} cells of this column differ from the list; the rows are taken, the list's own values hold",
    ),
    # cells
    "back.not_a_day": ("看不出是哪一天，请写成年-月-日", "No day can be read here; write year-month-day"),
    "back.day_missing": ("只有月份，没有写日", "A month alone; the day is missing"),
    "back.day_outside": (
        "日期应在{first}至{last}之间，请核对",
        "A visit of this list lies between {first} and {last}; check the day",
    ),
    "back.not_a_choice": ("不在可选范围内，请从下拉表中选", "None of the choices; choose from the list"),
    "back.two_choices": ("只能选一项，这里写了几项", "Only one may be chosen, and several are"),
    "back.too_many": ("最多三项，只取前三项", "At most three; the first three are taken"),
    "back.not_an_amount": ("不是金额，请填数字（元）", "No amount; write a number in yuan"),
    "back.odd_amount": (
        "金额偏离常见范围，请核对是否为人均、是否为元",
        "An unusual amount; is it per person, in yuan?",
    ),
    "back.columns_differ": (
        "有两列同名，内容不一样，两列都没有采用",
        "Two columns bear this header and differ; neither was taken",
    ),
    "back.unworked": (
        "这里是没有算出结果的公式，请改填结果",
        "A formula without a result; write the result instead",
    ),
    "back.remark_long": ("备注超过{most}字，请精简", "The remark has more than {most} characters; shorten it"),
    "back.remark_number": (
        "备注里像有证件号、电话或姓名，请删去",
        "The remark seems to hold a number or a name of a person; take it out",
    ),
    "back.remark_disease": ("备注里写了病名，请删去", "The remark names a disease; take it out"),
    "back.incomplete": ("还缺：{missing}，暂不计入已核查", "Not yet verified; missing: {missing}"),
    # questions, never findings
    "ask.many": (
        "{day}，核查人（代码{visitor}）一天入户{count}户，是几个人分头走访合并填写，还是事后补填？请了解。",
        "On {day} visitor {visitor} was at {count} homes. Did several people go, or was it filled in later?",
    ),
    "ask.copied": (
        "有{count}户的备注一字不差（如{rows}），情况确实相同，还是复制粘贴？请了解。",
        "{count} households have the same remark, word by word (such as {rows}). Are they alike, or was it copied?",
    ),
    "ask.same_income": (
        "有{count}户核实后人均纯收入都是{income}元，是逐户核算，还是统一填写？请了解。",
        "{count} households have {income} yuan as the income found. Was each worked out?",
    ),
    "ask.streak": (
        "已核查的{count}户全部没有风险，而全县随机抽查中约{share}%存在风险。走访是否看到了实情？建议抽几户复核。",
        "None of {count} verified households is at risk, while about {share}% of the county's random checks are. "
        "Look again at a few.",
    ),
    # the page
    "feedback.title": ("走访回填核对", "What came back from visits"),
    "feedback.private": (
        "县级内部使用：含户编号和线索编号，不得外传、张贴或上传网络。回填只记录走访所见，不作认定依据，也不改变任何户的标签。",
        "For the county office alone: it holds numbers of households; do not pass it on. A verdict reports a visit. It "
        "is no recognition and changes no label.",
    ),
    "feedback.rest": ("待处理", "To be done"),
    "feedback.fact.files": ("读入文件", "files read"),
    "feedback.fact.refused": ("未读入文件", "files refused"),
    "feedback.fact.rows": ("已对应的回填", "answers matched"),
    "feedback.fact.verified": ("计入已核查", "count as verified"),
    "feedback.fact.unmatched": ("未对应的行", "rows not matched"),
    "feedback.fact.conflicts": ("答复不一致的户", "rows with conflicting answers"),
    "feedback.fact.blank": ("未填写的行", "rows left blank"),
    "feedback.fact.notes": ("需核对的单元格", "cells to look at"),
    "feedback.none": ("没有", "none"),
    "feedback.files": ("收到的文件", "Files"),
    "feedback.progress": ("各乡镇进度", "By township"),
    "feedback.unmatched": ("没有对应上的行", "Rows that were not matched"),
    "feedback.conflicts": ("前后不一致的答复", "Conflicting answers"),
    "feedback.conflicts.rule": (
        "取用规则：计入已核查的优先；同为已核查的，以后交、后保存的为准。要改用另一份的，"
        "在县文件夹 feedback/settled.csv 里写明清单月份、户编号和文件编号（列名"
        " month, household_id, digest），重新运行即可。所有版本都保留，不删除。",
        "Which one holds: one that counts as verified before one that does not, then the one handed in and saved last. "
        "To choose another, name month, household_id and digest in feedback/settled.csv of the county's folder and run "
        "again. Every version is kept, none deleted.",
    ),
    "feedback.notes": ("需要核对的单元格", "Cells to look at"),
    "feedback.incomplete": ("还没有填全的户", "Rows that do not count as verified yet"),
    "feedback.questions": ("请县里了解的情况", "Questions for the county office"),
    "feedback.questions.note": (
        "以下只是提问，不是结论；只供县级了解，不发乡镇。",
        "These are questions, not findings; they are for the county office alone.",
    ),
    "feedback.hits": ("清单的结果", "What the lists came to"),
    "feedback.hits.note": (
        "识别以{month}底已知的登记为准；清单月份之后满{matures}个月才计算。走访会促成识别，帮扶会减少风险，所以这里不是预测的检验；随机抽查按抽取概率加权。"
        "不足{least}户的数和不足{rate}户的比率不打印。",
        "Recognitions as known at the end of {month}; a list counts {matures} months after its own are over. Visits "
        "find recognitions and help prevents falls, so this is no test of the forecast; the random slice is weighted "
        "by its chances. Counts below {least} and rates of fewer than {rate} are not printed.",
    ),
    "feedback.hits.none": (
        "还没有满期的清单，暂无结果。",
        "No list is old enough yet.",
    ),
    "feedback.agreement": (
        "走访填了原因、清单也印了原因的{printed}户中，{agree}户相符（第一条就相符的{first}户）；另有{without}户清单没有印出对应原因。",
        "Of {printed} rows with a cause found and one printed, {agree} agree ({first} with the first one printed); "
        "{without} more had none printed.",
    ),
    "feedback.agreement.none": ("还没有可比的原因。", "No cause to compare yet."),
    "feedback.group.rule": ("部门预警", "by rule"),
    "feedback.group.both": ("模型和部门预警", "by both"),
    "feedback.group.model": ("模型", "by forecast"),
    "feedback.group.random": ("随机抽查", "random slice"),
    "feedback.few": ("不足{least}", "fewer than {least}"),
    "feedback.more": ("另有{count}条，见{file}。", "{count} more, see {file}."),
    "feedback.col.group": ("来源", "source"),
    "feedback.col.horizon": ("清单后（月）", "months after"),
    "feedback.col.lists": ("清单期数", "lists"),
    "feedback.col.listed": ("上榜户次", "listed"),
    "feedback.col.recognised": ("其后被识别", "recognised later"),
    "feedback.col.rate": ("比率", "rate"),
    "feedback.col.verified": ("已核查", "verified"),
    "feedback.col.at_risk": ("存在风险", "at risk"),
    "feedback.col.not_met": ("未见到人", "nobody met"),
    "feedback.col.answered": ("已回填", "answered"),
    "feedback.col.month": ("清单月份", "list"),
    "feedback.col.file": ("文件", "file"),
    "feedback.col.sheet": ("工作表", "sheet"),
    "feedback.col.cell": ("单元格", "cell"),
    "feedback.col.row": ("行", "row"),
    "feedback.col.column": ("列", "column"),
    "feedback.col.value": ("所填内容", "value"),
    "feedback.col.why": ("说明", "why"),
    "feedback.col.rule": ("代号", "rule"),
    "feedback.col.holds": ("取用", "holds"),
    "feedback.col.digest": ("文件编号", "digest"),
    "feedback.col.rows": ("回填行", "answers"),
    "feedback.col.saved": ("保存时间", "saved"),
    "feedback.col.listing_probability": ("抽取概率", "listing_probability"),
    "feedback.col.known_at": ("收到日期", "known_at"),
    "feedback.col.how": ("对应方式", "matched_by"),
    "feedback.how.both": ("线索编号和户编号", "both"),
    "feedback.how.clue": ("线索编号", "clue_id"),
    "feedback.how.household": ("户编号", "household_id"),
    "feedback.how.name": ("村和户主", "village and head"),
    "word.yes": ("是", "yes"),
    "word.no": ("否", "no"),
    # the county's own ledger
    "sheet.ledger": ("风险信息台账", "Ledger"),
    "ledger.title": ("县级反馈风险信息台账（含核实结果）", "Ledger of risk information, with what visits found"),
    "ledger.number": ("序号", "number"),
    "ledger.township": ("乡镇(街道)", "township"),
    "ledger.village": ("村", "village"),
    "ledger.head_name": ("风险线索人员", "head_name"),
    "ledger.id_number": ("身份证号码", "id_number"),
    "ledger.origin": ("风险线索来源", "origin"),
    "ledger.clue_id": ("线索编号", "clue_id"),
    "ledger.household_id": ("户编号", "household_id"),
    "ledger.found_at": ("发现日期", "found_at"),
    "ledger.kind": ("主要风险类型", "kind"),
    "ledger.described": ("风险情况描述", "described"),
    "ledger.state": ("处理状态", "state"),
    "ledger.due": ("处理时限", "due"),
    "ledger.visitor": ("核实人", "visitor"),
    "ledger.visited_at": ("实际核实日期", "visited_at"),
    "ledger.verdict": ("核实结论", "verdict"),
    "ledger.remark": ("详细情况说明", "remark"),
    "ledger.action": ("后续处置建议", "action"),
    "ledger.origin.system": ("系统自动扫描", "found by the system"),
    "ledger.origin.department": ("行业部门数据", "a department's data"),
    "ledger.origin.random": ("随机抽查", "random check"),
    "ledger.state.done": ("已核实", "verified"),
    "ledger.state.open": ("核实中", "open"),
}
