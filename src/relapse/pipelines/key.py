"""`relapse key`: the sealed copy of a county's key, its check, and the way back when the key is lost."""

from __future__ import annotations

from pathlib import Path

from relapse.core.errors import InputError
from relapse.core.protocols import Data
from relapse.core.results import Language
from relapse.county.reports import key_html
from relapse.data.county_folder import CountyFolder
from relapse.data.key_copy import copy_lines, read_copy
from relapse.data.pseudonyms import Key, KeyPlace, existing_key, key_state, put_back, refuse_place, remember_copy
from relapse.outputs import write_all
from relapse.pipelines.common import say

_LARGEST = 1 << 20  # bytes; a copy has a few thousand


def key(data: Data, copy: str | None, check: str | None, restore: str | None, language: Language) -> None:
    """Keep a sealed copy of the key of the county's pseudonyms, check it, or put a lost key back from it.

    The copy is one printable sheet, to be kept apart from the computer: print it, seal it, and remove the file. check=
    reads a copy (the file, or the eight lines typed from the sheet) and remembers that it is good; restore= writes a
    lost key's file again. Without any of them it is told how things stand.

    Examples:
        relapse key --config-dir mycounty/conf data=mycounty copy=E:/key.html
        relapse key --config-dir mycounty/conf data=mycounty check=E:/key.html
        relapse key --config-dir mycounty/conf data=mycounty restore=E:/key.html
    """
    place = the_place(data)
    asked = [name for name, value in (("copy", copy), ("check", check), ("restore", restore)) if value is not None]
    if len(asked) > 1:
        raise InputError(f"{' and '.join(asked)}: one at a time")
    if copy is not None:
        write_copy(place, Path(copy).expanduser(), language)
    elif check is not None:
        check_copy(place, Path(check).expanduser())
    elif restore is not None:
        put_back(place, read_file(Path(restore).expanduser()))
        say(f"the key of {place.name} is back: {place.path}")
    else:
        say(how_it_stands(place))


def the_place(data: Data) -> KeyPlace:
    """Where the county's key lies.

    Raises:
        InputError: these data have none.
    """
    place = data.key_place if isinstance(data, CountyFolder) else None
    if place is None:
        raise InputError(
            f"'{data.panel_name}' keeps no key: each run draws one and forgets it. To keep one, write "
            "key_file: ~/.config/relapse/county.key into the county's config"
        )
    return place


def write_copy(place: KeyPlace, file: Path, language: Language) -> None:
    """Write the sheet.

    Raises:
        InputError: there is no key, or the sheet would lie where it must not.
    """
    refuse_place(file, place)
    if file.exists():
        raise InputError(f"{file} is there already; give another name")
    kept = existing_key(place)
    sheet = key_html.render(place.name, copy_lines(kept), kept.fingerprint, language)
    write_all(file.parent, {file.name: sheet})
    say(f"sealed copy: {file}. Print it, check it with `relapse key check=FILE`, seal it, then remove the file")


def check_copy(place: KeyPlace, file: Path) -> None:
    """Read a copy and remember that it is good.

    Raises:
        InputError: it cannot be read, or is of another key.
    """
    kept = existing_key(place)
    if read_file(file).secret != kept.secret:
        raise InputError(f"{file.name} is a copy of another key than that of {place.name}; make a new one")
    remember_copy(place, kept)
    say(f"{file.name} is a good copy of the key of {place.name}; keep it apart from this computer")


def read_file(file: Path) -> Key:
    """The key that a copy holds.

    Raises:
        InputError: there is no such file, or it holds no key.
    """
    if not file.is_file():
        raise InputError(f"there is no file {file}")
    with file.open("rb") as opened:
        content = opened.read(_LARGEST)
    return read_copy(content.decode("utf-8", "replace"), file.name)


def how_it_stands(place: KeyPlace) -> str:
    """One sentence on the key."""
    state = key_state(place)
    if state.lost:
        return f"the key of {place.name} is lost: put it back with `relapse key restore=FILE`"
    if not state.there:
        return f"{place.name} has no key yet; it is made when the county's tables are read first"
    if not state.same:
        return f"{place.path} is another key than {place.name} used before: put the right one back from its sealed copy"
    copied = "a good copy was read back" if state.copied else "no copy was checked yet: relapse key copy=FILE"
    return f"the key of {place.name} lies at {place.path}; {copied}"
