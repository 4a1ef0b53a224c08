"""What a county's tables and sources of income are called, as the templates have it and in English."""

from __future__ import annotations

TEXTS_NAMES: dict[str, tuple[str, str]] = {
    "table.households": ("农户信息", "households"),
    "table.persons": ("家庭成员信息", "household members"),
    "table.income": ("收入", "income"),
    "table.work": ("务工信息", "work away from home"),
    "table.claims": ("医疗费用", "medical costs"),
    "table.events": ("突发事件", "sudden events"),
    "table.measures": ("帮扶措施", "measures of help"),
    "table.projects": ("项目", "projects"),
    "table.project_members": ("项目成员", "members of projects"),
    "table.dividends": ("分红", "dividends"),
    "table.prices": ("价格", "prices"),
    "table.clues": ("部门预警", "departments' alerts"),
    "table.recognitions": ("监测对象识别", "recognitions"),
    "table.visits": ("走访核查", "visits"),
    "table.lines": ("监测线", "lines"),
    "table.facts": ("其他信息", "other facts"),
    "table.villages": ("村表", "villages"),
    "earned.wage": ("工资性收入", "Wages"),
    "earned.business": ("生产经营性收入", "Business income"),
    "earned.property": ("财产性收入", "Income from property"),
    "earned.transfer": ("转移性收入", "Transfers"),
    "earned.business_cost": ("生产经营性支出", "Business cost"),
    "earned.payout": ("理赔收入", "Insurance payouts"),
}
_SOURCES = {zh: en for key, (zh, en) in TEXTS_NAMES.items() if key.startswith("earned.")}


def source_called(label: str, language: str) -> str:
    """A label of a column; of a county's source of income in English, where that is the language.

    Example:
        >>> source_called("工资性收入", "en"), source_called("工资性收入", "zh"), source_called("land", "en")
        ('Wages', '工资性收入', 'land')
    """
    return _SOURCES.get(label, label) if language == "en" else label


def table_called(table: str, title: str, language: str) -> str:
    """What people call a table: its own title in Chinese, the catalogue's word in English.

    Example:
        >>> [table_called("claims", "医疗费用", language) for language in ("zh", "en")]
        ['医疗费用', 'medical costs']
        >>> table_called("mine", "我的", "en")
        'mine'
    """
    return TEXTS_NAMES.get(f"table.{table}", ("", table))[1] if language == "en" else title
