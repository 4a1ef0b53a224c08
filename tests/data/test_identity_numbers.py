"""What is said of a number that names somebody, without the number. Region 99 is given to no place."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from exports import identity_number
from relapse.data.cell_values import ids
from relapse.data.identity_numbers import IdentityFacts, identity_facts, phone_facts

WOMAN = identity_number(date(1985, 3, 7), 12)  # digit 17 is even


def facts(*numbers: str | None) -> IdentityFacts:
    return identity_facts(ids(pa.chunked_array([pa.array(numbers, type=pa.string())]))[0])


def test_check_character__of_the_standards_own_example():
    # GB 11643, annex: 11010519491231002X; 34052419800101001X
    assert facts("11010519491231002X", "34052419800101001X", "110105194912310021").valid.tolist() == [True, True, False]


def test_check_character__worked_out_by_hand():
    # digits  9 9  0 1 0 1 2 0 0 0 0 1  0 1 0 0 1
    # weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2: 63 + 81 + 5 + 4 + 4 + 9 + 5 + 2 = 173, modulo 11: 8, sign 8 of 10X98765432: 4
    assert facts("990101200001010014").valid.tolist() == [True]
    assert not facts(*(f"99010120000101001{sign}" for sign in "012356789X")).valid.any()


def test_check_character__a_swap_of_digits_or_a_small_x_is_found_or_mended():
    swapped = WOMAN[:8] + WOMAN[9] + WOMAN[8] + WOMAN[10:]
    assert WOMAN[8:10] == "85"
    assert facts(swapped).valid.tolist() == [False]
    assert facts("11010519491231002x", "G11010519491231002X").valid.tolist() == [True, True]


def test_born_and_sex__stand_in_the_number():
    told = facts(WOMAN, identity_number(date(2001, 12, 31), 13), "123", None)
    assert told.born.tolist() == [1985 * 12 + 2, 2001 * 12 + 11, -1, -1]
    assert told.sex.tolist() == [2, 1, 0, 0]
    assert told.length.tolist() == [18, 18, 3, 0]


def test_born__no_month_thirteen():
    assert facts("990101198513010010").born.tolist() == [-1]


@pytest.mark.parametrize(("tail", "valid"), [("43", True), ("4302", True), ("83", False), ("45", False), ("03", False)])
def test_certificates__of_disability_bear_kind_and_grade(tail, valid):
    told = facts(WOMAN + tail)
    assert told.valid.tolist() == [valid]
    assert (told.certificate_kind[0], told.certificate_grade[0]) == (int(tail[0]), int(tail[1]))


def test_certificates__an_identity_card_is_none():
    told = facts(WOMAN)
    assert (told.certificate_kind[0], told.certificate_grade[0]) == (0, 0)


def test_placeholders__stand_for_nobody():
    assert facts("999999198001010018", None, WOMAN).placeholder.tolist() == [True, True, False]
    assert facts("999999198001010018").born.tolist() == [-1]


def test_phones__are_mobile_numbers():
    numbers = [
        "13900000000",
        "12900000000",
        "1390000000",
        "139000000000",
        "0991-1234567",
        None,
        "１３９００００００００",
    ]
    told = phone_facts(ids(pa.chunked_array([pa.array(numbers)]))[0])
    assert told.valid.tolist() == [True, False, False, False, False, False, True]
    assert told.same[0] == told.same[6] != told.same[1]
