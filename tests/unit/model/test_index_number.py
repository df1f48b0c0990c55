"""Index numbers: every kind seen is read, only the two proper kinds are issued."""

from __future__ import annotations

import pytest

from govsync.errors import IndexNumberError
from govsync.model import IndexKind, IndexNumber
from govsync.model.index_number import org_code_valid, uscc_valid

ORG = IndexKind.ORG_CODE
USCC = IndexKind.USCC


@pytest.mark.parametrize(
    ("text", "kind", "body", "year", "serial", "checked"),
    [
        ("000014349/2017-00110", ORG, "000014349", 2017, "00110", True),
        ("053533505/2021-00106", ORG, "053533505", 2021, "00106", True),
        ("736916955/2023-18783", ORG, "736916955", 2023, "18783", False),
        (
            "1150024100913825XR/2024-00047",
            USCC,
            "1150024100913825XR",
            2024,
            "00047",
            True,
        ),
        (
            "115002420091496100/2024-00079",
            USCC,
            "115002420091496100",
            2024,
            "00079",
            True,
        ),
        (
            "11441700007280420Y/2021-00050",
            USCC,
            "11441700007280420Y",
            2021,
            "00050",
            True,
        ),
        (
            "11341702486344515H/202110-00013",
            IndexKind.USCC_MONTH,
            "11341702486344515H",
            2021,
            "00013",
            True,
        ),
        (
            "0142768-8/2022-00185",
            IndexKind.ORG_CODE_HYPHEN,
            "01427688",
            2022,
            "00185",
            False,
        ),
        ("20191202-189769", IndexKind.DATE_SERIAL, "", 2019, "189769", None),
        (
            "330200-A01-01-02-20190807-0012",
            IndexKind.SIX_PARTS,
            "330200-A01-01-02",
            2019,
            "0012",
            None,
        ),
        ("xzfgzbmzfb/2021-3740", IndexKind.NAMED, "xzfgzbmzfb", 2021, "3740", None),
        ("11370302004216167U/2023-None", IndexKind.BROKEN, "", None, "", None),
        ("null02D/01A/D3C20190807", IndexKind.BROKEN, "", None, "", None),
        ("NULL", IndexKind.BROKEN, "", None, "", None),
        ("", IndexKind.OTHER, "", None, "", None),
        ("密政公开1号", IndexKind.OTHER, "", None, "", None),
        ("000014349/2017-110", IndexKind.OTHER, "", None, "", None),
        ("000014348/2017-00110", ORG, "000014348", 2017, "00110", False),
    ],
)
def test_every_kind_seen_is_read(
    text: str,
    kind: IndexKind,
    body: str,
    year: int | None,
    serial: str,
    checked: bool | None,
) -> None:
    number = IndexNumber.parse(f" {text} ")

    assert number == IndexNumber(
        text=text, kind=kind, body_code=body, year=year, serial=serial, checked=checked
    )


@pytest.mark.parametrize(
    ("code", "year", "serial", "text"),
    [
        ("000014349", 2017, 110, "000014349/2017-00110"),
        ("00001434-9", 2017, 1, "000014349/2017-00001"),
        ("1150024100913825XR", 2024, 99999, "1150024100913825XR/2024-99999"),
        ("1150024100913825xr", 2024, 47, "1150024100913825XR/2024-00047"),
    ],
)
def test_an_issued_number_is_of_a_proper_kind(
    code: str, year: int, serial: int, text: str
) -> None:
    number = IndexNumber.issue(code, year, serial)

    assert number.text == text
    assert number.kind in {ORG, USCC}
    assert number.checked


@pytest.mark.parametrize(
    ("code", "year", "serial"),
    [
        ("000014348", 2017, 1),
        ("1150024100913825XS", 2024, 1),
        ("12345", 2017, 1),
        ("", 2017, 1),
        ("000014349", 2017, 0),
        ("000014349", 2017, 100_000),
        ("000014349", 17, 1),
        ("000014349", 10_000, 1),
    ],
)
def test_what_would_not_be_proper_is_not_issued(
    code: str, year: int, serial: int
) -> None:
    with pytest.raises(IndexNumberError) as raised:
        IndexNumber.issue(code, year, serial)

    assert raised.value.mend


@pytest.mark.parametrize("letter", "IOSVZ")
def test_a_credit_code_has_no_letter_like_a_digit(letter: str) -> None:
    assert not uscc_valid(f"1150024100913825X{letter}")


def test_a_check_digit_catches_every_single_mistake() -> None:
    code = "000014349"
    mistaken = [
        code[:i] + digit + code[i + 1 :]
        for i in range(9)
        for digit in "0123456789"
        if digit != code[i]
    ]

    assert org_code_valid(code)
    assert not any(map(org_code_valid, mistaken))
