"""What may be said of identity and telephone numbers without keeping them. Facts come out, the numbers stay here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import Category

Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]
Signs = NDArray[np.int32]  # (numbers, width) characters as code points, 0 behind the end

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int32)
_CHECKS = np.array([ord(sign) for sign in "10X98765432"], dtype=np.int32)  # by the weighted sum modulo 11
_WIDTH, _PHONE = 22, 11
_CARD, _CERTIFICATES = 18, (20, 22)
_KINDS, _GRADES = 7, 4
_NINES = 6  # a number that begins with so many nines stands for none
_YEARS = (1850, 2200)
_BLOCK = 200_000  # numbers looked at together, which bounds the memory


@dataclass(frozen=True, eq=False)
class IdentityFacts:
    """Facts of identity numbers, (rows,) each.

    Args:
        length: number of characters, 0 where there is no number.
        valid: an identity card of 18 characters with the right check character; or a disability certificate of 20 (22
            where it was issued again), whose first 18 are so, with a kind of 1 to 7 and a grade of 1 to 4.
        placeholder: there is no number, or it begins with 999999.
        born: month (year * 12 + month - 1) that the number tells, -1 where it tells none.
        sex: 1 man, 2 woman, 0 not told.
        certificate_kind: digit 19 of a disability certificate as it stands there, 0 where there is none.
        certificate_grade: digit 20 of it, 0 where there is none.
        same: equal for equal numbers of the column, -1 where there is none.
    """

    length: Ints
    valid: Flags
    placeholder: Flags
    born: Ints
    sex: Ints
    certificate_kind: Ints
    certificate_grade: Ints
    same: Ints


@dataclass(frozen=True, eq=False)
class PhoneFacts:
    """Facts of telephone numbers, (rows,) each.

    Args:
        valid: 11 digits of a mobile number: 1, then 3 to 9, then nine digits.
        same: equal for equal numbers of the column, -1 where there is none.
    """

    valid: Flags
    same: Ints


def identity_facts(numbers: Category) -> IdentityFacts:
    """Facts of identity numbers.

    Args:
        numbers: as `cell_values.ids` gives them (full-width digits made plain, a capital X at the end).

    Returns:
        (rows,) facts; each different number is looked at once.

    Source:
        GB 11643 (weights and check characters); audit rules A03 to A06, A10 and F06 for what counts as wrong.
    """
    blocks = [_facts(numbers.levels[start : start + _BLOCK]) for start in range(0, len(numbers.levels), _BLOCK)]
    told = np.concatenate([*blocks, _facts(("",))], axis=1)[:, numbers.codes]
    length, valid, placeholder, born, sex, kind, grade = told
    same = numbers.codes.astype(np.int32)
    return IdentityFacts(length, valid.astype(bool), placeholder.astype(bool), born, sex, kind, grade, same)


def phone_facts(phones: Category) -> PhoneFacts:
    """Facts of telephone numbers.

    Args:
        phones: as `cell_values.ids` gives them.

    Returns:
        (rows,) facts.

    Source:
        Audit rule A13.
    """
    signs = _signs(phones.levels, _PHONE + 1)
    digits = _digits(signs)
    valid = (digits[:, :_PHONE] >= 0).all(axis=1) & (signs[:, _PHONE] == 0)
    valid &= (digits[:, 0] == 1) & (digits[:, 1] >= 3)
    return PhoneFacts(np.append(valid, False)[phones.codes], phones.codes.astype(np.int32))


def _facts(levels: tuple[str, ...]) -> Ints:
    """(7, numbers) length, valid, placeholder, born, sex, kind and grade of a certificate."""
    signs = _signs(levels, _WIDTH)
    digits = _digits(signs)
    length = np.fromiter(map(len, levels), dtype=np.int32, count=len(levels))
    certificate = np.isin(length, _CERTIFICATES)
    numbered = (digits[:, : _CARD - 1] >= 0).all(axis=1) & ((length == _CARD) | certificate)
    kind, grade = (np.where(certificate & (digits[:, place] > 0), digits[:, place], 0) for place in (18, 19))
    graded = (kind >= 1) & (kind <= _KINDS) & (grade >= 1) & (grade <= _GRADES)
    placeholder = (length == 0) | ((digits[:, :_NINES] == 9).all(axis=1))
    valid = numbered & _check_fits(signs, digits) & (graded | ~certificate)
    told = numbered & ~placeholder
    sex = np.where(told, 2 - digits[:, 16] % 2, 0)
    return np.stack([length, valid, placeholder, _born(digits, told), sex, kind, grade]).astype(np.int32)


def _check_fits(signs: Signs, digits: Ints) -> Flags:
    return np.asarray(_CHECKS[(digits[:, : _CARD - 1] @ _WEIGHTS) % 11] == signs[:, _CARD - 1])


def _born(digits: Ints, told: Flags) -> Ints:
    year = digits[:, 6:10] @ np.array([1000, 100, 10, 1], dtype=np.int32)
    month = digits[:, 10:12] @ np.array([10, 1], dtype=np.int32)
    right = told & (year >= _YEARS[0]) & (year <= _YEARS[1]) & (month >= 1) & (month <= 12)
    return np.where(right, year * 12 + month - 1, -1).astype(np.int32)


def _signs(levels: tuple[str, ...], width: int) -> Signs:
    """(numbers, width) code points; what stands behind the width is cut off."""
    return np.array(levels, dtype=f"U{width}").view(np.int32).reshape(len(levels), width)


def _digits(signs: Signs) -> Ints:
    """The same as digits, -1 where there is none."""
    digits = signs - ord("0")
    return np.where((digits >= 0) & (digits <= 9), digits, -1).astype(np.int32)
