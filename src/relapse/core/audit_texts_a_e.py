"""Sentences of the audit rules of groups A to E, in Simplified Chinese and in English: what is odd, and what to do."""

from __future__ import annotations

TEXTS_A_E: dict[str, tuple[str, str]] = {
    # A. Identity and structure
    "finding.A01": (
        "证件号码与另一名脱贫人口相同，请核对两人证件。",
        "The document number is that of another person in an exited household; check both documents.",
    ),
    "finding.A02": (
        "证件号码与另一名监测人口相同，请核对两人证件。",
        "The document number is that of another person in a monitored household; check both documents.",
    ),
    "finding.A03": (
        "证件号码为{length}位，应为18位、20位或22位，请更正。",
        "The document number has {length} signs; 18, 20 or 22 are right. Correct it.",
    ),
    "finding.A04": (
        "身份证号码末位校验不符，请对照证件更正。",
        "The check digit of the identity card is wrong; correct the number by the card.",
    ),
    "finding.A05": (
        "残疾人证号码的校验位、类别或等级有误，请对照证件更正。",
        "Check digit, kind or grade in the number of the disability certificate is wrong; correct it by the document.",
    ),
    "finding.A06": (
        "证件号码为空或为临时号码，请补录。",
        "The document number is empty or a placeholder; enter the right one.",
    ),
    "finding.A07": (
        "本户登记了{heads}名户主，应为1名，请更正。",
        "The household has {heads} heads on record; one is right. Correct it.",
    ),
    "finding.A08": ("与户主关系未填，请补录。", "The relation to the head is blank; enter it."),
    "finding.A09": (
        "户主与配偶性别相同，或有成员性别与关系不符，请核实。",
        "Head and spouse have the same sex on record, or a member's sex and relation do not fit; check.",
    ),
    "finding.A10": (
        "出生年月与证件号码不符，或年龄（{age}岁）不合常理，请更正。",
        "The month of birth is not that of the document number, or the age ({age}) cannot be; correct it.",
    ),
    "finding.A11": (
        "家庭人口填{size}人，成员登记{members}人，请更正。",
        "The household's size says {size}, but {members} members are listed; correct it.",
    ),
    "finding.A12": (
        "民族、健康状况或劳动技能未填，请补录。",
        "Ethnicity, health or ability to work is blank; enter it.",
    ),
    "finding.A13": (
        "联系电话未填，或不是11位手机号码。",
        "The telephone is blank or no mobile number of 11 digits.",
    ),
    "finding.A14": (
        "务工登记的联系电话与另一户相同。",
        "The telephone on the record of work is that of another household as well.",
    ),
    "finding.A15": (
        "家中成员在不同县务工，却登记同一联系电话。",
        "Members of the household work in different counties under one telephone.",
    ),
    "finding.A16": (
        "本户同月登记在两个村，或有成员同时登记在另一户，请更正。",
        "The household is listed in two villages in one month, or a member in another household too; correct it.",
    ),
    "finding.A17": (
        "本户只在一个月有记录，或人口一月内增减较多，请核实。",
        "The household is on record in one month alone, or its size leapt within a month; check.",
    ),
    # B. Missed inclusion
    "finding.B01": (
        "现住危房，目前未在监测，请入户核实。",
        "Lives in a dangerous house and is not monitored now; visit to check.",
    ),
    "finding.B02": (
        "安全饮用水尚未解决，目前未在监测，请入户核实。",
        "Has no safe drinking water and is not monitored now; visit to check.",
    ),
    "finding.B03": (
        "家中{persons}人未参加基本医保或大病保险，未在监测，请入户核实。",
        "{persons} member(s) without basic medical or critical-illness insurance, not monitored now; visit to check.",
    ),
    "finding.B04": (
        "家中{children}名义务教育适龄儿童未在校且未填原因，请入户核实。",
        "{children} child(ren) of compulsory school age in no school and without a reason; visit to check.",
    ),
    "finding.B05": (
        "人均纯收入{income}元，低于本县{year}年监测线{line}元，尚未纳入监测，请入户核实。",
        "Income per person is {income} yuan, below the line of {year} ({line}), and not monitored; visit to check.",
    ),
    "finding.B06": (
        "人均{income}元，计入理赔、扣除自付后{reference}元，低于线{line}元，请入户核实。",
        "Income per person is {income} yuan, but {reference} with payouts and less own medical cost, below the line "
        "({line} yuan); visit to check.",
    ),
    "finding.B07": (
        "住房、饮水、医保、上学中有{unmet}项未落实，未在监测，请入户核实。",
        "Of house, water, insurance and schooling {unmet} is unmet, not monitored now; visit to check.",
    ),
    "finding.B08": (
        "全家{members}人均无劳动能力，且无人享受低保或特困，请入户核实。",
        "None of the {members} members can work, and nobody has the living allowance or support; visit to check.",
    ),
    "finding.B09": (
        "全家无劳动能力并享受低保或特困，但未标注整户兜底保障，请核实。",
        "Nobody can work and there is an allowance or support, but the household is not marked as living on it; check.",
    ),
    "finding.B10": (
        "今年医疗自付累计{cost}元，达到预警标准{trigger}元，未在监测，请入户核实。",
        "Own medical cost of this year is {cost} yuan, at or over {trigger}, and not monitored now; visit to check.",
    ),
    "finding.B11": (
        "近期有成员新办一级或二级残疾证，未在监测，请入户核实。",
        "A member got a disability certificate of grade 1 or 2 of late, not monitored now; visit to check.",
    ),
    "finding.B12": (
        "前半年务工{months}个月，近半年无人务工，未在监测，请入户核实。",
        "{months} months of work in the half year before, none since, not monitored now; visit to check.",
    ),
    "finding.B13": (
        "部门推送线索已{days}天，尚无核实结果，请尽快核实。",
        "A department's push is {days} days old and has no verification; check soon.",
    ),
    "finding.B14": (
        "风险已消除，但又出现{reasons}项风险情形，请核实是否回退。",
        "The risk was removed, but {reasons} reason(s) for it are there again; check whether to reopen.",
    ),
    "finding.B15": (
        "家中{learners}人在高中及以上就读，人均{income}元，离监测线不远，请关注。",
        "{learners} members learn beyond compulsory school at {income} yuan per person, not far from the line.",
    ),
    "finding.B16": (
        "近半年获得救助或帮扶，却没有核实记录，请入户核实。",
        "Was given relief or help in the last half year, with no verification on record; visit to check.",
    ),
    "finding.B17": (
        "脱贫户人均{income}元，属低收入组，比上年同期{before}元减少。",
        "An exited household in the low-income group: {income} yuan per person, down from {before} a year earlier.",
    ),
    "finding.B18": (
        "近期有成员因交通事故或案件伤亡，尚无核实记录，请入户核实。",
        "A member was hurt or killed in traffic or by a crime of late, with no verification; visit to check.",
    ),
    # C. Wrong inclusion or wrong category
    "finding.C01": (
        "识别时人均纯收入{income}元，明显偏高，请核实。",
        "Income per person at the recognition was {income} yuan, clearly high; check.",
    ),
    "finding.C02": (
        "监测对象类别与户类型不符，请更正其一。",
        "The category of the recognition does not fit the type of the household; correct one of them.",
    ),
    "finding.C03": (
        "识别时人均{income}元，高于监测线{line}元，且无其他情形，请核实类别。",
        "At the recognition {income} yuan per person, above the line ({line}), and no other condition; check the "
        "category.",
    ),
    "finding.C04": (
        "突发严重困难户，识别前一年无事件、无自付、收入未降，请核实类别。",
        "Sudden hardship, but no event, own cost or fall of income in the year before; check the category.",
    ),
    "finding.C05": ("未填致贫返贫风险，请补录。", "No cause is recorded; enter it."),
    "finding.C06": (
        "识别时有{fields}项风险、收入或保障情况未填，请补录。",
        "{fields} item(s) on causes, incomes or guarantees at the recognition are blank; enter them.",
    ),
    "finding.C07": (
        "风险为因病，但成员中无大病或慢性病记录，请核实。",
        "The cause is illness, but no member is on record as seriously or chronically ill; check.",
    ),
    "finding.C08": (
        "风险为因病，但识别时合规自付支出为零或未填，请核实。",
        "The cause is illness, but own medical cost at the recognition is zero or blank; check.",
    ),
    "finding.C09": (
        "风险为因残，但成员中无残疾记录，请核实。",
        "The cause is disability, but nobody is on record as disabled; check.",
    ),
    "finding.C10": (
        "风险为缺劳动力，但全家{persons}人都有劳动能力，请核实。",
        "The cause is lack of labour, but all {persons} members can work; check.",
    ),
    "finding.C11": (
        "风险为缺劳动力，但{members}人中有{persons}名普通或技能劳动力，请核实。",
        "The cause is lack of labour, but {persons} of {members} members are ordinary or skilled labour; check.",
    ),
    "finding.C12": (
        "风险为缺劳动力，{members}人中普通或技能劳动力{persons}名，超过四分之一，请核实。",
        "The cause is lack of labour, but {persons} of {members} are ordinary or skilled labour, over a quarter; "
        "check.",
    ),
    "finding.C13": (
        "风险为务工就业不稳，但家中无人有劳动能力，请核实。",
        "The cause is unstable work, but nobody in the household can work; check.",
    ),
    "finding.C14": (
        "风险为务工就业不稳，但家中无务工记录，请核实。",
        "The cause is unstable work, but there is no record of work; check.",
    ),
    "finding.C15": (
        "因自然灾害未填灾害类型，或其他风险未填备注，请补录。",
        "A disaster without its kind, or another cause without a remark; enter it.",
    ),
    "finding.C16": (
        "安全饮用水未解决，但风险中没有因饮水，请核实。",
        "Drinking water is not safe, but water is not among the causes; check.",
    ),
    "finding.C17": (
        "家中有人未参加医保，但风险中没有因病，请核实。",
        "A member has no medical insurance, but illness is not among the causes; check.",
    ),
    "finding.C18": (
        "登记有失学辍学，但适龄儿童均在校，请核实。",
        "A dropout is recorded, but every child of compulsory age is in school; check.",
    ),
    "finding.C19": (
        "风险为因学，但家中无在校生，请核实。",
        "The cause is schooling, but nobody in the household is in school; check.",
    ),
    "finding.C20": (
        "风险为产业项目失败，但此前两年无经营收入，请核实。",
        "The cause is a failed project, but there was no business income in the two years before; check.",
    ),
    # D. Removal
    "finding.D01": (
        "风险已消除，但消除后有{fields}项未填，请补录。",
        "The risk is removed, but {fields} item(s) after the removal are blank; enter them.",
    ),
    "finding.D02": (
        "风险已消除，但住房、饮水、医保、上学仍有{unmet}项未落实，请核实。",
        "The risk is removed, but {unmet} of house, water, insurance and schooling is still unmet; check.",
    ),
    "finding.D03": (
        "帮扶消除时人均{income}元，低于当年监测线{line}元，请核实。",
        "Removed by help at {income} yuan per person, below the line of then ({line} yuan); check.",
    ),
    "finding.D04": (
        "识别后{months}个月即消除风险，不足半年，请核实。",
        "The risk was removed {months} month(s) after the recognition, less than half a year; check.",
    ),
    "finding.D05": (
        "识别后{months}个月即按帮扶消除，时间过短，请核实。",
        "Removed by help only {months} month(s) after the recognition; check.",
    ),
    "finding.D06": (
        "按帮扶消除，但没有任何帮扶措施记录，请补录。",
        "Removed by help, but no measure of help is recorded; enter it.",
    ),
    "finding.D07": (
        "全家无劳动能力，却已标注风险消除，请核实。",
        "Nobody in the household can work, yet the risk counts as removed; check.",
    ),
    "finding.D08": (
        "有就业或公益岗位帮扶，消除后工资性收入却为零，请核实。",
        "Had a job measure, yet wage income after the removal is zero; check.",
    ),
    "finding.D09": (
        "享受低保、特困或残疾人补贴，消除后转移性收入却为零，请核实。",
        "Had an allowance, support or subsidy, yet transfer income after the removal is zero; check.",
    ),
    "finding.D10": (
        "有产业帮扶，消除后生产经营性收入却为零，请核实。",
        "Had an industry measure, yet business income after the removal is zero; check.",
    ),
    "finding.D12": (
        "消除时间早于识别时间，或晚于数据月份，请更正。",
        "The removal is earlier than the recognition, or one of them later than the month of the data; correct it.",
    ),
    "finding.D13": (
        "“{name}”是识别之后才有的信息，不能用于预测，请改正数据约定。",
        "'{name}' is written after the label and must not serve a forecast; correct the data contract.",
    ),
    # E. Incomes
    "finding.E01": (
        "家庭纯收入{told}元，按各项收支计算为{sum}元，请更正。",
        "Net income says {told} yuan, its parts add up to {sum}; correct it.",
    ),
    "finding.E02": (
        "人均纯收入{each}元乘{size}人，与家庭纯收入{net}元不符，请更正。",
        "{each} yuan per person times {size} persons is not the household's {net} yuan; correct it.",
    ),
    "finding.E03": (
        "人均纯收入只有{income}元，请入户核实。",
        "Income per person is only {income} yuan; visit to check.",
    ),
    "finding.E04": (
        "全年工资性收入只有{wage}元，请核实。",
        "Wage income of the whole year is only {wage} yuan; check.",
    ),
    "finding.E05": (
        "务工月收入{wage}元，不合常理，请核实。",
        "A monthly wage of {wage} yuan is hard to believe; check.",
    ),
    "finding.E06": ("务工月收入{wage}元，明显偏低，请核实。", "A monthly wage of {wage} yuan is very low; check."),
    "finding.E07": (
        "收入或支出金额为负数（{amount}元），请更正。",
        "An income or cost is negative ({amount} yuan); correct it.",
    ),
    "finding.E08": (
        "人均纯收入{income}元，明显偏高，请核实。",
        "Income per person is {income} yuan, clearly high; check.",
    ),
    "finding.E09": (
        "近12个月人均纯收入{income}元，比上年同期少{fall}元（{percent}%），请核实原因。",
        "Income per person of the last 12 months is {income} yuan, {fall} less than a year earlier ({percent}%); "
        "find out why.",
    ),
    "finding.E10": (
        "人均由{before}元增至{income}元，无新增务工、岗位或经营收入，请核实。",
        "Income per person rose from {before} to {income} yuan with no new earner, job measure or sale; check.",
    ),
    "finding.E11": (
        "工资性收入{wage}元，与近一年务工记录不符，请核实。",
        "Wage income of {wage} yuan does not go with the year's records of work; check.",
    ),
    "finding.E12": (
        "工资性收入{wage}元，按务工月数和月收入只有{earned}元，请核实。",
        "Wage income is {wage} yuan, months worked at their wages make {earned}; check.",
    ),
    "finding.E13": (
        "经营连续两年支出大于收入：近一年亏{loss}元，上年亏{before}元，请核实。",
        "Business lost {loss} yuan in the last year and {before} in the one before; check.",
    ),
    "finding.E14": (
        "一年人均自付医疗{cost}元，占人均纯收入{income}元的{percent}%，请入户核实。",
        "Own medical cost of the year is {cost} yuan per person, {percent}% of income ({income} yuan); visit to check.",
    ),
    "finding.E15": (
        "理赔{payout}元，大于自付和损失合计{damage}元，请核实。",
        "Payouts of {payout} yuan are more than own cost and damage together ({damage} yuan); check.",
    ),
    "finding.E16": (
        "转移性收入中列有“{item}”{amount}元，一次性补助一般不计收入，请核实。",
        "Among transfers stands '{item}', {amount} yuan; one-off grants are usually left out of income. Check.",
    ),
    "finding.E18": (
        "人均纯收入{income}元，与上年分文不差，请核实是否照抄。",
        "Income per person is {income} yuan, to the yuan that of the year before; check whether it was copied.",
    ),
    "finding.E19": (
        "{village}收入取整或雷同较多：整百占{percent}%，最多{alike}户相同。",
        "{village}: {percent}% of incomes are round hundreds, and up to {alike} households share one figure.",
    ),
    "finding.E20": (
        "{village}人均收入刚过线的{above}户，刚低于线的只有{below}户。",
        "{village}: {above} households lie just above the line, only {below} just below it.",
    ),
}
