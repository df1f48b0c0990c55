"""Query codes: nobody guesses one, and a mistyped one is told from one that is none."""

from __future__ import annotations

import pytest

from govsync.errors import UsageError
from govsync.inbox.codes import new_code, read_code, shown


def test_a_code_has_eleven_random_digits_and_one_that_checks() -> None:
    bounds: list[int] = []

    def draw(bound: int) -> int:
        bounds.append(bound)
        return 12345678901

    assert new_code(draw) == "123456789018"
    assert bounds == [10**11]


@pytest.mark.parametrize(
    "typed",
    [
        "123456789018",
        "1234-5678-9018",
        " 1234 5678 9018 ",
        "１２３４５６７８９０１８",
        "1234–5678–9018",
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert read_code(typed) == "123456789018"


@pytest.mark.parametrize("typed", ["", "12345678901", "1234567890189", "12345678901x"])
def test_what_has_another_length_or_letters_is_none(typed: str) -> None:
    with pytest.raises(UsageError, match="12 digits"):
        read_code(typed)


def test_a_wrong_digit_is_said_to_be_one() -> None:
    with pytest.raises(UsageError, match="a digit is wrong"):
        read_code("1234-5678-9017")


def test_it_is_shown_in_groups() -> None:
    assert shown("123456789018") == "1234-5678-9018"
