"""Numbers of persons are found however they are written; other numbers pass."""

from __future__ import annotations

import pytest
from support.rules import CARD, ID, MOBILE

from govsync.model.index_number import uscc_valid
from govsync.rules.numbers import masked, scan
from govsync.rules.shapes import Kind, id_checksum_holds, luhn_holds

ID_MASK = "23*************011"
MOBILE_MASK = "138****0001"


def wide(text: str) -> str:
    """The same in full-width characters, as input methods give them."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


def found(text: str) -> list[tuple[Kind, str]]:
    return [(hit.kind, text[hit.start : hit.end]) for hit in scan(text)]


@pytest.mark.parametrize(
    "written",
    [
        ID,
        "23038219940514004X",
        "23038219940514004x",
        wide("23038219940514004X"),
        "230382 19910211 0011",
        "230382-1991-0211-0011",
        "2303 8219 9102 1100 11",
        "230382-1991-02-11-0011",
        wide(ID),
        "2303821991\u200b02110011",
        "2303821991\xad02110011",
        "230382\xa019910211\u30000011",
        "𝟤𝟥𝟢𝟥𝟪𝟤𝟣𝟫𝟫𝟣𝟢𝟤𝟣𝟣𝟢𝟢𝟣𝟣",
        "232527195001010017",
        "231082199001010014",
        "230382199102110012",
        "230382 19910211 0012",
        "230382200802290019",
        "230382910211001",
        "230382 910211 001",
        "二三〇三八二一九九一〇二一一〇〇一一",
        "贰叁零叁捌贰壹玖玖壹零贰壹壹零零壹壹",
        "二三〇三八二 一九九一〇二一一 〇〇一一",
        "230382一九九一〇二一一0011",
    ],
)
def test_resident_ids_are_found(written: str) -> None:
    """Of today's and of ended region codes, mistyped, of 15 digits, and disguised."""
    assert found(f"身份证{written},") == [(Kind.ID, written)]


@pytest.mark.parametrize(
    "written",
    [
        MOBILE,
        "19904670001",
        "138-0467-0001",
        "138 0467 0001",
        "138.0467.0001",
        "138 - 0467 - 0001",
        "138—0467—0001",
        "138 04670001",
        wide(MOBILE),
        wide("138-0467-0001"),
        "138\u200b0467\u200b\u200b0001",
        "一三八〇四六七〇〇〇一",
        "幺三八零四六七零零零幺",
        "138零四六七0001",
        "1️⃣3️⃣8️⃣0️⃣4️⃣6️⃣7️⃣0️⃣0️⃣0️⃣1",
        "8613804670001",
        "86 138 0467 0001",
        "86-13804670001",
        "008613804670001",
        "013804670001",
    ],
)
def test_mobile_numbers_are_found(written: str) -> None:
    for text in (f"电话{written}。", f"+{written}", f"a{written}@b", f"1、{written}"):
        assert found(text) == [(Kind.MOBILE, written)]


@pytest.mark.parametrize(
    "written",
    [
        CARD,
        "6228 4800 0000 0007",
        "6228-4800-0000-0007",
        "622848 0000000007",
        "9558800000000000000",
        "9558 8000 0000 0000 000",
        "4000000000000002",
        "5100000000000008",
        "3528000000000007",
        "378282246310005",
        "3782 822463 10005",
    ],
)
def test_bank_cards_are_found(written: str) -> None:
    assert found(f"卡号:{written}") == [(Kind.CARD, written)]


@pytest.mark.parametrize(
    "text",
    [
        "0467-5230000",
        "(0467)5230000、010-62345678",
        "0086-467-5230000",
        "400-800-1234",
        "密政办发〔2017〕35号",
        "023038202/2019-00002",
        "1150024100913825XR/2024-00047",
        "115002420091496100/2024-00079",
        "91230382MA18ABCD1X",
        "20191202-189769",
        "2018-07-03 2018-07-11",
        "20180925150901",
        "2018年7月3日14:05",
        "邮编158300 2018-09-25 1005",
        "14500 15000 15500 16000 16500",
        "1500 1600 1700 1800 1900",
        "15000000000元",
        "13804670001.50",
        "13804670001 万元",
        "13804670001 元,",
        "13804670001元用于",
        "\xa513804670001",
        "\uffe513804670001",
        "138****0001",
        "138XXXX0001",
        "23*************018",
        "35*************123",
        "6228 **** **** 0007",
        "12804670001",
        "1380467000",
        "138046700012",
        "230382199113110011",
        "230382199102300011",
        "030382199102110011",
        "230382911311001",
        "6228480000000008",
        "7000000000000005",
        "1" * 100,
        "230382\n19910211\n0012",
        "23038\n219910211\n0011",
        "1\t3\t8\t0\t4\t6\t7\t0\t0\t0\t1\t5",
        "5\t1\t3\t8\t0\t4\t6\t7\t0\t0\t0\t1",
    ],
)
def test_other_numbers_pass(text: str) -> None:
    assert found(text) == []


