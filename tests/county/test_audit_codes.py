"""Codes that the audit rules look for are codes of the contract: one that no file can ever hold would never be found."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import relapse
from relapse.data.contract_file import read_contract

FOLDER = Path(relapse.__file__).parent / "county" / "audits"
CHOICES: dict[str, set[str]] = {}
for table in read_contract("national").tables.values():
    for name, field in table.fields.items():
        CHOICES.setdefault(name, set()).update(field.choices)


def looked_for(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Line, column and code of every `holds(facts, column, code …)`, `state_is(column, code …)` and the like."""
    constants = {
        target.id: [each.value for each in node.value.elts if isinstance(each, ast.Constant)]
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        args = (
            node.args[1:]
            if name == "holds" and len(node.args) > 1 and not isinstance(node.args[0], ast.Constant)
            else node.args
        )
        if (
            name not in ("holds", "state_is")
            or not args
            or not isinstance(args[0], ast.Constant)
            or args[0].value not in CHOICES
        ):
            continue
        for arg in args[1:]:
            if isinstance(arg, ast.Constant):
                yield node.lineno, args[0].value, arg.value
            elif isinstance(arg, ast.Starred) and isinstance(arg.value, ast.Name):
                for code in constants.get(arg.value.id, []):
                    yield node.lineno, args[0].value, code


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_codes_of_a_rule__stand_in_the_contract(path):
    unknown = [each for each in looked_for(ast.parse(path.read_text())) if each[2] not in CHOICES[each[1]]]
    assert not unknown


def test_codes__are_found_in_the_rules():
    found = [each for path in FOLDER.glob("*.py") for each in looked_for(ast.parse(path.read_text()))]
    assert len(found) > 60
    assert {"labour", "public_post", "school_status"} <= {column for _, column, _ in found}
