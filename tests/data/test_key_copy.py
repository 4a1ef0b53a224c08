"""The sealed copy of a key: read back from print and from typing, and every slip found."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relapse.core.errors import InputError
from relapse.county.reports import key_html
from relapse.data.key_copy import copy_lines, read_copy
from relapse.data.pseudonyms import (
    Key,
    KeyPlace,
    county_key,
    existing_key,
    key_state,
    put_back,
    refuse_place,
    remember_copy,
)


@given(st.binary(min_size=32, max_size=32))
def test_copy__is_read_back_from_typing_and_from_the_sheet(secret):
    key = Key(secret)
    lines = copy_lines(key)
    assert read_copy("\r\n".join(lines), "x").secret == secret
    assert read_copy(" ".join(line.upper() for line in reversed(lines)), "x").secret == secret
    for language in ("zh", "en"):
        assert read_copy(key_html.render("99县", lines, key.fingerprint, language).decode(), "x").secret == secret


def test_copy__a_mistyped_sign_is_told_with_its_line_and_without_the_key():
    lines = copy_lines(Key(bytes(range(32))))
    for number, line in enumerate(lines):
        for place in (3, 6, 8, 11):
            other = "1" if line[place] != "1" else "2"
            typed = [*lines[:number], line[:place] + other + line[place + 1 :], *lines[number + 1 :]]
            with pytest.raises(InputError, match=rf"line {number + 1} does not fit its check") as found:
                read_copy("\n".join(typed), "typed.txt")
            assert not re.search(r"[0-9a-f]{4} [0-9a-f]{4}", str(found.value))
    swapped = [lines[0], f"2{lines[2][1:]}", f"3{lines[1][1:]}", *lines[3:]]
    with pytest.raises(InputError, match="line 2, 3 does not fit its check"):
        read_copy("\n".join(swapped), "typed.txt")


@pytest.mark.parametrize(
    ("left", "said"), [(slice(0, 7), "has no line 8"), (slice(0, 0), "has no line 1, 2, 3, 4, 5, 6, 7, 8")]
)
def test_copy__missing_lines_are_told(left, said):
    with pytest.raises(InputError, match=said):
        read_copy("\n".join(copy_lines(Key(b"k" * 32))[left]), "typed.txt")


def test_copy__two_keys_in_one_file_are_not_mixed():
    both = "\n".join([*copy_lines(Key(b"k" * 32)), *copy_lines(Key(b"l" * 32))])
    with pytest.raises(InputError, match="twice, each another"):
        read_copy(both, "typed.txt")


@pytest.fixture
def place(tmp_path):
    return KeyPlace(tmp_path / "safe" / "c.key", "c", tmp_path / "state", (tmp_path / "outputs",))


def test_key__its_state_is_told_and_looking_makes_none(place):
    told = key_state(place)
    assert (told.used, told.there, told.copied, told.lost) == (False, False, False, False)
    with pytest.raises(InputError, match="has no key yet"):
        existing_key(place)
    assert not place.path.exists()
    key = county_key(place)
    assert not key_state(place).copied
    remember_copy(place, key)
    assert key_state(place).copied
    assert county_key(place) == key
    place.path.unlink()
    assert key_state(place).lost
    place.path.write_text("ab" * 32)
    place.path.chmod(0o600)
    assert not key_state(place).same


def test_key__that_is_lost_is_put_back_and_no_other_is(place):
    key = county_key(place)
    with pytest.raises(InputError, match="put back only where it is lost"):
        put_back(place, key)
    place.path.unlink()
    with pytest.raises(InputError, match="of another key"):
        put_back(place, Key(b"l" * 32))
    put_back(place, read_copy("\n".join(copy_lines(key)), "x"))
    assert county_key(place) == key
    assert place.path.stat().st_mode & 0o777 == 0o600


def test_copy__lies_neither_beside_the_key_nor_among_outputs(place, tmp_path):
    for file in (place.path.with_name("copy.html"), tmp_path / "outputs" / "copy.html"):
        with pytest.raises(InputError, match=r"beside the key|lies in"):
            refuse_place(file, place)
    refuse_place(tmp_path / "stick" / "copy.html", place)


def test_key__on_a_stick_without_links_is_written_all_the_same(place, monkeypatch):
    def no_links(*_: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr("os.link", no_links)
    key = county_key(place)
    assert county_key(place) == key
    assert [each.name for each in place.path.parent.iterdir()] == ["c.key"]
