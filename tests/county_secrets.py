"""Plants something recognisable in every field of a made county that names a person or tells of one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from relapse.core.contract import Field, Table
from relapse.data.contract_file import read_contract

FILES = {
    "households": "农户信息.csv", "persons": "家庭成员信息.csv", "claims": "医疗费用.csv", "recognitions": "识别记录.csv",
}  # fmt: skip
ENCODINGS = {"households": "gb18030", "persons": "utf-8-sig"}
NAME, WORDS = "虚拟", "秘密的内容不得外传"  # every name begins so; every other text holds this
_USUAL = {"id": "9", "month": "2022-03", "date": "2022-03-05", "flag": "是", "text": "石桥"}


@dataclass(frozen=True)
class Secrets:
    """What was planted, and the numbers and names that were there."""

    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    fields: tuple[str, ...]


def plant(folder: Path) -> Secrets:
    """A value a row in each field of access `identity`, in tables that are there and in new ones."""
    persons = pd.read_csv(folder / FILES["persons"], dtype=str)
    texts, numbers, fields = [*persons["姓名"]], [*persons["证件号码"]], ["persons.name", "persons.id_number"]
    homes = pd.read_csv(folder / FILES["households"], dtype=str, encoding="gb18030")["户编号"]
    for name, table in read_contract("national").tables.items():
        private = {key: field for key, field in table.fields.items() if field.access == "identity"}
        if not private:
            continue
        path, encoding = folder / FILES.get(name, f"{name}.csv"), ENCODINGS.get(name, "utf-8")
        rows = pd.read_csv(path, dtype=str, encoding=encoding) if path.exists() else _rows(table, homes)
        for place, (key, field) in enumerate(private.items()):
            if key in ("person_id", "document_kind") or field.choices or {key, *field.zh} & set(rows.columns):
                continue
            values = [_value(name, key, field, 100 * place + row) for row in range(len(rows))]
            rows[key] = values
            fields.append(f"{name}.{key}")
            (numbers if field.kind == "id" else texts).extend(values)
        rows.to_csv(path, index=False, encoding=encoding)
    return Secrets(tuple(texts), tuple(numbers), tuple(fields))


def _value(table: str, key: str, field: Field, place: int) -> str:
    if "phone" in key:
        return f"1990{sum(map(ord, table + key)) % 1000:03d}{place % 10000:04d}"
    if field.kind == "id":
        return f"9907{sum(map(ord, table + key)) % 100:02d}19{50 + place % 50}0{1 + place % 9}1{place % 10}{place % 10000:04d}"
    if key == "head_name":
        return f"{NAME}{chr(0x4E00 + place % 900)}"
    sign = chr(0x4E00 + sum(map(ord, table + key)) % 5000)  # rare signs, in no other text
    return f"{sign}{chr(0x4E00 + place % 5000)}秘密的内容不得外传{chr(0x4E00 + place % 4999)}{sign}"


def _rows(table: Table, homes: pd.Series) -> pd.DataFrame:
    """Some rows with all that such a table must have."""
    made = {}
    for key in dict.fromkeys([*table.required, *table.key]):
        field = table.fields[key]
        if key == "household_id":
            made[key] = list(homes[:40])
        elif key == "person_id":
            made[key] = [f"{home}00" for home in homes[:40]]
        else:
            first = next(iter(field.choices), "") if field.choices else ""
            made[key] = [
                first or (f"p{row}" if key.endswith("_id") else _USUAL.get(field.kind, "1")) for row in range(40)
            ]
    return pd.DataFrame(made)
