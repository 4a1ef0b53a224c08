"""A contract from its file: the one of the national system's exports, or a county's own."""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter, ValidationError

from relapse.core.conf_dir import read_table
from relapse.core.contract import Contract
from relapse.core.errors import InputError

FOLDER = "contract"


@cache
def read_contract(name: str) -> Contract:
    """The contract of a name in `conf/contract/`, or of a file.

    Args:
        name: such as `national`, or the path of a YAML file with the same keys.

    Raises:
        InputError: there is no such file, or it is no contract.
    """
    told = read_table(FOLDER, name)
    try:
        return TypeAdapter(Contract).validate_python(told)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"contract {name}: {where}: {first['msg']}") from error
