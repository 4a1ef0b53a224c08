"""Wording of the audit rules of groups F to N, in Simplified Chinese and in English; a part of the one catalogue.

Placeholders are the numbers and words that a rule tells of a hit. One line each, no blame.
"""

from __future__ import annotations

TEXTS_F_N: dict[str, tuple[str, str]] = {
    # F: medical insurance, health, disability
    "finding.F01": (
        "有成员未参加基本医疗保险，请入户核实。",
        "A member has no basic medical insurance; please visit and check.",
    ),
    "finding.F02": (
        "同一人同时参加居民医保和职工医保，请更正。",
        "One person has residents' and employees' medical insurance at once; please correct it.",
    ),
    "finding.F03": (
        "是否参加大病保险未填，请补填。",
        "Critical-illness insurance is not filled in; please complete it.",
    ),
    "finding.F04": (
        "未参加基本医疗保险，却记有医疗救助，请核实。",
        "No basic medical insurance, yet medical relief is recorded; please check.",
    ),
    "finding.F05": (
        "健康状况为残疾，没有残疾证信息，请核实。",
        "Health is recorded as disabled, and there is no disability certificate; please check.",
    ),
    "finding.F06": (
        "肢体残疾{grade}级，劳动技能记为普通劳动力，请核实。",
        "Physical disability of grade {grade}, recorded as ordinary labour; please check.",
    ),
    "finding.F07": (
        "{age}岁，健康、不在校，劳动技能记为弱、丧失或无，请核实。",
        "Aged {age}, healthy and not in school, recorded as weak, lost or no labour; please check.",
    ),
    "finding.F08": (
        "{age}岁，不在校，健康状况不是健康，劳动技能记为普通或技能劳动力，请留意。",
        "Aged {age}, not in school and not healthy, recorded as ordinary or skilled labour; please note.",
    ),
    "finding.F09": (
        "{age}岁，记有劳动能力，请更正。",
        "Aged {age}, recorded as having labour ability; please correct it.",
    ),
    "finding.F10": (
        "{age}岁，劳动技能记为普通、技能或丧失劳动力，请留意。",
        "Aged {age}, recorded as ordinary, skilled or lost labour; please note.",
    ),
    "finding.F11": (
        "因病或因残未上学，健康状况却为健康，请核实。",
        "Out of school for illness or disability, yet recorded as healthy; please check.",
    ),
    "finding.F12": (
        "{age}岁，是否参加养老保险未填，请补填。",
        "Aged {age}, pension insurance is not filled in; please complete it.",
    ),
    # G: education
    "finding.G01": (
        "文化程度、在校生状况、未上学原因都未填，请补填。",
        "Schooling, school status and the reason for not being in school are all blank; please complete them.",
    ),
    "finding.G02": (
        "文化程度和在校生状况同时填写，请核实是否在校。",
        "Finished schooling and present school are both filled in; please check whether the person is in school.",
    ),
    "finding.G03": (
        "{age}岁，健康，在校生状况仍为学龄前，请核实。",
        "Aged {age}, healthy, and still recorded as pre-school; please check.",
    ),
    "finding.G04": (
        "{age}岁，与所在学段年龄不符，请核实。",
        "Aged {age}, which does not fit the stage of school; please check.",
    ),
    "finding.G05": (
        "{age}岁，记为大专及以上学历或在读，请核实。",
        "Aged {age}, recorded with or in college or higher; please check.",
    ),
    "finding.G06": (
        "{age}岁，不在校，文化程度为小学及以下，请核实是否辍学。",
        "Aged {age}, out of school with primary schooling or less; please check for a dropout.",
    ),
    "finding.G07": (
        "雨露计划记录{grants}条，中职在校生{pupils}人，两者不一致，请核实。",
        "Vocational grants recorded: {grants}, vocational pupils: {pupils}; they do not agree, please check.",
    ),
    "finding.G08": (
        "{age}岁，在校，劳动技能记为有劳动能力，请核实。",
        "Aged {age}, in school, recorded as having labour ability; please check.",
    ),
    # H: labour and work away
    "finding.H01": (
        "{age}岁，在校，又记有外出务工或计划务工，请核实。",
        "Aged {age}, in school, and recorded as working away or planning to; please check.",
    ),
    "finding.H02": (
        "无劳动力或丧失劳动力，又记有外出务工或计划务工，请核实。",
        "No or lost labour ability, and recorded as working away or planning to; please check.",
    ),
    "finding.H03": (
        "务工开始时{age}岁，请核对开始时间和出生日期。",
        "Aged {age} when the work began; please correct the start or the date of birth.",
    ),
    "finding.H04": (
        "享受特困供养，又记有外出务工，请核实。",
        "Gets support of extreme hardship, and is recorded as working away; please check.",
    ),
    "finding.H05": (
        "{start}开始的务工与上一段时间重叠，请更正。",
        "The work that began in {start} overlaps the one before; please correct it.",
    ),
    "finding.H06": (
        "目前未务工，{start}开始的务工没有结束时间或结束时间在以后，请更正。",
        "Not working now, yet the work from {start} has no end, or one in the future; please correct it.",
    ),
    "finding.H07": (
        "外出务工已{months}个月，没有返乡记录，请核实。",
        "Working away for {months} months without a return on record; please check.",
    ),
    "finding.H08": ("务工开始时间未填，请补填。", "The start of the work is not filled in; please complete it."),
    "finding.H09": (
        "{start}开始的务工未填到县，请补填。",
        "The county of the work that began in {start} is not filled in; please complete it.",
    ),
    "finding.H10": (
        "正在务工，收入、企业、行业、渠道、点对点输送中有{blanks}项未填，请补填。",
        "Working now; blank among wage, employer, industry, channel and transport: {blanks}; please complete them.",
    ),
    "finding.H11": (
        "计划外出务工，就业服务需求未填，请补填。",
        "Plans to work away, and the wish for job service is blank; please complete it.",
    ),
    "finding.H12": (
        "家中有{labour}名劳动力，近{months}个月无务工记录、也无经营收入，请核实。",
        "Members who can work: {labour}; no work in the last {months} months and no business income; please check.",
    ),
    "finding.H13": (
        "{age}岁，大专及以上文化程度，不在校、无务工记录，请核实就业情况。",
        "Aged {age}, college or above, out of school and without work on record; please check.",
    ),
    "finding.H14": (
        "务工月数记为{told}个月，务工记录合计{spells}个月，请更正。",
        "Months of work are recorded as {told}, the spells add up to {spells}; please correct it.",
    ),
    "finding.H15": (
        "近期务工{months}个月，上年同期{before}个月，请核实原因。",
        "Months worked of late: {months}, in the same months last year: {before}; please check why.",
    ),
    # I: public-welfare posts
    "finding.I01": (
        "公益性岗位{kinds}个，月数为{months}，两者不一致，请核实。",
        "Public-welfare posts: {kinds}, months in them: {months}; they do not agree, please check.",
    ),
    "finding.I02": (
        "一人记有{kinds}种公益性岗位，请核实是否重复。",
        "One person holds {kinds} kinds of public-welfare post; please check for doubles.",
    ),
    "finding.I03": (
        "{age}岁，记有公益性岗位，请更正。",
        "Aged {age}, recorded in a public-welfare post; please correct it.",
    ),
    "finding.I04": (
        "{age}岁，记有公益性岗位，请核实。",
        "Aged {age}, recorded in a public-welfare post; please check.",
    ),
    "finding.I05": (
        "无劳动力或丧失劳动力，记有公益性岗位，请核实。",
        "No or lost labour ability, recorded in a public-welfare post; please check.",
    ),
    "finding.I06": (
        "在县外务工，又记有本地公益性岗位或帮扶车间就业，请核实。",
        "Works outside the county, and holds a public-welfare post or a workshop job at home; please check.",
    ),
    "finding.I07": (
        "公益性岗位已连续{months}个月，请留意当地期限。",
        "In a public-welfare post for {months} months; please note the local limit.",
    ),
    "finding.I08": (
        "有{holders}人在公益性岗位，近12个月工资性收入为0，请核实。",
        "Members in public-welfare posts: {holders}; wage income of the last 12 months is 0; please check.",
    ),
    # J: measures against causes
    "finding.J01": (
        "识别已{months}个月，没有任何帮扶措施记录，请核实。",
        "Recognised {months} months ago, and no measure is recorded; please check.",
    ),
    "finding.J02": (
        "有劳动力，识别已{months}个月，没有开发式帮扶措施，请核实。",
        "Has labour, recognised {months} months ago, and no measure of development is recorded; please check.",
    ),
    "finding.J03": (
        "已记有开发式帮扶措施，实施情况仍为尚未实施，请核实。",
        "Measures of development are recorded, yet their state is not begun; please check.",
    ),
    "finding.J04": (
        "开发式帮扶记为已实施，措施只有技能培训或其他，请核实。",
        "Development counts as done, yet only training or other things are recorded; please check.",
    ),
    "finding.J05": (
        "有劳动力，帮扶措施只有综合保障，请核实。",
        "Has labour, and support of living is the only measure; please check.",
    ),
    "finding.J06": (
        "风险含因病，没有健康帮扶或社会帮扶等措施，请核实。",
        "Illness is a cause, and there is no health or social help; please check.",
    ),
    "finding.J07": (
        "风险含因学，没有义务教育保障、教育帮扶或社会帮扶，请核实。",
        "Schooling is a cause, and there is no help for school or social help; please check.",
    ),
    "finding.J08": (
        "风险含因残，没有综合保障或社会帮扶，请核实。",
        "Disability is a cause, and there is no support of living or social help; please check.",
    ),
    "finding.J09": (
        "风险含因住房，没有住房安全保障或搬迁措施，请核实。",
        "Housing is a cause, and there is no help for the house nor relocation; please check.",
    ),
    "finding.J10": (
        "有适龄儿童失学辍学，没有义务教育保障措施，请核实。",
        "A child of school age is out of school, and there is no help for it; please check.",
    ),
    "finding.J11": (
        "风险含因饮水，没有饮水安全保障措施，请核实。",
        "Water is a cause, and there is no help for safe water; please check.",
    ),
    "finding.J12": (
        "有成员未参加医保，没有健康帮扶或社会帮扶，请核实。",
        "A member is uninsured, and there is no health or social help; please check.",
    ),
    "finding.J13": (
        "记有就业或公益岗位帮扶，识别后{months}个月内无人务工，请核实。",
        "Help with a job or post is recorded, and nobody has worked in the {months} months since; please check.",
    ),
    "finding.J14": (
        "记有劳务输出或交通补贴，但无人在县外务工或补贴为0，请核实。",
        "Labour export or a travel subsidy is recorded, yet nobody works outside the county or it is 0; please check.",
    ),
    "finding.J15": (
        "搬迁任务完成后识别的监测对象，记有搬迁措施，请核实。",
        "Recognised after the relocation programme, and a relocation is recorded; please check.",
    ),
    "finding.J16": (
        "识别已{months}个月，参保补贴与识别时间不符，请留意。",
        "Recognised {months} months ago; the premium subsidy does not fit that date; please note.",
    ),
    # K: rolls
    "finding.K01": (
        "措施记有低保或特困，家中无人在名册上，请核实。",
        "Allowance or support is recorded as a measure, and nobody is on the roll; please check.",
    ),
    "finding.K02": (
        "家中{persons}人享受低保或特困，措施中没有记录，请核实。",
        "Members on the rolls of allowance or support: {persons}; the measure is not recorded; please check.",
    ),
    "finding.K03": (
        "措施记有残疾人补贴，家中无人持残疾证，请核实。",
        "A subsidy for the disabled is recorded, and nobody holds a certificate; please check.",
    ),
    "finding.K04": (
        "因残识别，家中重度残疾{persons}人，没有残疾人补贴，请核实。",
        "Recognised for disability, gravely disabled members: {persons}, and no subsidy; please check.",
    ),
    "finding.K05": (
        "{age}岁，健康、不在校，享受特困供养，请核实。",
        "Aged {age}, healthy and not in school, gets support of extreme hardship; please check.",
    ),
    # L: house, water, land, road
    "finding.L01": (
        "住房面积、危房、饮水、道路、厕所、用电中有{blanks}项未填，请补填。",
        "Blank among floor, danger, water, road, toilet and electricity: {blanks}; please complete them.",
    ),
    "finding.L02": ("未通生活用电，请核实。", "The house has no electricity; please check."),
    "finding.L03": (
        "有{kinds}类土地面积不在合理范围，其中一类为{area}亩，请核实。",
        "Kinds of land out of range: {kinds}, one of {area} mu; please check.",
    ),
    "finding.L04": (
        "与村主干路距离为{distance}公里，未填或不合理，请留意。",
        "Distance to the village's main road is {distance} km: blank or implausible; please note.",
    ),
    "finding.L05": (
        "易地搬迁户，有{labour}名劳动力，后扶就业渠道未填，请留意。",
        "Moved household, members who can work: {labour}; how they found work is blank; please note.",
    ),
    # M: villages
    "finding.M01": (
        "{village}总户数为{households}、总人口为{population}，请补正。",
        "{village}: households {households}, population {population}; please correct them.",
    ),
    "finding.M02": (
        "{village}饮水不安全{water}户、危房{danger}户，合计超过总户数{total}户，请更正。",
        "{village}: unsafe water {water} and dangerous houses {danger} exceed {total} households; please correct it.",
    ),
    "finding.M03": (
        "{village}某类土地{area}亩，少于脱贫户合计{households_area}亩，请核实。",
        "{village}: {area} mu of a kind of land, less than {households_area} of its exited households; please check.",
    ),
    "finding.M04": (
        "{village}集体经济、公共设施、保障人数中有{blanks}项未填，请补填。",
        "{village}: blank among collective income, institutions and counts: {blanks}; please complete them.",
    ),
    "finding.M05": (
        "{village}到乡镇未通沥青（水泥）路，请核实。",
        "{village}: no hard road to the township; please check.",
    ),
    # N: both clocks
    "finding.N01": (
        "发生于{happened}，却在{known}已入库，请更正日期。",
        "Happened in {happened}, yet known in {known}; please correct the dates.",
    ),
    "finding.N02": (
        "{month}有{households}户有收入数据，但没有监测线，请补充。",
        "No line for {month}, for which {households} households have an income; please add it.",
    ),
    "finding.N03": (
        "{month}监测线{line}元，上年同月{before}元，请核实。",
        "The line of {month} is {line}, a year before {before}; please check.",
    ),
    "finding.N06": (
        "{month}识别，早于数据起始月，监测前时长不明。",
        "Recognised in {month}, before the data begin; how long it was at risk is unknown.",
    ),
    "finding.N07": (
        "{township}{village}{households}户中有{stale}户长期未更新，请核实。",
        "{township} {village}: {stale} of {households} households were not updated for long; please check.",
    ),
    "finding.N08": (
        "该部门表此前每月有数据，{month}没有，请确认是否漏报。",
        "This department's table had rows every month before, and none in {month}; please ask for it.",
    ),
    "finding.N10": (
        "{month}新识别{recognised}户，常月为{usual}户，可能是集中排查。",
        "Recognised in {month}: {recognised}, in a usual month {usual}; possibly a campaign.",
    ),
}