def test_a_credit_code_of_digits_alone_is_no_mistyped_id() -> None:
    """Region 500119, organisation 990101..: it reads like a day of 1999."""
    code = next(
        code
        for code in (f"11500119990101{n:04d}" for n in range(10_000))
        if uscc_valid(code) and not id_checksum_holds(code)
    )

    assert found(code) == []


def test_an_id_that_may_be_a_credit_code_is_still_found() -> None:
    both = next(
        code
        for code in (f"11500119990101{n:04d}" for n in range(10_000))
        if uscc_valid(code) and id_checksum_holds(code)
    )

    assert found(both) == [(Kind.ID, both)]
    assert found(f"{both}/2024-00001") == []


@pytest.mark.parametrize(
    "written",
    [
        "230382\n19910211\n0011",
        "230382\t1991\t02\t11\t0011",
        "\t".join(ID),
        "\n".join("23038219940514004X"),
    ],
)
def test_an_id_is_found_over_the_cells_of_a_table(written: str) -> None:
    assert found(f"1\t示例人\t{written}\t14500") == [(Kind.ID, written)]


def test_a_zero_in_the_cell_before_is_no_trunk_prefix() -> None:
    """``$`` would match before the line break."""
    for text in (f"0\n{MOBILE}", f"86\n{MOBILE}"):
        (hit,) = scan(text)
        assert (text[hit.start : hit.end], hit.sure) == (MOBILE, True)


def test_a_phone_with_a_digit_a_cell_is_doubtful() -> None:
    """Eleven counts may stand so, too."""
    (hit,) = scan("\t".join(["村民", *MOBILE, "无"]))

    assert (hit.kind, hit.masked, hit.sure) == (Kind.MOBILE, MOBILE_MASK, False)


def test_numbers_side_by_side_are_each_found() -> None:
    text = f"1 {ID} {MOBILE} 14500 {CARD} 138 0467 0002 3"

    assert [kind for kind, _ in found(text)] == [
        Kind.ID,
        Kind.MOBILE,
        Kind.CARD,
        Kind.MOBILE,
    ]


@pytest.mark.parametrize(
    "after", ["元宝镇", " 元宝村3组", " 元某", ".10月31日前", ".15日截止"]
)
def test_a_place_or_a_day_after_a_phone_makes_no_sum_of_it(after: str) -> None:
    assert found(f"电话{MOBILE}{after}") == [(Kind.MOBILE, MOBILE)]


def test_numbers_without_a_gap_are_each_found_after_an_x() -> None:
    assert len(found(f"23038219940514004X{MOBILE}")) == 2


def test_masks_are_those_of_publications() -> None:
    text = f"户主{ID},电话+86 138 0467 0001,卡{CARD}。"

    assert masked(text) == f"户主{ID_MASK},电话+{MOBILE_MASK},卡6228********0007。"
    assert masked("230382910211001") == "23**********001"
    assert masked("无") == "无"


def test_what_is_doubtful_is_said() -> None:
    notes = [
        hit.note
        for text in (ID, "230382199102110012", "230382910211001", MOBILE)
        for hit in scan(text)
    ]

    assert notes == ["", "its check digit fails", "of the old 15 digits", ""]


def test_luhn_catches_every_single_mistake() -> None:
    mistaken = [
        CARD[:i] + digit + CARD[i + 1 :]
        for i in range(len(CARD))
        for digit in "0123456789"
        if digit != CARD[i]
    ]

    assert luhn_holds(CARD)
    assert not any(map(luhn_holds, mistaken))
