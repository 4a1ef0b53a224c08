"""Codes of townships for names of files: official where told, else worked out, never two alike, and always an end."""

from __future__ import annotations

import pytest

from relapse.county.risk_list.township_codes import township_codes


@pytest.mark.parametrize(("count", "digits"), [(999, 3), (1000, 3), (1001, 4), (2500, 4), (10_001, 5)])
def test_township_codes__are_all_different_however_many_townships_there_are(count, digits):
    names = [f"第{number}镇" for number in range(count)]
    codes = township_codes(names, {})
    assert sorted(codes) == sorted(names)
    assert len(set(codes.values())) == count
    assert {len(code) for code in codes.values()} == {digits}


def test_township_codes__of_a_full_range_find_room_beside_the_official_ones():
    official = {f"官{number}": f"990727{number:03d}" for number in range(1000)}
    codes = township_codes(["甲镇", *official], official)
    assert len(set(codes.values())) == 1001
    assert codes["官104"] == "104"


def test_township_codes__do_not_depend_on_the_other_names():
    assert township_codes(["甲镇"], {})["甲镇"] == township_codes(["甲镇", "丙镇", "丁镇"], {})["甲镇"]
