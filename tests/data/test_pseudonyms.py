"""The key of a county's pseudonyms: where it lies, who may read it, and what happens when it is lost."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import numpy as np
import pytest

from relapse.core.errors import InputError
from relapse.data.pseudonyms import Key, KeyPlace, county_key

NUMBER = "990101198001010011"


def key(folder: Path) -> Key:
    return county_key(place(folder))


def place(folder: Path, where: str = "safe") -> KeyPlace:
    return KeyPlace(folder / where / "c.key", "c", folder / "state", (folder / "outputs",))


def test_key__is_made_once_for_its_owner_alone(tmp_path):
    first = key(tmp_path)
    file = tmp_path / "safe" / "c.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert bytes.fromhex(file.read_text()) == first.secret
    assert key(tmp_path) == first
    assert [path.name for path in file.parent.iterdir()] == ["c.key"]
    assert file.read_text().strip() not in (tmp_path / "state" / "keys" / "c.json").read_text()
    assert first.secret.hex() not in repr(first)
    assert str(first.secret) not in repr(first)


def test_pseudonym__is_the_hmac_of_the_number():
    made = Key(b"k" * 32)
    assert made.pseudonym(NUMBER) == hmac.new(b"k" * 32, NUMBER.encode(), hashlib.sha256).hexdigest()
    told = made.signs([NUMBER, "x", NUMBER])
    assert told[0] == told[2] != told[1]
    assert told[0] == int(made.pseudonym(NUMBER)[:13], 16)
    assert not np.array_equal(told, Key(b"l" * 32).signs([NUMBER, "x", NUMBER]))


def test_key_that_is_lost__stops_and_no_new_one_is_made(tmp_path):
    key(tmp_path)
    (tmp_path / "safe" / "c.key").unlink()
    for _ in range(2):
        with pytest.raises(InputError, match="is lost.*sealed copy") as found:
            key(tmp_path)
    assert found.value.exit_status == 2
    assert not (tmp_path / "safe" / "c.key").exists()


def test_key_that_is_another__stops(tmp_path):
    key(tmp_path)
    (tmp_path / "safe" / "c.key").write_text("ab" * 32)
    with pytest.raises(InputError, match="another key"):
        key(tmp_path)


@pytest.mark.parametrize("text", ["", "ab", "zz" * 32])
def test_key_that_is_damaged__stops_and_is_not_shown(text, tmp_path):
    key(tmp_path)
    (tmp_path / "safe" / "c.key").write_text(text)
    with pytest.raises(InputError, match="holds no key") as found:
        key(tmp_path)
    assert not text or f"holds {text}" not in str(found.value)


def test_marker_that_is_damaged__stops(tmp_path):
    key(tmp_path)
    (tmp_path / "state" / "keys" / "c.json").write_text("[")
    with pytest.raises(InputError, match="damaged"):
        key(tmp_path)


def test_key_that_others_may_read__is_refused(tmp_path):
    key(tmp_path)
    (tmp_path / "safe" / "c.key").chmod(0o644)
    with pytest.raises(InputError, match="chmod 600"):
        key(tmp_path)


def test_key__among_outputs_or_in_a_repository_is_refused(tmp_path):
    with pytest.raises(InputError, match="lies in"):
        county_key(place(tmp_path, "outputs"))
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    with pytest.raises(InputError, match="lies in"):
        county_key(place(tmp_path, "repository/a"))
    assert not list(tmp_path.rglob("c.key"))
